//! Calibration: from a model's raw score to a probability that comes true as often as it says.
//!
//! A calibrator must be fitted on scores of rows that the scored model was **not** fitted on: out-of-fold scores, or scores of held-out
//! rows. Scores of the model's own training rows are too sure of themselves, and a calibrator fitted on them keeps that. Nothing here
//! can see where scores come from, so this is the caller's part of the contract.
//!
//! Every calibrator takes the model's *raw* score (log-odds of a classifier, the predicted rating of a regression, the score of a
//! ranking objective) and never reverses an order, so that models of all kinds become comparable, and blendable, probabilities.

mod by_segment;
mod isotonic;
mod platt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use by_segment::SegmentCalibration;
pub use isotonic::Isotonic;
pub use platt::Platt;

use crate::objective::{check_two_classes, sigmoid};
use crate::{FitError, ModelError};

/// The ways to calibrate, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CalibrationMethod {
    /// [`Calibrator::None`].
    #[default]
    None,
    /// [`Platt`].
    Platt,
    /// [`Isotonic`].
    Isotonic,
}

/// A fitted calibrator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Calibrator {
    /// Takes the raw score for the log-odds that it claims to be: what a classifier predicts without calibration.
    None,
    /// A logistic curve over the score: two numbers, for models that are wrong in scale and offset.
    Platt(Platt),
    /// Any increasing curve over the score: needs a few thousand rows.
    Isotonic(Isotonic),
}

impl CalibrationMethod {
    /// Fits a calibrator of this kind: `scores[i]` is the out-of-fold or held-out raw score of a row whose label, 0 or 1, is
    /// `labels[i]`.
    ///
    /// # Errors
    /// Where there are no rows, the lengths differ, a score is NaN or beyond [`MAX_SCORE`], a label is neither 0 nor 1, or all labels are equal.
    pub fn fit(self, scores: &[f64], labels: &[f32]) -> Result<Calibrator, FitError> {
        Ok(match self {
            Self::None => {
                check_scored_rows(scores, labels)?;
                Calibrator::None
            }
            Self::Platt => Calibrator::Platt(Platt::fit(scores, labels)?),
            Self::Isotonic => Calibrator::Isotonic(Isotonic::fit(scores, labels)?),
        })
    }
}

impl Calibrator {
    /// Which kind this is.
    pub fn method(&self) -> CalibrationMethod {
        match self {
            Self::None => CalibrationMethod::None,
            Self::Platt(_) => CalibrationMethod::Platt,
            Self::Isotonic(_) => CalibrationMethod::Isotonic,
        }
    }

    /// The probability of label 1 at a raw score, in [0, 1]; never falls where the score rises. NaN for NaN.
    pub fn apply(&self, score: f64) -> f64 {
        match self {
            Self::None => sigmoid(score),
            Self::Platt(platt) => platt.apply(score),
            Self::Isotonic(isotonic) => isotonic.apply(score),
        }
    }

    /// Whether the numbers can be those of a fitted calibrator: what must be asked of one that came from a file.
    ///
    /// # Errors
    /// [`ModelError::Inconsistent`] that says what is wrong.
    pub fn validate(&self) -> Result<(), ModelError> {
        match self {
            Self::None => Ok(()),
            Self::Platt(platt) => platt.validate(),
            Self::Isotonic(isotonic) => isotonic.validate(),
        }
    }
}

/// The largest score, up or down, that a calibrator is fitted on: sums and squares stay finite.
pub const MAX_SCORE: f64 = 1e100;

/// Whether these are rows to calibrate on: as many scores in range as labels, and labels of both classes.
fn check_scored_rows(scores: &[f64], labels: &[f32]) -> Result<(), FitError> {
    if labels.len() != scores.len() {
        return Err(FitError::LabelCount { found: labels.len(), expected: scores.len() });
    }
    if scores.is_empty() {
        return Err(FitError::NoRows);
    }
    if let Some(row) = scores.iter().position(|score| score.is_nan() || score.abs() > MAX_SCORE) {
        return Err(FitError::Score { row, value: scores[row] });
    }
    check_two_classes(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    const METHODS: [CalibrationMethod; 3] =
        [CalibrationMethod::None, CalibrationMethod::Platt, CalibrationMethod::Isotonic];

    #[test]
    fn a_calibrator_comes_back_the_same() {
        let scores = [-1.0, 0.5, 0.25, 2.0, -3.0, 1.0];
        for method in METHODS {
            let fitted = method.fit(&scores, &[0.0, 0.0, 1.0, 1.0, 0.0, 1.0]).unwrap();
            fitted.validate().unwrap();
            let back: Calibrator = serde_json::from_str(&serde_json::to_string(&fitted).unwrap()).unwrap();
            assert_eq!((&back, back.method()), (&fitted, method));
            assert!(back.apply(f64::NAN).is_nan() && back.apply(f64::MAX) >= back.apply(-f64::MAX));
        }
    }

    #[test]
    fn rows_that_cannot_be_used_are_told() {
        for method in METHODS {
            let message =
                |scores: &[f64], labels: &[f32]| method.fit(scores, labels).unwrap_err().to_string();
            assert_eq!(message(&[1.0, 2.0], &[1.0]), "1 labels for 2 rows");
            assert_eq!(
                message(&[1.0, f64::NAN], &[1.0, 0.0]),
                "score NaN in row 1 (0-based): expected a number from -1e100 to 1e100"
            );
            assert_eq!(
                message(&[1.0, 2.0], &[1.0, 1.0]),
                "all 2 labels are 1: both classes, 0 and 1, are needed"
            );
        }
    }
}
