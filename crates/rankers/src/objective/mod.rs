//! The losses that boosting minimises, and their derivatives.

mod binary_log_loss;
mod squared_error;

use serde::{Deserialize, Serialize};

use crate::FitError;

pub(crate) use binary_log_loss::check_two_classes;
pub use binary_log_loss::{BinaryLogLoss, sigmoid};
pub use squared_error::{MAX_LABEL, SquaredError};

/// How many rows a pointwise objective handles at a time.
const BLOCK_ROWS: usize = 8192;

/// A loss over raw scores, summed over rows.
///
/// The booster hands over one block of rows at a time, the blocks in parallel. A ranking objective holds its query groups
/// itself, and lets [`Objective::block_ends`] end on whole groups.
pub trait Objective: Sync {
    /// Which objective this is: what a fitted model remembers.
    fn kind(&self) -> ObjectiveKind;

    /// Whether the labels are such as this loss takes.
    ///
    /// # Errors
    /// [`FitError`] that names the first row whose label is not.
    fn check_labels(&self, labels: &[f32]) -> Result<(), FitError>;

    /// The best constant score: where boosting starts. `labels` is not empty.
    fn init_score(&self, labels: &[f32]) -> f64;

    /// Derivatives and loss of one block: `out[i]` becomes the first and second derivative of row `i`'s loss by its score, the second
    /// above 0. Returns the loss, summed over the block.
    ///
    /// `first_row` is the block's first row in the training set; the three slices have the block's length.
    fn gradients(&self, first_row: usize, scores: &[f64], labels: &[f32], out: &mut [[f32; 2]]) -> f64;

    /// The loss summed over `scores`, any rows.
    fn loss(&self, scores: &[f64], labels: &[f32]) -> f64;

    /// Where the blocks of `n_rows` training rows end: ascending, the last one `n_rows`. They fix the order in which losses are
    /// added, so they must not depend on the number of threads.
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
}

impl ObjectiveKind {
    /// The objective of that name.
    pub fn objective(self) -> Box<dyn Objective> {
        match self {
            Self::BinaryLogLoss => Box::new(BinaryLogLoss),
            Self::SquaredError => Box::new(SquaredError),
        }
    }

    /// What the loss is called in tables and plots.
    pub const fn loss_name(self) -> &'static str {
        match self {
            Self::BinaryLogLoss => "log_loss",
            Self::SquaredError => "squared_error",
        }
    }

    /// What a raw score predicts: the probability of label 1, or the label's mean.
    pub fn predicted(self, raw_score: f64) -> f64 {
        match self {
            Self::BinaryLogLoss => sigmoid(raw_score),
            Self::SquaredError => raw_score,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Central differences of the loss against the derivatives.
    fn check_derivatives(objective: &dyn Objective, labels: &[f32]) {
        for &label in labels {
            for score in [-6.0, -1.5, -0.1, 0.0, 0.7, 2.0, 5.0] {
                let loss = |score: f64| objective.loss(&[score], &[label]);
                let step = 1e-4;
                let gradient = (loss(score + step) - loss(score - step)) / (2.0 * step);
                let hessian = (loss(score + step) - 2.0 * loss(score) + loss(score - step)) / (step * step);
                let mut out = [[0.0f32; 2]];
                let at = objective.gradients(0, &[score], &[label], &mut out);
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
            let objective = kind.objective();
            let init = objective.init_score(&labels);
            let loss = |score: f64| objective.loss(&[score; 4], &labels);
            assert!(loss(init) < loss(init + 1e-3) && loss(init) < loss(init - 1e-3), "{kind:?}");
        }
    }

    #[test]
    fn a_block_is_the_sum_of_its_rows() {
        let labels: Vec<f32> = (0..70).map(|row| (row % 3 == 0) as u8 as f32).collect();
        let scores: Vec<f64> = (0..70).map(|row| f64::from(row) * 0.3 - 10.0).collect();
        for kind in [ObjectiveKind::BinaryLogLoss, ObjectiveKind::SquaredError] {
            let objective = kind.objective();
            let rows: f64 = scores.iter().zip(&labels).map(|(&s, &l)| objective.loss(&[s], &[l])).sum();
            let block = objective.gradients(0, &scores, &labels, &mut vec![[0.0; 2]; 70]);
            assert!((rows - block).abs() < 1e-9 * rows, "{kind:?}: {rows} {block}");
        }
    }
}
