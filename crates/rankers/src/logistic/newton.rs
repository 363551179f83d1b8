//! Newton's method with Cholesky factors and step halving.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use super::model::{Convergence, LogisticModel};
use super::params::CheckedLogisticParams;
use super::problem::Problem;
use super::scaling::Scaling;
use crate::objective::check_two_classes;
use crate::{FitError, LabelledRows};

/// A step must bring at least this share of the decrease that the gradient promises (Armijo's rule).
const ARMIJO: f64 = 1e-4;

/// Steps are halved at most this often.
const MAX_HALVINGS: usize = 40;

/// Fits a logistic regression; labels are 0 or 1.
///
/// # Errors
/// Where there are no rows or features, labels are missing, or not both classes are there.
pub fn fit(params: &CheckedLogisticParams, rows: LabelledRows<'_>) -> Result<LogisticModel, FitError> {
    rows.check()?;
    check_two_classes(rows.labels)?;
    let scaling = Scaling::of(rows.features);
    // In units of the mean log-loss, the penalty on a raw coefficient is w^2 / (2 C n), and w = v / deviation.
    let unit = 1.0 / (params.c * rows.labels.len() as f64);
    let penalty = scaling.deviations.iter().map(|deviation| {
        if params.standardise { unit } else { (unit / deviation / deviation).max(f64::MIN_POSITIVE) }
    });
    let problem = Problem::new(rows, &scaling, penalty.collect());

    let mut weights = DVector::zeros(scaling.means.len() + 1);
    let mut here = problem.expand(&weights);
    let mut iterations = 0;
    while here.gradient.amax() > params.tolerance && iterations < params.max_iterations {
        let Some(step) = newton_step(&here.hessian, &here.gradient) else { break };
        let Some(next) = line_search(&problem, &weights, here.value, &step, here.gradient.dot(&step)) else {
            break;
        };
        weights = next;
        here = problem.expand(&weights);
        iterations += 1;
    }

    let n_features = scaling.means.len();
    let coefficients: Vec<f64> =
        weights.iter().zip(&scaling.deviations).map(|(weight, deviation)| weight / deviation).collect();
    let shift: f64 =
        coefficients.iter().zip(&scaling.means).map(|(coefficient, mean)| coefficient * mean).sum();
    let gradient_norm = here.gradient.amax();
    Ok(LogisticModel {
        feature_names: rows.features.names().to_vec(),
        intercept: weights[n_features] - shift,
        coefficients,
        imputed: scaling.means,
        convergence: Convergence { converged: gradient_norm <= params.tolerance, iterations, gradient_norm },
    })
}

/// `-hessian^-1 gradient`. Where the Hessian is singular in f64 (collinear columns under a tiny penalty), its diagonal is raised until
/// it is not: that changes the step, not the optimum.
fn newton_step(hessian: &DMatrix<f64>, gradient: &DVector<f64>) -> Option<DVector<f64>> {
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

/// The first of the full step, its half, its quarter, ... that brings enough. `slope` is the derivative along the step, below 0.
fn line_search(
    problem: &Problem<'_>,
    weights: &DVector<f64>,
    value: f64,
    step: &DVector<f64>,
    slope: f64,
) -> Option<DVector<f64>> {
    // Next to the optimum the promised decrease is below what f64 can see of the value: then the full step is right.
    if slope.abs() < 1e-13 * value.abs().max(1e-3) {
        return Some(weights + step);
    }
    let mut length = 1.0;
    for _ in 0..MAX_HALVINGS {
        let candidate = weights + step * length;
        if problem.value(&candidate) <= value + ARMIJO * length * slope {
            return Some(candidate);
        }
        length /= 2.0;
    }
    None
}
