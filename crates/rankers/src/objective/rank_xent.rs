//! Regression compatible ranking on soft labels: a pointwise and a listwise cross-entropy, mixed.
//!
//! With stars `r`, scores `s`, `p = sigmoid(s)` and `rho = softmax(s)` over the rows of a query,
//!
//! ```text
//! y_i  = sigmoid((r_i - c) / tau)
//! loss = sum over queries of  (1 - a) sum_i [-y_i ln p_i - (1 - y_i) ln(1 - p_i)]  +  a sum_i [-y_i ln rho_i]
//! ```
//!
//! with `a = listwise_weight` and `c` a quarter below the least relevant label: for `relevant_from` = 4 stars in half steps that is halfway
//! between 3.5 and 4. `tau = 0` gives the hard labels 0 and 1. Derivatives: `(1 - a)(p_i - y_i) + a (Y rho_i - y_i)` and
//! `(1 - a) p_i (1 - p_i) + a Y rho_i (1 - rho_i)` with `Y = sum_i y_i`, which makes the two parts alike in scale.
//!
//! Sources: the mixture is that of Yan et al., "Scale Calibration of Deep Ranking Models" (2022), and Bai et al., "Regression Compatible
//! Listwise Objectives for Calibrated Ranking with Binary Relevance" (2023), with the listwise softmax cross-entropy of Cao et al.,
//! "Learning to Rank: From Pairwise Approach to Listwise Approach" (2007) in the form of Bruch et al., "An Analysis of the Softmax
//! Cross Entropy Loss for Learning-to-Rank with Binary Relevance" (2019). Soft labels say what a binary one forgets: that 5 stars are
//! further above the threshold than 4.

use super::query_groups::QueryGroups;
use super::ranking_params::{CheckedRankingParams, RankingParams};
use super::softmax::softmax;
use super::{MIN_HESSIAN, Objective, ObjectiveKind, sigmoid};
use crate::FitError;

/// How far below the least relevant label the soft threshold is: half of half a star.
const BELOW_RELEVANT: f64 = 0.25;

/// [`RankXent`] of the rows that it was made for.
#[derive(Debug)]
pub struct RankXent<'a> {
    listwise_weight: f64,
    groups: QueryGroups<'a>,
    /// By row, in [0, 1].
    targets: Vec<f64>,
}

impl<'a> RankXent<'a> {
    /// The objective of these rows.
    ///
    /// # Errors
    /// Where a label is not a number from -1e30 to 100, or all soft labels are 0, or all are 1.
    pub fn new(
        params: &CheckedRankingParams,
        groups: QueryGroups<'a>,
        labels: &[f32],
    ) -> Result<Self, FitError> {
        super::check_grades(labels)?;
        let targets: Vec<f64> = labels.iter().map(|&label| soft_label(params, label)).collect();
        for class in [0.0, 1.0] {
            if targets.iter().all(|&target| target == class) {
                return Err(FitError::OneClass { n_rows: targets.len(), value: class as f32 });
            }
        }
        Ok(Self { listwise_weight: params.listwise_weight, groups, targets })
    }

    /// One group's loss, where `log_sum` is ln sum of exp(scores).
    fn group_loss(&self, targets: &[f64], scores: &[f64], log_sum: f64) -> f64 {
        let (listwise, pointwise) = (self.listwise_weight, 1.0 - self.listwise_weight);
        let loss = |(&y, &score): (&f64, &f64)| {
            // -y ln p - (1 - y) ln(1 - p) = ln(1 + exp(s)) - y s, without overflow.
            let cross_entropy = score.max(0.0) + (-score.abs()).exp().ln_1p() - y * score;
            pointwise * cross_entropy + listwise * y * (log_sum - score)
        };
        targets.iter().zip(scores).map(loss).sum()
    }
}

/// The probability that a label stands for.
fn soft_label(params: &RankingParams, label: f32) -> f64 {
    if params.tau == 0.0 {
        return f64::from(u8::from(params.is_relevant(label)));
    }
    sigmoid((f64::from(label) - (params.relevant_from - BELOW_RELEVANT)) / params.tau)
}

impl Objective for RankXent<'_> {
    fn kind(&self) -> ObjectiveKind {
        ObjectiveKind::RankXent
    }

    fn check_labels(&self, labels: &[f32]) -> Result<(), FitError> {
        super::check_grades(labels)
    }

    fn init_score(&self, _labels: &[f32]) -> f64 {
        // The listwise part does not mind a constant; sums of y and 1 - y are not 0, see the constructor.
        let (ones, zeros) =
            self.targets.iter().fold((0.0, 0.0), |(ones, zeros), y| (ones + y, zeros + (1.0 - y)));
        (ones / zeros).ln()
    }

    fn gradients(
        &self,
        _tree: usize,
        first_row: usize,
        scores: &[f64],
        _labels: &[f32],
        out: &mut [[f32; 2]],
    ) -> f64 {
        let (listwise, pointwise) = (self.listwise_weight, 1.0 - self.listwise_weight);
        let mut rho = Vec::new();
        let mut loss = 0.0;
        for (_, rows) in self.groups.within(first_row..first_row + scores.len()) {
            let in_block = rows.start - first_row..rows.end - first_row;
            let (scores, out) = (&scores[in_block.clone()], &mut out[in_block]);
            let targets = &self.targets[rows];
            let log_sum = softmax(scores, &mut rho);
            loss += self.group_loss(targets, scores, log_sum);
            let mass: f64 = targets.iter().sum();
            for (((out, &rho), &score), &y) in out.iter_mut().zip(&rho).zip(scores).zip(targets) {
                let p = sigmoid(score);
                let gradient = pointwise * (p - y) + listwise * (mass * rho - y);
                let hessian = pointwise * p * (1.0 - p) + listwise * mass * rho * (1.0 - rho);
                *out = [gradient as f32, hessian.max(MIN_HESSIAN) as f32];
            }
        }
        loss
    }

    fn loss(&self, first_row: usize, scores: &[f64], _labels: &[f32]) -> f64 {
        let mut rho = Vec::new();
        let group_loss = |(_, rows): (usize, std::ops::Range<usize>)| {
            let scores = &scores[rows.start - first_row..rows.end - first_row];
            self.group_loss(&self.targets[rows], scores, softmax(scores, &mut rho))
        };
        self.groups.within(first_row..first_row + scores.len()).map(group_loss).sum()
    }

    fn block_ends(&self, _n_rows: usize) -> Vec<usize> {
        self.groups.block_ends()
    }
}
