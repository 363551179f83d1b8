//! `LambdaMART`: pairs of rows, weighted by what swapping them would change in NDCG@K.
//!
//! For a pair of a query's rows, `h` of the higher gain, with scores `s`, the loss is
//! `w ln(1 + exp(-sigma (s_h - s_l)))` with the weight `w = |gain_h - gain_l| |discount_h - discount_l| / ideal DCG@K` taken at the
//! present ranks, as if it did not depend on the scores (Burges, "From `RankNet` to `LambdaRank` to `LambdaMART`: An Overview", 2010).
//! Ranks from K on have no discount, so that a pair counts where at least one of its rows is among the first K.
//!
//! With `normalise`, as in `LightGBM`: a weight is divided by `0.01 + |s_h - s_l|`, and a query's derivatives are multiplied by
//! `log2(1 + L) / L` with `L` the sum of the sizes of its lambdas, each pair counted for both of its rows.
//!
//! No function has these gradients, so the loss that is reported, and that stops a fit early, is `1 - NDCG@K`, the mean over the
//! queries that have a gain.

use metrics::dcg::{Discounts, dcg, ideal_dcg};
use metrics::{RankOrder, TieOrder};

use super::query_groups::QueryGroups;
use super::ranking_params::CheckedRankingParams;
use super::{MIN_HESSIAN, Objective, ObjectiveKind};
use crate::FitError;

/// What the distance of scores is at least when weights are divided by it.
const MIN_DISTANCE: f64 = 0.01;

/// Scores so far (in units of the sigmoid) below the best of the list are as good as at that distance: exp stays above 0.
const MAX_DISTANCE: f64 = 300.0;

/// [`LambdaRank`] of the rows that it was made for.
#[derive(Debug)]
pub struct LambdaRank<'a> {
    params: &'a CheckedRankingParams,
    groups: QueryGroups<'a>,
    discounts: Discounts,
    /// By row.
    gains: Vec<f64>,
    /// By group: 1 / ideal DCG@K, 0 where no row has a gain.
    inverse_ideal: Vec<f64>,
}

/// Memory that one block's groups use in turn.
struct Scratch {
    order: RankOrder,
    item_ids: Vec<i64>,
    /// exp(sigma (score - best score)), by row of the group.
    exps: Vec<f64>,
    /// The rows that are not among the first K, ascending.
    rest: Vec<usize>,
    is_top: Vec<bool>,
    /// By row of the group.
    sums: Vec<[f64; 2]>,
}

impl<'a> LambdaRank<'a> {
    /// The objective of these rows.
    ///
    /// # Errors
    /// Where a label is not a number from -1e30 to 100, or no group has a gain.
    pub fn new(
        params: &'a CheckedRankingParams,
        groups: QueryGroups<'a>,
        labels: &[f32],
    ) -> Result<Self, FitError> {
        super::check_grades(labels)?;
        let gains: Vec<f64> = labels.iter().map(|&label| params.gain(label)).collect();
        let longest = groups.ranges().map(|rows| rows.len()).max().unwrap_or(0);
        let discounts = Discounts::new(longest);
        let inverse = |ideal: f64| if ideal > 0.0 { ideal.recip() } else { 0.0 };
        let inverse_ideal: Vec<f64> = groups
            .ranges()
            .map(|rows| inverse(ideal_dcg(&gains[rows], params.truncation, &discounts)))
            .collect();
        if inverse_ideal.iter().all(|&inverse| inverse == 0.0) {
            return Err(FitError::NothingToRank { n_groups: groups.len() });
        }
        Ok(Self { params, groups, discounts, gains, inverse_ideal })
    }

    fn scratch() -> Scratch {
        Scratch {
            order: RankOrder::new(TieOrder::SmallerItem),
            item_ids: Vec::new(),
            exps: Vec::new(),
            rest: Vec::new(),
            is_top: Vec::new(),
            sums: Vec::new(),
        }
    }

    /// Brings a group's rows into the order of their scores, as far as K; returns 1 - NDCG@K.
    fn rank(&self, inverse_ideal: f64, gains: &[f64], scores: &[f64], scratch: &mut Scratch) -> f64 {
        scratch.item_ids.clear();
        scratch.item_ids.extend(0..scores.len() as i64);
        scratch.order.load(&scratch.item_ids);
        let top = scratch.order.sort_top(scores, self.params.truncation);
        let top_gains: Vec<f64> = top.iter().map(|&row| gains[row as usize]).collect();
        1.0 - dcg(&top_gains, self.params.truncation, &self.discounts) * inverse_ideal
    }

