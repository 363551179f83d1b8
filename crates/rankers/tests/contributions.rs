//! Contributions of fitted models: they add up to the raw score, whatever the model and the rows.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]

use proptest::prelude::*;
use rankers::contributions::{Contributions, Explainer};
use rankers::gbdt::{GbdtModel, GbdtParams, fit_from};
use rankers::logistic::{self, LogisticModel, LogisticParams};
use rankers::objective::ObjectiveKind;
use rankers::{FeatureMatrix, Fitted, LabelledRows};

/// Features of some distinct or many values, with missing ones, and labels that depend on the first two of them.
fn generated(n_rows: usize, n_features: usize, missing: f64, seed: u64) -> (FeatureMatrix, Vec<f32>) {
    let mut rng = dataset::rng::stream(seed, "rankers/contributions");
    let mut columns: Vec<(String, Vec<f64>)> = Vec::new();
    for feature in 0..n_features {
        let coarse = feature % 3 == 2;
        let values = (0..n_rows).map(|_| {
            let value = 10.0 * rng.random::<f64>() - 5.0;
            let value = if coarse { value.round() } else { value };
            if rng.random::<f64>() < missing { f64::NAN } else { value }
        });
        columns.push((format!("f{feature}"), values.collect()));
    }
    let known = |x: f64| if x.is_nan() { 1.0 } else { x };
    let label = |row: usize| {
        let (a, b) = (known(columns[0].1[row]), known(columns[n_features.min(2) - 1].1[row]));
        f32::from(u8::from(a + 0.3 * a * b + 3.0 * rng.random::<f64>() > 1.0))
    };
    let mut labels: Vec<f32> = (0..n_rows).map(label).collect();
    (labels[0], labels[1]) = (0.0, 1.0);
    (FeatureMatrix::from_columns(columns).unwrap(), labels)
}

fn fit_logistic(features: &FeatureMatrix, labels: &[f32]) -> LogisticModel {
    let params = LogisticParams { standardise: true, ..LogisticParams::default() }.check().unwrap();
    logistic::fit(&params, LabelledRows::new(features, labels)).unwrap()
}

fn fit_booster(
    params: GbdtParams,
    start: Option<&LogisticModel>,
    features: &FeatureMatrix,
    labels: &[f32],
) -> GbdtModel {
    let mut rng = dataset::rng::stream(5, "rankers/contributions");
    fit_from(&params.check().unwrap(), start, LabelledRows::new(features, labels), None, &mut rng).unwrap()
}

fn largest_gap(contributions: &Contributions, scores: &[f64]) -> f64 {
    assert_eq!(contributions.n_rows(), scores.len());
    let gap = |(row, score): (&[f64], &f64)| (contributions.base + row.iter().sum::<f64>() - score).abs();
    contributions.rows().zip(scores).map(gap).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn contributions_add_up_to_the_raw_score(
        seed in 0u64..1 << 40,
        n_features in 1usize..14,
        missing in prop_oneof![Just(0.0), 0.0f64..0.6],
        n_trees in 0usize..12,
        max_leaves in 2usize..60,
        max_depth in 1usize..30,
        subsample in prop_oneof![Just(1.0), 0.3f64..1.0],
        squared_error in any::<bool>(),
        linear_start in any::<bool>(),
    ) {
        let (features, labels) = generated(400, n_features, missing, seed);
        let logistic = fit_logistic(&features, &labels);
        let params = GbdtParams {
            objective: if squared_error { ObjectiveKind::SquaredError } else { ObjectiveKind::BinaryLogLoss },
            n_trees: n_trees.max(1),
            max_leaves,
            max_depth,
            subsample,
            min_leaf_rows: 1,
            // Scores stay of the size of 1: 1e-9 is meant of them.
            lambda_l2: 1.0,
            learning_rate: 0.3,
            ..GbdtParams::default()
        };
        let booster = fit_booster(params, linear_start.then_some(&logistic), &features, &labels);
        let splits_on = |feature: usize| {
            booster.trees().iter().flat_map(|tree| &tree.splits).any(|split| split.feature as usize == feature)
        };
        let unused: Vec<usize> =
            (0..n_features).filter(|&feature| !linear_start && !splits_on(feature)).collect();
        // Other rows than the model was fitted on.
        let (others, _) = generated(150, n_features, 0.2, seed + 1);
        for model in [Fitted::Booster(booster), Fitted::Logistic(logistic)] {
            let contributions = model.contributions(&others).unwrap();
            let gap = largest_gap(&contributions, &model.raw_scores(&others).unwrap());
            prop_assert!(gap < 1e-9, "{} off", gap);
            if model.booster().is_some() {
                for row in contributions.rows() {
                    prop_assert!(unused.iter().all(|&feature| row[feature].to_bits() == 0));
                }
            }
        }
    }
}

