//! The losses that boosting minimises, and their derivatives.

mod binary_log_loss;
mod combined_rank;
mod exp;
mod lambda_rank;
mod query_groups;
mod rank_xent;
mod ranking_params;
mod softmax;
mod squared_error;
mod xe_ndcg;

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::{FitError, LabelledRows};

pub(crate) use binary_log_loss::check_two_classes;
pub use binary_log_loss::{BinaryLogLoss, sigmoid};
pub use combined_rank::CombinedRank;
pub use lambda_rank::LambdaRank;
pub use query_groups::QueryGroups;
pub use rank_xent::RankXent;
pub use ranking_params::{CheckedRankingParams, Grades, RankingParams};
pub use squared_error::{MAX_LABEL, SquaredError};
pub use xe_ndcg::XeNdcg;

/// How many rows a pointwise objective handles at a time.
const BLOCK_ROWS: usize = 8192;

/// A row's second derivative is at least this, so that a leaf's Newton step stays finite.
const MIN_HESSIAN: f64 = 1e-16;

/// A loss over raw scores, summed over rows or query groups.
///
/// A pointwise objective serves any rows; a ranking objective holds the query groups and grades of the rows that it was made for, and
/// `first_row` says which of them a block begins with. The booster hands over one block at a time, the blocks in parallel.
pub trait Objective: Sync {
    /// Which objective this is: what a fitted model remembers.
    fn kind(&self) -> ObjectiveKind;

    /// Whether the labels are such as this loss takes.
    ///
    /// # Errors
    /// [`FitError`] that names the first row whose label is not.
    fn check_labels(&self, labels: &[f32]) -> Result<(), FitError>;

    /// The best constant score, 0 where all are equally good: where boosting starts. `labels` is not empty.
    fn init_score(&self, labels: &[f32]) -> f64;

    /// Derivatives and loss of one block: `out[i]` becomes the first and second derivative of the loss by row `i`'s score, the second
    /// above 0. Returns the loss, summed over the block.
    ///
    /// `tree` is how many trees the scores hold, `first_row` the block's first row; the three slices have the block's length, and the
    /// block begins and ends with whole groups.
    fn gradients(
        &self,
        tree: usize,
        first_row: usize,
        scores: &[f64],
        labels: &[f32],
        out: &mut [[f32; 2]],
    ) -> f64;

    /// The loss summed over a block, as [`Objective::gradients`] returns it.
    fn loss(&self, first_row: usize, scores: &[f64], labels: &[f32]) -> f64;

    /// How many terms the loss of `n_rows` rows is a sum of: what a mean loss is the mean over.
    fn n_terms(&self, n_rows: usize) -> f64 {
        n_rows as f64
    }

    /// Where the blocks of `n_rows` rows end: ascending, the last one `n_rows`. They fix the order in which losses are added, so they
    /// must not depend on the number of threads.
    fn block_ends(&self, n_rows: usize) -> Vec<usize> {
        (1..=n_rows.div_ceil(BLOCK_ROWS)).map(|block| (block * BLOCK_ROWS).min(n_rows)).collect()
    }
}

/// The objectives by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectiveKind {
    /// [`BinaryLogLoss`].
    #[default]
    BinaryLogLoss,
    /// [`SquaredError`].
    SquaredError,
    /// [`LambdaRank`].
    LambdaRank,
    /// [`CombinedRank`].
    CombinedRank,
    /// [`XeNdcg`].
    XeNdcg,
    /// [`RankXent`].
    RankXent,
}

impl ObjectiveKind {
    /// Whether it needs query groups, and stars as labels.
    pub const fn is_ranking(self) -> bool {
        match self {
            Self::BinaryLogLoss | Self::SquaredError => false,
            Self::LambdaRank | Self::CombinedRank | Self::XeNdcg | Self::RankXent => true,
        }
    }

    /// The pointwise objective of that name; `None` for a ranking objective.
    pub fn pointwise(self) -> Option<Box<dyn Objective>> {
        match self {
            Self::BinaryLogLoss => Some(Box::new(BinaryLogLoss)),
            Self::SquaredError => Some(Box::new(SquaredError)),
            Self::LambdaRank | Self::CombinedRank | Self::XeNdcg | Self::RankXent => None,
        }
    }