    /// One group's derivatives, in `scratch.sums`, from the order that `scratch` holds.
    fn lambdas(&self, inverse_ideal: f64, gains: &[f64], scores: &[f64], scratch: &mut Scratch) {
        let Scratch { order, exps, rest, is_top, sums, .. } = scratch;
        let (sigma, top) = (self.params.sigmoid, order.rows());
        let best = scores[top[0] as usize];
        let worst = scores.iter().fold(best, |worst, &score| worst.min(score));
        exps.clear();
        exps.extend(scores.iter().map(|score| (sigma * (score - best)).max(-MAX_DISTANCE).exp()));
        is_top.clear();
        is_top.resize(scores.len(), false);
        for &row in top {
            is_top[row as usize] = true;
        }
        rest.clear();
        rest.extend((0..scores.len()).filter(|&row| !is_top[row]));
        sums.clear();
        sums.resize(scores.len(), [0.0; 2]);

        // With equal scores throughout, as before the first tree, there is no distance to divide by.
        let divide = self.params.normalise && best > worst;
        let mut total = 0.0;
        let mut pair = |a: usize, b: usize, discounts: f64| {
            if gains[a] == gains[b] {
                return;
            }
            let (high, low) = if gains[a] > gains[b] { (a, b) } else { (b, a) };
            let mut weight = (gains[high] - gains[low]) * discounts * inverse_ideal;
            if divide {
                weight /= MIN_DISTANCE + (scores[high] - scores[low]).abs();
            }
            // The probability that the pair stands in the wrong order.
            let wrong = exps[low] / (exps[high] + exps[low]);
            let lambda = sigma * weight * wrong;
            let curvature = sigma * lambda * (1.0 - wrong);
            sums[high][0] -= lambda;
            sums[low][0] += lambda;
            sums[high][1] += curvature;
            sums[low][1] += curvature;
            total += 2.0 * lambda;
        };
        for (rank, &row) in top.iter().enumerate() {
            let discount = self.discounts.within(self.params.truncation, rank);
            for (below, &other) in top.iter().enumerate().skip(rank + 1) {
                let gap = discount - self.discounts.within(self.params.truncation, below);
                pair(row as usize, other as usize, gap);
            }
            for &other in &*rest {
                pair(row as usize, other, discount);
            }
        }
        if self.params.normalise && total > 0.0 {
            let factor = (1.0 + total).log2() / total;
            for [gradient, hessian] in sums {
                *gradient *= factor;
                *hessian *= factor;
            }
        }
    }
}

impl Objective for LambdaRank<'_> {
    fn kind(&self) -> ObjectiveKind {
        ObjectiveKind::LambdaRank
    }

    fn check_labels(&self, labels: &[f32]) -> Result<(), FitError> {
        super::check_grades(labels)
    }

    fn init_score(&self, _labels: &[f32]) -> f64 {
        0.0
    }

    fn gradients(
        &self,
        _tree: usize,
        first_row: usize,
        scores: &[f64],
        _labels: &[f32],
        out: &mut [[f32; 2]],
    ) -> f64 {
        let mut scratch = Self::scratch();
        let mut loss = 0.0;
        for (group, rows) in self.groups.within(first_row..first_row + scores.len()) {
            let in_block = rows.start - first_row..rows.end - first_row;
            let (scores, out) = (&scores[in_block.clone()], &mut out[in_block]);
            let inverse_ideal = self.inverse_ideal[group];
            if inverse_ideal == 0.0 {
                out.fill([0.0, MIN_HESSIAN as f32]);
                continue;
            }
            let gains = &self.gains[rows];
            loss += self.rank(inverse_ideal, gains, scores, &mut scratch);
            self.lambdas(inverse_ideal, gains, scores, &mut scratch);
            for (out, &[gradient, hessian]) in out.iter_mut().zip(&scratch.sums) {
                *out = [gradient as f32, hessian.max(MIN_HESSIAN) as f32];
            }
        }
        loss
    }

    fn loss(&self, first_row: usize, scores: &[f64], _labels: &[f32]) -> f64 {
        let mut scratch = Self::scratch();
        let mut loss = 0.0;
        for (group, rows) in self.groups.within(first_row..first_row + scores.len()) {
            let inverse_ideal = self.inverse_ideal[group];
            if inverse_ideal > 0.0 {
                let scores = &scores[rows.start - first_row..rows.end - first_row];
                loss += self.rank(inverse_ideal, &self.gains[rows], scores, &mut scratch);
            }
        }
        loss
    }

    fn n_terms(&self, _n_rows: usize) -> f64 {
        self.inverse_ideal.iter().filter(|&&inverse| inverse > 0.0).count() as f64
    }

    fn block_ends(&self, _n_rows: usize) -> Vec<usize> {
        self.groups.block_ends()
    }
}
