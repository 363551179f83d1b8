//! Platt scaling: a logistic curve from score to probability.

use serde::{Deserialize, Serialize};

use super::{MAX_SCORE, check_scored_rows};
use crate::objective::sigmoid;
use crate::{FitError, ModelError};

/// Newton steps at most; from a standardised score a handful is enough.
const MAX_STEPS: usize = 50;

/// Converged when both partial derivatives of the mean loss are this small.
const TOLERANCE: f64 = 1e-10;

/// `P(label = 1) = sigmoid(slope * score + intercept)`, `slope` at least 0.
///
/// Fitted by Newton's method with step halving on the cross-entropy against Platt's targets, `(n1 + 1) / (n1 + 2)` for label 1 and `1 / (n0 + 2)` for
/// label 0, which keep the optimum finite where the score separates the classes. References: Platt, 1999, "Probabilistic outputs for support vector
/// machines"; Lin, Lin and Weng, 2007, "A note on Platt's probabilistic outputs". Theirs and scikit-learn's slope may be negative (their `A` is our
/// `-slope`); here a score that runs against the labels gets slope 0, the same probability everywhere, so that a calibrator never reverses a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Platt {
    slope: f64,
    intercept: f64,
}

impl Platt {
    /// Fits the curve on out-of-fold or held-out raw scores and their labels, 0 or 1.
    ///
    /// # Errors
    /// Where there are no rows, the lengths differ, a score is NaN or beyond [`super::MAX_SCORE`], a label is neither 0 nor 1, or all
    /// labels are equal.
    pub fn fit(scores: &[f64], labels: &[f32]) -> Result<Self, FitError> {
        check_scored_rows(scores, labels)?;
        let loss = Loss::new(scores, labels);
        let mut at = [0.0, logit(loss.mean_target())];
        let mut here = loss.expand(at);
        for _ in 0..MAX_STEPS {
            let [along_slope, along_intercept] = here.gradient;
            if along_slope.abs().max(along_intercept.abs()) <= TOLERANCE {
                break;
            }
            let Some((next, expansion)) = loss.descend(at, &here) else { break };
            (at, here) = (next, expansion);
        }
        // The loss is convex: where its optimum has a negative slope, the best curve without one is flat.
        if at[0] < 0.0 {
            at = [0.0, logit(loss.mean_target())];
        }
        let slope = at[0] / loss.deviation;
        Ok(Self { slope, intercept: at[1] - slope * loss.mean })
    }

    /// The probability of label 1 at a raw score, in [0, 1]. NaN for NaN.
    pub fn apply(&self, score: f64) -> f64 {
        sigmoid(self.slope * score + self.intercept)
    }

    /// What a unit of score adds to the log-odds, at least 0.
    pub fn slope(&self) -> f64 {
        self.slope
    }

    /// The log-odds at score 0.
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// Whether the curve's two numbers are finite and it does not fall.
    ///
    /// # Errors
    /// [`ModelError::Inconsistent`] where not.
    pub fn validate(&self) -> Result<(), ModelError> {
        let holds = self.slope >= 0.0 && self.slope.is_finite() && self.intercept.is_finite();
        ModelError::unless(holds, || {
            format!("Platt calibrator of slope {} and intercept {}", self.slope, self.intercept)
        })
    }
}

/// The mean cross-entropy over standardised scores.
struct Loss<'a> {
    scores: &'a [f64],
    labels: &'a [f32],
    mean: f64,
    deviation: f64,
    /// What a row of label 0, and one of label 1, should be predicted as.
    targets: [f64; 2],
}

/// Value, gradient and Hessian (upper triangle) of the loss by (slope, intercept).
struct Expansion {
    value: f64,
    gradient: [f64; 2],
    hessian: [f64; 3],
}

impl<'a> Loss<'a> {
    fn new(scores: &'a [f64], labels: &'a [f32]) -> Self {
        let n = scores.len() as f64;
        let mean = scores.iter().map(|score| score / n).sum::<f64>();
        let largest = scores.iter().map(|score| (score - mean).abs()).fold(0.0, f64::max);
        // Scores that differ only by the rounding of their mean are constant.
        let deviation = if largest <= 8.0 * f64::EPSILON * mean.abs() || largest < 1.0 / MAX_SCORE {
            1.0
        } else {
            largest * (scores.iter().map(|score| ((score - mean) / largest).powi(2)).sum::<f64>() / n).sqrt()
        };
        let n_positives = labels.iter().filter(|&&label| label == 1.0).count() as f64;
        let targets = [1.0 / (n - n_positives + 2.0), (n_positives + 1.0) / (n_positives + 2.0)];
        Self { scores, labels, mean, deviation, targets }
    }

    fn target(&self, label: f32) -> f64 {
        self.targets[usize::from(label == 1.0)]
    }

    fn mean_target(&self) -> f64 {
        self.labels.iter().map(|&label| self.target(label)).sum::<f64>() / self.labels.len() as f64
    }

