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

/// One group's rows in the order in which pairs are formed: the first K by rank, then the others as they come.
struct Scratch {
    order: RankOrder,
    item_ids: Vec<i64>,
    places: Vec<Place>,
    is_top: Vec<bool>,
}

/// A row at its place in that order.
#[derive(Debug, Clone, Copy)]
struct Place {
    row: usize,
    gain: f64,
    /// 0 from rank K on.
    discount: f64,
    score: f64,
    /// exp(sigma (score - best score)).
    exp: f64,
    gradient: f64,
    hessian: f64,
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
            places: Vec::new(),
            is_top: Vec::new(),
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

    /// One group's derivatives, in `scratch.places`, from the order that `scratch` holds.
    fn lambdas(&self, inverse_ideal: f64, gains: &[f64], scores: &[f64], scratch: &mut Scratch) {
        let Scratch { order, places, is_top, .. } = scratch;
        let (sigma, top) = (self.params.sigmoid, order.rows());
        let best = scores[top[0] as usize];
        let worst = scores.iter().fold(best, |worst, &score| worst.min(score));
        let place = |row: usize, discount: f64| Place {
            row,
            gain: gains[row],
            discount,
            score: scores[row],
            exp: (sigma * (scores[row] - best)).max(-MAX_DISTANCE).exp(),
            gradient: 0.0,
            hessian: 0.0,
        };
        is_top.clear();
        is_top.resize(scores.len(), false);
        places.clear();
        for (rank, &row) in top.iter().enumerate() {
            is_top[row as usize] = true;
            places.push(place(row as usize, self.discounts.within(self.params.truncation, rank)));
        }
        places.extend((0..scores.len()).filter(|&row| !is_top[row]).map(|row| place(row, 0.0)));

        // With equal scores throughout, as before the first tree, there is no distance to divide by.
        let divide = self.params.normalise && best > worst;
        let mut total = 0.0;
        for rank in 0..top.len() {
            let (above, below) = places.split_at_mut(rank + 1);
            total += if divide {
                pairs(&mut above[rank], below, sigma, inverse_ideal, |distance| {
                    1.0 / (MIN_DISTANCE + distance)
                })
            } else {
                pairs(&mut above[rank], below, sigma, inverse_ideal, |_| 1.0)
            };
        }
        if self.params.normalise && total > 0.0 {
            let factor = (1.0 + total).log2() / total;
            for place in places {
                place.gradient *= factor;
                place.hessian *= factor;
            }
        }
    }
}

/// The pairs of one row with all those that stand below it; returns the sum of the sizes of their lambdas, both rows' counted. Pairs of equal
/// gain add 0: to look for them would take longer, as no processor can guess which they are.
fn pairs(
    upper: &mut Place,
    below: &mut [Place],
    sigma: f64,
    inverse_ideal: f64,
    damping: impl Fn(f64) -> f64,
) -> f64 {
    let (mut gradient, mut hessian, mut total) = (0.0, 0.0, 0.0);
    for lower in below {
        let gap = upper.gain - lower.gain;
        let weight = gap.abs()
            * (upper.discount - lower.discount)
            * inverse_ideal
            * damping((upper.score - lower.score).abs());
        // The probability that the pair stands in the wrong order: that of the one with the smaller gain coming first.
        let wrong = if gap > 0.0 { lower.exp } else { upper.exp } / (upper.exp + lower.exp);
        let lambda = sigma * weight * wrong;
        let curvature = sigma * lambda * (1.0 - wrong);
        let towards_upper = lambda.copysign(gap);
        gradient -= towards_upper;
        lower.gradient += towards_upper;
        hessian += curvature;
        lower.hessian += curvature;
        total += 2.0 * lambda;
    }
    upper.gradient += gradient;
    upper.hessian += hessian;
    total
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
            for place in &scratch.places {
                out[place.row] = [place.gradient as f32, place.hessian.max(MIN_HESSIAN) as f32];
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