#[test]
fn a_linear_start_adds_to_the_trees() {
    let (features, labels) = generated(1000, 4, 0.1, 1);
    let logistic = fit_logistic(&features, &labels);
    let params = GbdtParams { n_trees: 5, max_leaves: 6, ..GbdtParams::default() };
    let booster = fit_booster(params, Some(&logistic), &features, &labels);
    let start = Explainer::of_logistic(booster.start().unwrap()).unwrap();
    let both = Explainer::of_booster(&booster).unwrap().contributions(&features).unwrap();
    let linear = start.contributions(&features).unwrap();
    // The linear part, by its definition.
    let model = booster.start().unwrap();
    for (row, values) in linear.rows().enumerate() {
        for (feature, value) in values.iter().enumerate() {
            let x = features.column(feature)[row];
            let expected =
                if x.is_nan() { 0.0 } else { model.coefficients()[feature] * (x - model.imputed()[feature]) };
            assert_eq!(*value, expected);
        }
    }
    // What is left is the trees': the same booster as another start would have it.
    let mut json = serde_json::to_value(&booster).unwrap();
    json["start"] = serde_json::Value::Null;
    let trees: GbdtModel = serde_json::from_value(json).unwrap();
    let trees = Fitted::Booster(trees).contributions(&features).unwrap();
    assert!((both.base - linear.base - trees.base).abs() < 1e-12);
    for ((both, linear), trees) in both.values.iter().zip(&linear.values).zip(&trees.values) {
        assert!((both - linear - trees).abs() < 1e-12);
    }
}

#[test]
fn bytes_do_not_depend_on_threads_or_batches() {
    let (features, labels) = generated(1000, 9, 0.1, 2);
    let booster = fit_booster(GbdtParams { n_trees: 20, ..GbdtParams::default() }, None, &features, &labels);
    let explainer = Explainer::of_booster(&booster).unwrap();
    let on_threads = |n_threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| explainer.contributions(&features).unwrap())
    };
    let one = on_threads(1);
    assert!(one == on_threads(2) && one == on_threads(5));
    for row in [0, 63, 64, 500, 999] {
        assert_eq!(explainer.contributions(&features.select(&[row])).unwrap().row(0), one.row(row));
    }
    assert_eq!(explainer.contributions(&features.select(&[])).unwrap().n_rows(), 0);
}

#[test]
fn what_does_not_fit_is_refused() {
    let (features, labels) = generated(300, 2, 0.0, 3);
    let booster = fit_booster(GbdtParams { n_trees: 2, ..GbdtParams::default() }, None, &features, &labels);
    let (others, _) = generated(10, 3, 0.0, 3);
    let error = Explainer::of_booster(&booster).unwrap().contributions(&others).unwrap_err();
    assert_eq!(error.to_string(), "the matrix has 3 features, the model was fitted on 2");
    let mut json = serde_json::to_value(&booster).unwrap();
    json["trees"][1]["splits"][0]["n_rows"] = 299.into();
    let damaged: GbdtModel = serde_json::from_value(json).unwrap();
    let error = Explainer::of_booster(&damaged).unwrap_err().to_string();
    assert!(error.starts_with("the model is inconsistent: tree 1: split 0 has 299 training rows"), "{error}");
}