    fn expand(&self, [slope, intercept]: [f64; 2]) -> Expansion {
        let mut sums = Expansion { value: 0.0, gradient: [0.0; 2], hessian: [0.0; 3] };
        for (&score, &label) in self.scores.iter().zip(self.labels) {
            let x = (score - self.mean) / self.deviation;
            let log_odds = slope * x + intercept;
            let target = self.target(label);
            // -t ln p - (1 - t) ln (1 - p) = ln(1 + exp(z)) - t z, without overflow
            let small = (-log_odds.abs()).exp();
            sums.value += log_odds.max(0.0) + small.ln_1p() - target * log_odds;
            let p = if log_odds >= 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) };
            let curvature = small / (1.0 + small).powi(2);
            sums.gradient[0] += (p - target) * x;
            sums.gradient[1] += p - target;
            sums.hessian[0] += curvature * x * x;
            sums.hessian[1] += curvature * x;
            sums.hessian[2] += curvature;
        }
        let n = self.scores.len() as f64;
        Expansion {
            value: sums.value / n,
            gradient: sums.gradient.map(|sum| sum / n),
            hessian: sums.hessian.map(|sum| sum / n),
        }
    }

    /// The first of the full Newton step, its half, its quarter, ... that lowers the loss enough (Armijo's rule).
    fn descend(&self, at: [f64; 2], here: &Expansion) -> Option<([f64; 2], Expansion)> {
        // Raised, as Lin, Lin and Weng do, so that a constant score has a step too.
        let [a, b, d] = [here.hessian[0] + 1e-12, here.hessian[1], here.hessian[2] + 1e-12];
        let determinant = a * d - b * b;
        let [g, h] = here.gradient;
        let step = [-(d * g - b * h) / determinant, -(a * h - b * g) / determinant];
        let promised = g * step[0] + h * step[1];
        // Next to the optimum the promised decrease is below what f64 can see of the value: then the full step is right.
        let too_small_to_see = promised.abs() < 1e-13 * here.value;
        let mut length = 1.0;
        for _ in 0..40 {
            let next = [at[0] + length * step[0], at[1] + length * step[1]];
            let expansion = self.expand(next);
            if too_small_to_see || expansion.value <= here.value + 1e-4 * length * promised {
                return Some((next, expansion));
            }
            length /= 2.0;
        }
        None
    }
}

fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_values_of_scikit_learn() {
        // python -c "from sklearn.calibration import _SigmoidCalibration as S; import numpy as np; \
        //   m = S().fit(np.array([-2, -1, -.5, 0, .25, .5, 1, 3]), np.array([0, 0, 1, 0, 1, 0, 1, 1])); print(-m.a_, -m.b_)"
        let scores = [-2.0, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 3.0];
        let fitted = Platt::fit(&scores, &[0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0]).unwrap();
        let found = [fitted.slope(), fitted.intercept()];
        for (found, golden) in found.into_iter().zip([0.644_030_206, -0.075_620_997]) {
            assert!((found - golden).abs() < 1e-6, "{found} {golden}");
        }
    }

    #[test]
    fn two_scores_have_a_closed_form() {
        // Score 0: labels 0, 0, 0, 1; score 2: labels 0, 1, 1, 1. Targets 1/6 and 5/6: means (3/6 + 5/6) / 4 = 1/3 and 2/3,
        // which a curve of two numbers meets exactly: log-odds -ln 2 at 0, ln 2 at 2.
        let fitted =
            Platt::fit(&[0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 2.0], &[0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0])
                .unwrap();
        let ln_2 = 2.0f64.ln();
        assert!(
            (fitted.slope() - ln_2).abs() < 1e-9 && (fitted.intercept() + ln_2).abs() < 1e-9,
            "{fitted:?}"
        );
    }

    #[test]
    fn the_unit_of_the_score_does_not_matter() {
        let scores: Vec<f64> = (0..60).map(|row| f64::from(row * 7 % 13)).collect();
        let labels: Vec<f32> = (0..60).map(|row| f32::from(row * 7 % 13 > 3 + row % 5)).collect();
        let plain = Platt::fit(&scores, &labels).unwrap();
        for (unit, offset) in [(1e-9, 0.0), (1e9, 3e9), (1.0, 1e6)] {
            let fitted =
                Platt::fit(&scores.iter().map(|x| x * unit + offset).collect::<Vec<_>>(), &labels).unwrap();
            assert!((fitted.apply(5.0 * unit + offset) - plain.apply(5.0)).abs() < 1e-8, "{unit} {offset}");
        }
    }

    #[test]
    fn a_score_that_says_nothing_or_the_opposite_gets_one_probability() {
        // Targets: one label 1 is 2/3, three labels 0 are 1/5; mean (2/3 + 3/5) / 4 = 19/60.
        let labels = [1.0, 0.0, 0.0, 0.0];
        for scores in [[7.0; 4], [-4.0, -1.0, 0.0, 2.0]] {
            let fitted = Platt::fit(&scores, &labels).unwrap();
            assert_eq!(fitted.slope(), 0.0);
            assert!((fitted.apply(123.0) - 19.0 / 60.0).abs() < 1e-12, "{fitted:?}");
        }
    }

    #[test]
    fn separable_classes_and_huge_scores_stay_finite() {
        for scale in [1.0, 1e-120, 1e98] {
            let scores: Vec<f64> = (0..40).map(|row| scale * f64::from(row)).collect();
            let labels: Vec<f32> = (0..40).map(|row| f32::from(row >= 20)).collect();
            let fitted = Platt::fit(&scores, &labels).unwrap();
            fitted.validate().unwrap();
            assert!(fitted.apply(scores[39]) >= fitted.apply(scores[0]));
        }
    }
}
