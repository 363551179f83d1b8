//! The logistic regression reaches its optimum, also where that is hard.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]

mod planted;

use planted::slope;
use rankers::logistic::{LogisticModel, LogisticParams, fit};
use rankers::{FeatureMatrix, LabelledRows};

fn columns(columns: &[(&str, Vec<f64>)]) -> FeatureMatrix {
    FeatureMatrix::from_columns(
        columns.iter().map(|(name, values)| ((*name).to_owned(), values.clone())).collect(),
    )
    .unwrap()
}

fn fit_with(params: LogisticParams, features: &FeatureMatrix, labels: &[f32]) -> LogisticModel {
    fit(&params.check().unwrap(), LabelledRows::new(features, labels)).unwrap()
}

/// The largest partial derivative of `0.5 |w|^2 + C sum of log-losses` over raw coefficients and intercept, from the definition.
fn gradient_norm(model: &LogisticModel, features: &FeatureMatrix, labels: &[f32], c: f64) -> f64 {
    let errors: Vec<f64> =
        model.predict(features).unwrap().iter().zip(labels).map(|(p, &l)| p - f64::from(l)).collect();
    let slopes = features.columns().zip(model.coefficients()).map(|(column, coefficient)| {
        coefficient + c * column.iter().zip(&errors).map(|(x, error)| x * error).sum::<f64>()
    });
    slopes.chain([c * errors.iter().sum::<f64>()]).map(f64::abs).fold(0.0, f64::max)
}

#[test]
fn the_gradient_vanishes_at_the_optimum() {
    let data = slope(3000, 2);
    for c in [1e-3, 1.0, 1e4] {
        let model = fit_with(LogisticParams { c, ..LogisticParams::default() }, &data.features, &data.labels);
        assert!(model.convergence().converged);
        let norm = gradient_norm(&model, &data.features, &data.labels, c);
        assert!(norm < 1e-6 * c.max(1.0), "C = {c}: {norm}");
    }
}

#[test]
fn golden_values_of_scikit_learn() {
    // python -c "from sklearn.linear_model import LogisticRegression as L; \
    //   m = L(C=0.5, tol=1e-12, max_iter=10000).fit([[1,2],[2,1],[3,5],[4,3],[5,7],[6,4]], [0,0,1,0,1,1]); print(m.coef_, m.intercept_)"
    let features =
        columns(&[("a", vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), ("b", vec![2.0, 1.0, 5.0, 3.0, 7.0, 4.0])]);
    let labels = [0.0, 0.0, 1.0, 0.0, 1.0, 1.0];
    let model = fit_with(LogisticParams { c: 0.5, ..LogisticParams::default() }, &features, &labels);
    let found = [model.coefficients()[0], model.coefficients()[1], model.intercept()];
    for (found, golden) in found.into_iter().zip([0.361_453_066, 0.694_493_446, -3.819_632_404]) {
        assert!((found - golden).abs() < 1e-6, "{found} {golden}");
    }
}

#[test]
fn collinear_columns_share_the_weight() {
    let data = slope(2000, 0);
    let (a, b) = (data.features.column(0).to_vec(), data.features.column(1).to_vec());
    let sum: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
    let features =
        columns(&[("a", a.clone()), ("b", b), ("a + b", sum), ("a again", a), ("constant", vec![7.0; 2000])]);
    for c in [1.0, 1e8] {
        let model = fit_with(LogisticParams { c, ..LogisticParams::default() }, &features, &data.labels);
        assert!(model.convergence().converged, "C = {c}: {:?}", model.convergence());
        let w = model.coefficients();
        // At the optimum of the penalty, twins are equal and a column that says nothing has no weight.
        assert!((w[0] - w[3]).abs() < 1e-3 && w[4].abs() < 1e-9, "C = {c}: {w:?}");
    }
}

#[test]
fn separable_classes_stay_finite() {
    let features = columns(&[("x", (0..100).map(|x| f64::from(x) * 1e3).collect())]);
    let labels: Vec<f32> = (0..100).map(|x| f32::from(x >= 50)).collect();
    let model = fit_with(LogisticParams::default(), &features, &labels);
    assert!(model.convergence().converged, "{:?}", model.convergence());
    let correct = model
        .predict(&features)
        .unwrap()
        .iter()
        .zip(&labels)
        .filter(|(p, l)| (**p > 0.5) == (**l == 1.0))
        .count();
    assert_eq!(correct, 100);
}

#[test]
fn too_few_steps_are_told() {
    let data = slope(1000, 0);
    let model = fit_with(
        LogisticParams { max_iterations: 1, ..LogisticParams::default() },
        &data.features,
        &data.labels,
    );
    let convergence = model.convergence();
    assert!(!convergence.converged && convergence.iterations == 1 && convergence.gradient_norm > 1e-10);
}

#[test]
fn standardised_features_know_no_units() {
    let data = slope(1000, 0);
    let scaled = columns(&[
        ("x0", data.features.column(0).iter().map(|x| x * 1e6 + 3.0).collect()),
        ("x1", data.features.column(1).to_vec()),
    ]);
    let predicted = |features: &FeatureMatrix, standardise| {
        let params = LogisticParams { c: 0.01, standardise, ..LogisticParams::default() };
        fit_with(params, features, &data.labels).predict(features).unwrap()
    };
    let apart = |standardise| {
        let (a, b) = (predicted(&data.features, standardise), predicted(&scaled, standardise));
        a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    assert!(apart(true) < 1e-7 && apart(false) > 1e-2);
}

#[test]
fn a_missing_value_counts_as_the_mean() {
    let nan = f64::NAN;
    let labels = [0.0, 1.0, 0.0, 1.0];
    let missing = columns(&[("x", vec![1.0, 4.0, nan, 4.0]), ("nothing", vec![nan; 4])]);
    let filled = columns(&[("x", vec![1.0, 4.0, 3.0, 4.0]), ("nothing", vec![0.0; 4])]);
    let model = fit_with(LogisticParams::default(), &missing, &labels);
    assert_eq!(model.imputed(), [3.0, 0.0]);
    let same = fit_with(LogisticParams::default(), &filled, &labels);
    assert!((model.coefficients()[0] - same.coefficients()[0]).abs() < 1e-9);
    assert_eq!(model.predict(&missing).unwrap(), model.predict(&filled).unwrap());
}
