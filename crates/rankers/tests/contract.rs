//! What every meta-model keeps: structure that was planted is found, the same fit twice and at any number of threads gives the same
//! bytes, a model comes back from its serialised form with the same scores, and other features than its own are refused.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]

mod planted;

use planted::{Planted, noise, parity_of_signs, slope};
use rankers::gbdt::{Criterion, GbdtModel, GbdtParams, Growth};
use rankers::logistic::{LogisticModel, LogisticParams};
use rankers::{FeatureMatrix, ModelError, gbdt, logistic};

fn fit_gbdt(params: GbdtParams, data: &Planted) -> GbdtModel {
    let mut rng = dataset::rng::stream(7, "rankers/contract");
    gbdt::fit(&params.check().unwrap(), data.rows(), None, &mut rng).unwrap()
}

fn fit_logistic(data: &Planted) -> LogisticModel {
    logistic::fit(&LogisticParams::default().check().unwrap(), data.rows()).unwrap()
}

fn on_threads<T: Send>(n_threads: usize, run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap().install(run)
}

#[test]
fn the_booster_finds_a_signal_among_noise() {
    for (criterion, growth) in
        [(Criterion::Newton, Growth::LeafWise), (Criterion::FriedmanMse, Growth::DepthWise)]
    {
        let data = parity_of_signs(4000, 9);
        let params = GbdtParams {
            criterion,
            growth,
            n_trees: 60,
            max_leaves: 8,
            min_child_weight: 0.0,
            ..GbdtParams::default()
        };
        let model = fit_gbdt(params, &data);
        let correct = model
            .predict(&data.features)
            .unwrap()
            .iter()
            .zip(&data.labels)
            .filter(|(p, l)| (**p > 0.5) == (**l == 1.0))
            .count();
        assert!(correct > 3800, "{criterion:?}: {correct} of 4000");
        let gains: Vec<f64> = model.importances().iter().map(|importance| importance.gain).collect();
        // Two signal columns, then nine of noise: alone, neither of the two says anything.
        assert!(gains[0] + gains[1] > 0.8, "{criterion:?}: {gains:?}");
        assert!((gains.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn the_logistic_regression_finds_the_slope() {
    let data = slope(20_000, 3);
    let model = fit_logistic(&data);
    assert!(model.convergence().converged, "{:?}", model.convergence());
    // Planted: 0.5 + 1.5 x0 - 1.0 x1; a coefficient's standard error is about 0.02.
    let found =
        [model.intercept(), model.coefficients()[0], model.coefficients()[1], model.coefficients()[2]];
    for (found, planted) in found.into_iter().zip([0.5, 1.5, -1.0, 0.0]) {
        assert!((found - planted).abs() < 0.1, "{found} for {planted}");
    }
}

#[test]
fn bytes_do_not_depend_on_threads() {
    let data = noise(30_000, 5);
    let params = GbdtParams { subsample: 0.7, colsample: 0.6, n_trees: 10, ..GbdtParams::default() };
    let booster = |n_threads| {
        let model = on_threads(n_threads, || fit_gbdt(params.clone(), &data));
        (serde_json::to_string(&model).unwrap(), model.predict(&data.features).unwrap())
    };
    let one = booster(1);
    assert!(one == booster(2) && one == booster(5));
    let regression =
        |n_threads| serde_json::to_string(&on_threads(n_threads, || fit_logistic(&data))).unwrap();
    assert_eq!(regression(1), regression(3));
}

#[test]
fn a_model_comes_back_with_the_same_scores() {
    let data = slope(2000, 2);
    let model = fit_gbdt(GbdtParams { n_trees: 20, ..GbdtParams::default() }, &data);
    let back: GbdtModel = serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap();
    assert!(back.predict_raw(&data.features) == model.predict_raw(&data.features));
    let model = fit_logistic(&data);
    let back: LogisticModel = serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap();
    assert!(back.predict_raw(&data.features) == model.predict_raw(&data.features));
}

#[test]
fn other_features_are_refused() {
    let data = slope(500, 1);
    let model = fit_gbdt(GbdtParams { n_trees: 2, ..GbdtParams::default() }, &data);
    let renamed = |names: &[&str]| {
        FeatureMatrix::from_columns(names.iter().map(|name| ((*name).to_owned(), vec![0.0])).collect())
            .unwrap()
    };
    let error = model.predict(&renamed(&["x1", "x0", "noise0"])).unwrap_err();
    assert_eq!(error.to_string(), "feature 0 (0-based) is \"x1\", the model was fitted with \"x0\" there");
    let error = fit_logistic(&data).predict(&renamed(&["x0"])).unwrap_err();
    assert_eq!(error, ModelError::FeatureCount { found: 1, expected: 3 });
}

#[test]
fn training_rows_that_cannot_be_used_are_told() {
    let data = slope(4, 1);
    let params = GbdtParams::default().check().unwrap();
    let message = |labels: &[f32]| {
        let rows = rankers::LabelledRows::new(&data.features, labels);
        let mut rng = dataset::rng::stream(7, "rankers/contract");
        gbdt::fit(&params, rows, None, &mut rng).unwrap_err().to_string()
    };
    assert_eq!(message(&[0.0, 1.0]), "2 labels for 4 rows");
    assert_eq!(message(&[0.0, 1.0, 3.5, 0.0]), "label 3.5 in row 2 (0-based): expected 0 or 1");
    assert_eq!(message(&[0.0; 4]), "all 4 labels are 0: both classes, 0 and 1, are needed");
}
