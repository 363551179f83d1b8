//! XE-NDCG: the cross-entropy between a query's perturbed gains and the softmax of its scores (Bruch, "An Alternative Cross Entropy
//! Loss for Learning-to-Rank", 2021), a convex bound of NDCG.
//!
//! With grades `y`, draws `gamma` uniform on [0, 1) that are new for each tree, `phi_i = (2^y_i - gamma_i) / sum_j (2^y_j - gamma_j)`
//! and `rho = softmax(s)` over the rows of a query, the loss is `-sum_i phi_i ln rho_i`, its derivatives `rho_i - phi_i` and (on the
//! diagonal) `rho_i (1 - rho_i)`.
//!
//! A query without a grade above 0 would be drawn to its own noise: it counts for nothing. The loss that is reported, and that stops a
//! fit early, has every gamma at its mean 1/2, so that two trees can be compared; it is the mean over the queries that count.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::query_groups::QueryGroups;
use super::ranking_params::CheckedRankingParams;
use super::softmax::softmax;
use super::{MIN_HESSIAN, Objective, ObjectiveKind};
use crate::FitError;

/// The words of the stream that one draw takes.
const WORDS_PER_DRAW: u128 = 2;

/// [`XeNdcg`] of the rows that it was made for.
#[derive(Debug)]
pub struct XeNdcg<'a> {
    groups: QueryGroups<'a>,
    /// 2^grade, by row.
    powers: Vec<f64>,
    /// Whether a group has a grade above 0.
    counts: Vec<bool>,
    key: [u8; 32],
}

impl<'a> XeNdcg<'a> {
    /// The objective of these rows; all draws come from the `ChaCha8` generator with this key.
    ///
    /// # Errors
    /// Where a label is not a number from -1e30 to 100, or no group has a grade above 0.
    pub fn new(
        params: &CheckedRankingParams,
        groups: QueryGroups<'a>,
        labels: &[f32],
        key: [u8; 32],
    ) -> Result<Self, FitError> {
        super::check_grades(labels)?;
        let powers: Vec<f64> = labels.iter().map(|&label| params.grade(label).exp2()).collect();
        let counts: Vec<bool> =
            groups.ranges().map(|rows| powers[rows].iter().any(|&power| power > 1.0)).collect();
        if counts.iter().any(|&counts| counts) {
            Ok(Self { groups, powers, counts, key })
        } else {
            Err(FitError::NothingToRank { n_groups: groups.len() })
        }
    }

    /// The stream of a tree's draws, at that of `row`: a row's draw depends on the tree and the row alone.
    fn draws(&self, tree: usize, row: usize) -> ChaCha8Rng {
        let mut draws = ChaCha8Rng::from_seed(self.key);
        draws.set_stream(tree as u64);
        draws.set_word_pos(row as u128 * WORDS_PER_DRAW);
        draws
    }
}

/// One group's loss with all gammas at 1/2.
fn mean_gamma_loss(powers: &[f64], scores: &[f64], log_sum: f64) -> f64 {
    let total: f64 = powers.iter().map(|power| power - 0.5).sum();
    let terms = powers.iter().zip(scores).map(|(power, score)| (power - 0.5) * (log_sum - score));
    terms.sum::<f64>() / total
}

impl Objective for XeNdcg<'_> {
    fn kind(&self) -> ObjectiveKind {
        ObjectiveKind::XeNdcg
    }

    fn check_labels(&self, labels: &[f32]) -> Result<(), FitError> {
        super::check_grades(labels)
    }

    fn init_score(&self, _labels: &[f32]) -> f64 {
        0.0
    }

    fn gradients(
        &self,
        tree: usize,
        first_row: usize,
        scores: &[f64],
        _labels: &[f32],
        out: &mut [[f32; 2]],
    ) -> f64 {
        let (mut draws, mut rho, mut phi) = (self.draws(tree, first_row), Vec::new(), Vec::new());
        let mut loss = 0.0;
        for (group, rows) in self.groups.within(first_row..first_row + scores.len()) {
            let in_block = rows.start - first_row..rows.end - first_row;
            let (scores, out) = (&scores[in_block.clone()], &mut out[in_block]);
            let powers = &self.powers[rows];
            phi.clear();
            phi.extend(powers.iter().map(|power| power - draws.random::<f64>()));
            if !self.counts[group] {
                out.fill([0.0, MIN_HESSIAN as f32]);
                continue;
            }
            let log_sum = softmax(scores, &mut rho);
            loss += mean_gamma_loss(powers, scores, log_sum);
            let total: f64 = phi.iter().sum();
            for ((out, rho), phi) in out.iter_mut().zip(&rho).zip(&phi) {
                *out = [(rho - phi / total) as f32, (rho * (1.0 - rho)).max(MIN_HESSIAN) as f32];
            }
        }
        loss
    }

    fn loss(&self, first_row: usize, scores: &[f64], _labels: &[f32]) -> f64 {
        let mut rho = Vec::new();
        let mut loss = 0.0;
        for (group, rows) in self.groups.within(first_row..first_row + scores.len()) {
            if self.counts[group] {
                let scores = &scores[rows.start - first_row..rows.end - first_row];
                loss += mean_gamma_loss(&self.powers[rows], scores, softmax(scores, &mut rho));
            }
        }
        loss
    }

    fn n_terms(&self, _n_rows: usize) -> f64 {
        self.counts.iter().filter(|&&counts| counts).count() as f64
    }

    fn block_ends(&self, _n_rows: usize) -> Vec<usize> {
        self.groups.block_ends()
    }
}
