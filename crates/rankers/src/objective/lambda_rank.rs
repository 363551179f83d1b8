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
//! NDCG is at most 1, so that no pair's weight is above 1 (100 with `normalise`): no query drowns the others' derivatives.
//!
//! No function has these gradients, so the loss that is reported, and that stops a fit early, is `1 - NDCG@K`, the mean over the
//! queries that have a gain.

use fearless_simd::{Level, Simd, dispatch};
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

/// One group's rows in the order in which pairs are formed: the first K by rank, then the others as they come. One array a number, so
/// that a row is compared with several others at a time.
struct Scratch {
    order: RankOrder,
    item_ids: Vec<i64>,
    is_top: Vec<bool>,
    rows: Vec<usize>,
    gains: Vec<f64>,
    /// 0 from rank K on.
    discounts: Vec<f64>,
    scores: Vec<f64>,
    /// exp(sigma (score - best score)).
    exps: Vec<f64>,
    gradients: Vec<f64>,
    hessians: Vec<f64>,
    /// Of the pairs of one row: its lambdas, with the sign of the gap of gains, and their curvatures.
    lambdas: Vec<f64>,
    curvatures: Vec<f64>,
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
            is_top: Vec::new(),
            rows: Vec::new(),
            gains: Vec::new(),
            discounts: Vec::new(),
            scores: Vec::new(),
            exps: Vec::new(),
            gradients: Vec::new(),
            hessians: Vec::new(),
            lambdas: Vec::new(),
            curvatures: Vec::new(),
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

    /// One group's derivatives, in `scratch`, from the order that it holds.
    fn lambdas(
        &self,
        level: Level,
        inverse_ideal: f64,
        gains: &[f64],
        scores: &[f64],
        scratch: &mut Scratch,
    ) {
        scratch.place(&self.discounts, self.params, gains, scores);
        let n_top = scratch.order.rows().len();
        let (best, worst) = scores
            .iter()
            .fold((f64::NEG_INFINITY, f64::INFINITY), |(best, worst), &s| (s.max(best), s.min(worst)));
        // With equal scores throughout, as before the first tree, there is no distance to divide by.
        let divide = self.params.normalise && best > worst;
        let sigma = self.params.sigmoid;
        let mut total = 0.0;
        for rank in 0..n_top {
            total += dispatch!(level, simd => scratch.pairs(simd, rank, sigma, inverse_ideal, divide));
        }
        if self.params.normalise && total > 0.0 {
            let factor = (1.0 + total).log2() / total;
            for (gradient, hessian) in scratch.gradients.iter_mut().zip(&mut scratch.hessians) {
                *gradient *= factor;
                *hessian *= factor;
            }
        }
    }
}

impl Scratch {
    /// Puts the group's rows in their places, without derivatives.
    fn place(&mut self, discounts: &Discounts, params: &CheckedRankingParams, gains: &[f64], scores: &[f64]) {
        let top = self.order.rows();
        self.is_top.clear();
        self.is_top.resize(scores.len(), false);
        self.rows.clear();
        for &row in top {
            self.is_top[row as usize] = true;
            self.rows.push(row as usize);
        }
        self.rows.extend((0..scores.len()).filter(|&row| !self.is_top[row]));
        let best = scores[self.rows[0]];
        let within =
            |rank: usize| if rank < top.len() { discounts.within(params.truncation, rank) } else { 0.0 };
        let exp = |row: usize| (params.sigmoid * (scores[row] - best)).max(-MAX_DISTANCE).exp();
        fill(&mut self.discounts, (0..scores.len()).map(within));
        fill(&mut self.gains, self.rows.iter().map(|&row| gains[row]));
        fill(&mut self.scores, self.rows.iter().map(|&row| scores[row]));
        fill(&mut self.exps, self.rows.iter().map(|&row| exp(row)));
        for zeros in [&mut self.gradients, &mut self.hessians, &mut self.lambdas, &mut self.curvatures] {
            zeros.clear();
            zeros.resize(scores.len(), 0.0);
        }
    }

    /// The pairs of the row at `rank` with all those that stand below it; returns the sum of the sizes of their lambdas, both rows' counted.
    /// Pairs of equal gain add 0: to look for them would take longer, as no processor can guess which they are.
    ///
    /// Compiled for each set of vector instructions, which differ in how many pairs they take at once and in no bit of what they give:
    /// nothing is fused, and sums are taken pair by pair.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what is not inlined is not compiled for the CPU's vector instructions"
    )]
    fn pairs<S: Simd>(&mut self, _: S, rank: usize, sigma: f64, inverse_ideal: f64, divide: bool) -> f64 {
        let below = rank + 1..self.rows.len();
        let (gain, discount) = (self.gains[rank], self.discounts[rank]);
        let (score, exp) = (self.scores[rank], self.exps[rank]);
        let lambdas = &mut self.lambdas[below.clone()];
        let curvatures = &mut self.curvatures[below.clone()];
        let n = lambdas.len();
        let (gains, discounts) = (&self.gains[below.clone()][..n], &self.discounts[below.clone()][..n]);
        let (scores, exps) = (&self.scores[below.clone()][..n], &self.exps[below.clone()][..n]);
        let curvatures = &mut curvatures[..n];
        for at in 0..n {
            let gap = gain - gains[at];
            let damping = if divide { 1.0 / (MIN_DISTANCE + (score - scores[at]).abs()) } else { 1.0 };
            let weight = gap.abs() * (discount - discounts[at]) * inverse_ideal * damping;
            // The probability that the pair stands in the wrong order: that of the one with the smaller gain coming first.
            let wrong = if gap > 0.0 { exps[at] } else { exp } / (exp + exps[at]);
            let lambda = sigma * weight * wrong;
            lambdas[at] = lambda.copysign(gap);
            curvatures[at] = sigma * lambda * (1.0 - wrong);
        }
        let (mut gradient, mut hessian, mut total) = (0.0, 0.0, 0.0);
        for at in 0..n {
            gradient -= lambdas[at];
            hessian += curvatures[at];
            total += 2.0 * lambdas[at].abs();
        }
        for (to, lambda) in self.gradients[below.clone()].iter_mut().zip(&*lambdas) {
            *to += lambda;
        }
        for (to, curvature) in self.hessians[below].iter_mut().zip(&*curvatures) {
            *to += curvature;
        }
        self.gradients[rank] += gradient;
        self.hessians[rank] += hessian;
        total
    }
}

fn fill(to: &mut Vec<f64>, values: impl Iterator<Item = f64>) {
    to.clear();
    to.extend(values);
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
        let level = Level::new();
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
            self.lambdas(level, inverse_ideal, gains, scores, &mut scratch);
            for ((&row, &gradient), &hessian) in
                scratch.rows.iter().zip(&scratch.gradients).zip(&scratch.hessians)
            {
                out[row] = [gradient as f32, hessian.max(MIN_HESSIAN) as f32];
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