    /// The objective of these rows. [`ObjectiveKind::XeNdcg`] alone draws from `rng`, the key of its own stream.
    ///
    /// # Errors
    /// Where a ranking objective gets no groups, or such as do not cover the rows, or rows that it cannot learn from.
    pub fn of_rows<'a>(
        self,
        params: &'a CheckedRankingParams,
        rows: LabelledRows<'a>,
        rng: &mut ChaCha8Rng,
    ) -> Result<Box<dyn Objective + 'a>, FitError> {
        let groups = || QueryGroups::new(rows.group_ends, rows.labels.len());
        Ok(match self {
            Self::BinaryLogLoss => Box::new(BinaryLogLoss),
            Self::SquaredError => Box::new(SquaredError),
            Self::LambdaRank => Box::new(LambdaRank::new(params, groups()?, rows.labels)?),
            Self::CombinedRank => Box::new(CombinedRank::new(params, groups()?, rows.labels)?),
            Self::XeNdcg => {
                let mut key = [0; 32];
                rng.fill_bytes(&mut key);
                Box::new(XeNdcg::new(params, groups()?, rows.labels, key)?)
            }
            Self::RankXent => Box::new(RankXent::new(params, groups()?, rows.labels)?),
        })
    }

    /// What the loss is called in tables and plots.
    pub const fn loss_name(self) -> &'static str {
        match self {
            Self::BinaryLogLoss => "log_loss",
            Self::SquaredError => "squared_error",
            Self::LambdaRank | Self::CombinedRank => "one_minus_ndcg",
            Self::XeNdcg => "xe_ndcg",
            Self::RankXent => "rank_xent",
        }
    }

    /// What a raw score predicts: the probability of label 1, or the label's mean. A score of a ranking objective predicts nothing but an
    /// order, and stays as it is.
    pub fn predicted(self, raw_score: f64) -> f64 {
        match self {
            Self::BinaryLogLoss => sigmoid(raw_score),
            Self::SquaredError | Self::LambdaRank | Self::CombinedRank | Self::XeNdcg | Self::RankXent => {
                raw_score
            }
        }
    }
}

/// The largest label of a ranking objective: 2^100 leaves room for sums.
const MAX_GRADE: f32 = metrics::dcg::MAX_GRADE as f32;

/// Whether every label is a grade of relevance.
fn check_grades(labels: &[f32]) -> Result<(), FitError> {
    match labels.iter().position(|label| !(-MAX_LABEL..=MAX_GRADE).contains(label)) {
        Some(row) => {
            Err(FitError::Label { row, value: labels[row], expected: "a number between -1e30 and 100" })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Central differences of the loss against the derivatives.
    fn check_derivatives(objective: &dyn Objective, labels: &[f32]) {
        for &label in labels {
            for score in [-6.0, -1.5, -0.1, 0.0, 0.7, 2.0, 5.0] {
                let loss = |score: f64| objective.loss(0, &[score], &[label]);
                let step = 1e-4;
                let gradient = (loss(score + step) - loss(score - step)) / (2.0 * step);
                let hessian = (loss(score + step) - 2.0 * loss(score) + loss(score - step)) / (step * step);
                let mut out = [[0.0f32; 2]];
                let at = objective.gradients(0, 0, &[score], &[label], &mut out);
                assert!((f64::from(out[0][0]) - gradient).abs() < 1e-6, "{score} {label} {out:?} {gradient}");
                assert!((f64::from(out[0][1]) - hessian).abs() < 1e-5, "{score} {label} {out:?} {hessian}");
                assert!((at - loss(score)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn derivatives_agree_with_finite_differences() {
        check_derivatives(&BinaryLogLoss, &[0.0, 1.0]);
        check_derivatives(&SquaredError, &[-2.0, 0.5, 4.5]);
    }

    #[test]
    fn the_start_is_the_best_constant() {
        for (kind, labels) in [
            (ObjectiveKind::BinaryLogLoss, [1.0, 0.0, 1.0, 1.0]),
            (ObjectiveKind::SquaredError, [3.5, 1.0, 4.0, 2.0]),
        ] {
            let objective = kind.pointwise().unwrap();
            let init = objective.init_score(&labels);
            let loss = |score: f64| objective.loss(0, &[score; 4], &labels);
            assert!(loss(init) < loss(init + 1e-3) && loss(init) < loss(init - 1e-3), "{kind:?}");
        }
    }

    #[test]
    fn a_block_is_the_sum_of_its_rows() {
        let labels: Vec<f32> = (0..70).map(|row| (row % 3 == 0) as u8 as f32).collect();
        let scores: Vec<f64> = (0..70).map(|row| f64::from(row) * 0.3 - 10.0).collect();
        for kind in [ObjectiveKind::BinaryLogLoss, ObjectiveKind::SquaredError] {
            let objective = kind.pointwise().unwrap();
            let rows: f64 = scores.iter().zip(&labels).map(|(&s, &l)| objective.loss(0, &[s], &[l])).sum();
            let block = objective.gradients(0, 0, &scores, &labels, &mut vec![[0.0; 2]; 70]);
            assert!((rows - block).abs() < 1e-9 * rows, "{kind:?}: {rows} {block}");
        }
    }
}
