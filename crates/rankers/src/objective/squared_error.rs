//! Half the squared error, (score - label)^2 / 2: its optimum is the mean.

use super::{Objective, ObjectiveKind};
use crate::FitError;

/// Half the squared error; labels are numbers of at most [`MAX_LABEL`] in size. Derivatives: score - label and 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct SquaredError;

/// Differences of labels up to this size are finite in f32.
pub const MAX_LABEL: f32 = 1e30;

impl Objective for SquaredError {
    fn kind(&self) -> ObjectiveKind {
        ObjectiveKind::SquaredError
    }

    fn check_labels(&self, labels: &[f32]) -> Result<(), FitError> {
        match labels.iter().position(|label| label.is_nan() || label.abs() > MAX_LABEL) {
            Some(row) => {
                Err(FitError::Label { row, value: labels[row], expected: "a number between -1e30 and 1e30" })
            }
            None => Ok(()),
        }
    }

    fn init_score(&self, labels: &[f32]) -> f64 {
        labels.iter().map(|&label| f64::from(label)).sum::<f64>() / labels.len() as f64
    }

    fn gradients(
        &self,
        _tree: usize,
        _first_row: usize,
        scores: &[f64],
        labels: &[f32],
        out: &mut [[f32; 2]],
    ) -> f64 {
        for ((&score, &label), out) in scores.iter().zip(labels).zip(out) {
            *out = [(score - f64::from(label)) as f32, 1.0];
        }
        self.loss(0, scores, labels)
    }

    fn loss(&self, _first_row: usize, scores: &[f64], labels: &[f32]) -> f64 {
        scores.iter().zip(labels).map(|(&score, &label)| (score - f64::from(label)).powi(2) / 2.0).sum()
    }
}
