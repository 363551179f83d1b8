//! Newton's method with Cholesky factors and step halving.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use super::model::{Convergence, LogisticModel};
use super::params::{CheckedLogisticParams, LogisticParams};
use super::problem::{Expansion, Problem};
use super::scaling::Scaling;
use crate::objective::check_two_classes;
use crate::{FitError, LabelledRows};

/// A step must bring at least this share of the decrease that the gradient promises (Armijo's rule).
const ARMIJO: f64 = 1e-4;

/// Steps are halved at most this often.
const MAX_HALVINGS: usize = 40;

/// Every so many rows one is in the sample that the first steps are taken on.
const SAMPLE_STRIDE: usize = 8;

/// With fewer rows than this there is no sample.
const MIN_SAMPLE_ROWS: usize = 4096;

/// Steps on the sample at most.
const SAMPLE_STEPS: usize = 8;

/// Fits a logistic regression; labels are 0 or 1.
///
/// # Errors
/// Where there are no rows or features, labels are missing, or not both classes are there.
pub fn fit(params: &CheckedLogisticParams, rows: LabelledRows<'_>) -> Result<LogisticModel, FitError> {
    rows.check()?;
    check_two_classes(rows.labels)?;
    Ok(fit_from(None, params, rows, Scaling::of(rows.features)))
}

/// Fits checked rows, from these standardised weights where there are some.
pub(super) fn fit_from(
    start: Option<DVector<f64>>,
    params: &LogisticParams,
    rows: LabelledRows<'_>,
    scaling: Scaling,
) -> LogisticModel {
    // In units of the mean log-loss, the penalty on a raw coefficient is w^2 / (2 C n), and w = v / deviation.
    let unit = 1.0 / (params.c * rows.labels.len() as f64);
    let penalty = scaling.deviations.iter().map(|deviation| {
        if params.standardise { unit } else { (unit / deviation / deviation).max(f64::MIN_POSITIVE) }
    });
    let problem = Problem::new(rows, &scaling, penalty.collect());

    let mut weights = start.unwrap_or_else(|| start_on_a_sample(rows, &scaling, &problem));
    let mut here = problem.expand(&weights);
    let mut iterations = 0;
    while here.gradient.amax() > params.tolerance && iterations < params.max_iterations {
        let Some(next) = descend(&problem, &weights, &here) else { break };
        (weights, here) = next;
        iterations += 1;
    }

    let n_features = scaling.means.len();
    let coefficients: Vec<f64> =
        weights.iter().zip(&scaling.deviations).map(|(weight, deviation)| weight / deviation).collect();
    let shift: f64 =
        coefficients.iter().zip(&scaling.means).map(|(coefficient, mean)| coefficient * mean).sum();
    let gradient_norm = here.gradient.amax();
    LogisticModel {
        feature_names: rows.features.names().to_vec(),
        intercept: weights[n_features] - shift,
        coefficients,
        imputed: scaling.means,
        convergence: Convergence { converged: gradient_norm <= params.tolerance, iterations, gradient_norm },
    }
}

/// `-hessian^-1 gradient`. Where the Hessian is singular in f64 (collinear columns under a tiny penalty), its diagonal is raised until
/// it is not: that changes the step, not the optimum.
pub(super) fn newton_step(hessian: &DMatrix<f64>, gradient: &DVector<f64>) -> Option<DVector<f64>> {
    let mut ridge = 0.0;
    for _ in 0..12 {
        let mut raised = hessian.clone();
        for i in 0..raised.nrows() {
            raised[(i, i)] += ridge;
        }
        if let Some(factor) = Cholesky::<f64, Dyn>::new(raised) {
            let step = -factor.solve(gradient);
            if step.iter().all(|part| part.is_finite()) {
                return Some(step);
            }
        }
        ridge = if ridge == 0.0 { 1e-14 * hessian.diagonal().amax().max(1e-14) } else { ridge * 10.0 };
    }
    None
}

/// A few steps on every [`SAMPLE_STRIDE`]-th row, where there are rows enough: they cost little and end where two or three steps over all rows are
/// enough. Else 0.
pub(super) fn start_on_a_sample(
    rows: LabelledRows<'_>,
    scaling: &Scaling,
    problem: &Problem<'_>,
) -> DVector<f64> {
    let dim = scaling.means.len() + 1;
    let zero = DVector::zeros(dim);
    let sample: Vec<usize> = (0..rows.labels.len()).step_by(SAMPLE_STRIDE).collect();
    if sample.len() < MIN_SAMPLE_ROWS.max(20 * dim) {
        return zero;
    }
    let on_sample = Problem::new(rows, scaling, problem.penalty().to_vec()).over(vec![sample]);
    let mut weights = zero.clone();
    let mut here = on_sample.expand(&weights);
    for _ in 0..SAMPLE_STEPS {
        let Some(next) = descend(&on_sample, &weights, &here) else { break };
        (weights, here) = next;
        if here.gradient.amax() < 1e-4 {
            break;
        }
    }
    // Rows in an order that makes the sample a poor one cost time, not the optimum.
    if problem.value(&weights) < problem.value(&zero) { weights } else { zero }
}

/// One Newton step: the first of the full step, its half, its quarter, ... that brings enough.
fn descend(
    problem: &Problem<'_>,
    weights: &DVector<f64>,
    here: &Expansion,
) -> Option<(DVector<f64>, Expansion)> {
    let step = newton_step(&here.hessian, &here.gradient)?;
    // The derivative along the step, below 0.
    let slope = here.gradient.dot(&step);
    // Next to the optimum the promised decrease is below what f64 can see of the value: then the full step is right.
    let too_small_to_see = slope.abs() < 1e-13 * here.value.abs().max(1e-3);
    let enough = |value: f64, length: f64| value <= here.value + ARMIJO * length * slope;
    // Nearly always the full step it is, so that its derivatives are not wasted.
    let full = weights + &step;
    let expansion = problem.expand(&full);
    if too_small_to_see || enough(expansion.value, 1.0) {
        return Some((full, expansion));
    }
    let mut length = 0.5;
    for _ in 1..MAX_HALVINGS {
        let candidate = weights + &step * length;
        if enough(problem.value(&candidate), length) {
            let expansion = problem.expand(&candidate);
            return Some((candidate, expansion));
        }
        length /= 2.0;
    }
    None
}
