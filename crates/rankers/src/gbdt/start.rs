//! Where boosting starts: the log-odds of a logistic regression, brought to the scale of the objective's scores.

use crate::logistic::LogisticModel;
use crate::objective::{Objective, ObjectiveKind};

/// Newton steps at most.
const MAX_STEPS: usize = 20;

/// A step in which neither number moves by more than this is the last.
const TOLERANCE: f64 = 1e-9;

/// A share of the curvature's trace on its diagonal: a listwise loss does not mind the shift.
const RIDGE: f64 = 1e-9;

/// `start` with log-odds `x` replaced by `shift + scale x`, for the two numbers that minimise the objective over the training rows: stars are
/// not log-odds, and those of soft labels are closer to 0 than those of hard ones. `log_odds` are those of the rows.
///
/// The log-loss leaves `start` as it is, which is its own optimum; and so do `LambdaRank` and `CombinedRank`, which have no loss to minimise.
pub(super) fn rescaled(
    start: &LogisticModel,
    objective: &dyn Objective,
    log_odds: &[f64],
    labels: &[f32],
) -> LogisticModel {
    if matches!(
        objective.kind(),
        ObjectiveKind::BinaryLogLoss | ObjectiveKind::LambdaRank | ObjectiveKind::CombinedRank
    ) {
        return start.clone();
    }
    let mut derivatives = vec![[0.0f32; 2]; log_odds.len()];
    let (mut shift, mut scale) = (0.0, 1.0);
    for _ in 0..MAX_STEPS {
        let scores: Vec<f64> = log_odds.iter().map(|x| shift + scale * x).collect();
        let mut first_row = 0;
        for end in objective.block_ends(scores.len()) {
            let rows = first_row..end;
            objective.gradients(
                0,
                first_row,
                &scores[rows.clone()],
                &labels[rows.clone()],
                &mut derivatives[rows],
            );
            first_row = end;
        }
        // First derivatives by shift and scale; second ones: shift twice, both, scale twice.
        let [mut g0, mut g1, mut h00, mut h01, mut h11] = [0.0; 5];
        for (&[gradient, hessian], x) in derivatives.iter().zip(log_odds) {
            let (gradient, hessian) = (f64::from(gradient), f64::from(hessian));
            g0 += gradient;
            g1 += gradient * x;
            h00 += hessian;
            h01 += hessian * x;
            h11 += hessian * x * x;
        }
        let ridge = RIDGE * (h00 + h11);
        let (h00, h11) = (h00 + ridge, h11 + ridge);
        let determinant = h00 * h11 - h01 * h01;
        let (step0, step1) = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant);
        if !(step0.is_finite() && step1.is_finite()) {
            break;
        }
        shift -= step0;
        scale -= step1;
        if step0.abs().max(step1.abs()) <= TOLERANCE {
            break;
        }
    }
    start.rescaled(shift, scale)
}
