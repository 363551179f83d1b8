//! The booster's settings do what they say.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]

mod planted;

use planted::{Planted, noise, parity_of_signs, regression, slope};
use proptest::prelude::*;
use rankers::gbdt::{Criterion, GbdtModel, GbdtParams, Growth, fit, fit_from};
use rankers::logistic::{self, LogisticParams};
use rankers::objective::{BinaryLogLoss, Objective as _, ObjectiveKind};
use rankers::{FeatureMatrix, Fitted, LabelledRows};

fn try_fit(params: GbdtParams, train: LabelledRows<'_>, held_out: Option<LabelledRows<'_>>) -> GbdtModel {
    let mut rng = dataset::rng::stream(3, "rankers/gbdt");
    fit(&params.check().unwrap(), train, held_out, &mut rng).unwrap()
}

fn small() -> GbdtParams {
    GbdtParams {
        n_trees: 1,
        min_leaf_rows: 1,
        min_child_weight: 0.0,
        learning_rate: 1.0,
        ..GbdtParams::default()
    }
}

fn table(columns: &[&[f64]], labels: &[f32]) -> Planted {
    let columns = columns.iter().enumerate().map(|(at, column)| (format!("f{at}"), column.to_vec()));
    Planted { features: FeatureMatrix::from_columns(columns.collect()).unwrap(), labels: labels.to_vec() }
}

#[test]
fn one_split_by_hand() {
    // Mean 3. Residuals -2, -1, -1, 4: splitting off the 7 gains 16/1 + 16/3 - 0 = 64/3; leaves at the means 7 and 5/3.
    let data = table(&[&[1.0, 2.0, 3.0, 5.0]], &[1.0, 2.0, 2.0, 7.0]);
    for criterion in [Criterion::Newton, Criterion::FriedmanMse] {
        let params =
            GbdtParams { objective: ObjectiveKind::SquaredError, criterion, max_leaves: 2, ..small() };
        let model = try_fit(params, data.rows(), None);
        let split = &model.trees()[0].splits[0];
        assert_eq!((split.threshold, split.n_rows), (4.0, 4));
        assert!((split.gain - 64.0 / 3.0).abs() < 1e-6, "{split:?}");
        let predicted = model.predict(&data.features).unwrap();
        assert!(
            (predicted[0] - 5.0 / 3.0).abs() < 1e-6 && (predicted[3] - 7.0).abs() < 1e-6,
            "{predicted:?}"
        );
        // Squares of 2/3, 1/3, 1/3 and 0, halved, over 4 rows: (6/9) / 2 / 4.
        assert!((model.learning_curve().train[0] - 1.0 / 12.0).abs() < 1e-6);
    }
}

#[test]
fn a_log_loss_leaf_is_a_newton_step() {
    // p = 1/2: gradients +-1/2, hessians 1/4. Left: 2 zeros and a one, G = 1/2, H = 3/4, step -2/3. Right: one 1, G = -1/2, H = 1/4, step 2.
    let data = table(&[&[0.0, 0.0, 0.0, 1.0]], &[0.0, 0.0, 1.0, 1.0]);
    let model = try_fit(GbdtParams { max_leaves: 2, ..small() }, data.rows(), None);
    let leaves: Vec<f64> = model.trees()[0].leaves.iter().map(|leaf| leaf.value).collect();
    assert!((leaves[0] + 2.0 / 3.0).abs() < 1e-7 && (leaves[1] - 2.0).abs() < 1e-7, "{leaves:?}");
}

#[test]
fn missing_values_learn_their_side() {
    let nan = f64::NAN;
    let squared = GbdtParams { objective: ObjectiveKind::SquaredError, max_leaves: 2, ..small() };
    // Missing like the large values, like the small ones, and unlike both.
    for (labels, default_left, threshold) in [
        ([0.0, 0.0, 9.0, 9.0, 9.0, 9.0], false, 2.5),
        ([9.0, 9.0, 0.0, 0.0, 9.0, 9.0], true, 2.5),
        ([9.0, 9.0, 9.0, 9.0, 0.0, 0.0], false, f64::MAX),
    ] {
        let data = table(&[&[1.0, 2.0, 3.0, 4.0, nan, nan]], &labels);
        let model = try_fit(squared.clone(), data.rows(), None);
        let split = &model.trees()[0].splits[0];
        assert_eq!((split.default_left, split.threshold), (default_left, threshold));
        let predicted = model.predict(&data.features).unwrap();
        assert!(
            predicted.iter().zip(&labels).all(|(p, &l)| (p - f64::from(l)).abs() < 1e-6),
            "{predicted:?}"
        );
    }
    // Never missing in training: with the majority.
    let data = table(&[&[1.0, 2.0, 3.0, 4.0]], &[0.0, 9.0, 9.0, 9.0]);
    assert!(!try_fit(squared, data.rows(), None).trees()[0].splits[0].default_left);
}

#[test]
fn limits_hold() {
    let data = slope(3000, 4);
    let deep = GbdtParams {
        n_trees: 5,
        min_leaf_rows: 1,
        min_child_weight: 0.0,
        max_leaves: 1000,
        ..GbdtParams::default()
    };
    let trees = |params| try_fit(params, data.rows(), None).trees().to_vec();
    assert!(
        trees(GbdtParams { max_depth: 4, ..deep.clone() })
            .iter()
            .all(|tree| tree.depth() == 4 && tree.leaves.len() <= 16)
    );
    for growth in [Growth::LeafWise, Growth::DepthWise] {
        let grown = trees(GbdtParams { max_leaves: 13, growth, ..deep.clone() });
        assert!(grown.iter().all(|tree| tree.leaves.len() == 13), "{growth:?}");
        // 13 leaves fit in depth 4; leaf-wise growth goes where the gain is.
        assert!(growth == Growth::LeafWise || grown.iter().all(|tree| tree.depth() == 4));
    }
    let leaves = |params| trees(params).into_iter().flat_map(|tree| tree.leaves).collect::<Vec<_>>();
    assert!(leaves(GbdtParams { min_leaf_rows: 100, ..deep.clone() }).iter().all(|leaf| leaf.n_rows >= 100));
    assert!(
        leaves(GbdtParams { min_child_weight: 20.0, ..deep.clone() }).iter().all(|leaf| leaf.weight >= 20.0)
    );
    let splits = |params| trees(params).into_iter().flat_map(|tree| tree.splits).collect::<Vec<_>>();
    assert!(splits(GbdtParams { min_split_gain: 3.0, ..deep.clone() }).iter().all(|split| split.gain > 3.0));
    assert!(leaves(GbdtParams { lambda_l1: 1e6, ..deep.clone() }).iter().all(|leaf| leaf.value == 0.0));
    let size =
        |l2| leaves(GbdtParams { lambda_l2: l2, n_trees: 1, max_leaves: 2, ..deep.clone() })[0].value.abs();
    assert!(size(100.0) < size(1.0) && size(1.0) < size(0.0));
    let used =
        |model: &GbdtModel, tree: usize| model.trees()[tree].splits.iter().map(|split| split.feature).max();
    let one_column = try_fit(GbdtParams { colsample: 0.01, n_trees: 30, ..deep }, data.rows(), None);
    assert!(
        one_column
            .trees()
            .iter()
            .all(|tree| tree.splits.iter().all(|split| split.feature == tree.splits[0].feature))
    );
    assert!((1..30).any(|tree| used(&one_column, tree) != used(&one_column, 0)));
}

#[test]
fn both_growths_agree_where_only_depth_ends_a_tree() {
    let data = parity_of_signs(2000, 3);
    let scores = |growth| {
        let params = GbdtParams { growth, max_depth: 3, max_leaves: 8, n_trees: 10, ..GbdtParams::default() };
        try_fit(params, data.rows(), None).predict_raw(&data.features).unwrap()
    };
    assert_eq!(scores(Growth::LeafWise), scores(Growth::DepthWise));
}

#[test]
fn early_stopping_keeps_the_best_trees() {
    let (train, held_out) = (noise(1000, 5), slope(500, 5));
    let params = GbdtParams { early_stopping_rounds: 7, n_trees: 300, ..GbdtParams::default() };
    let model = try_fit(params.clone(), train.rows(), Some(held_out.rows()));
    let curve = model.learning_curve();
    let best = curve.best_n_trees().unwrap();
    assert_eq!((model.trees().len(), curve.held_out.len(), curve.train.len()), (best, best + 7, best + 7));
    // The recorded loss is that of the model that is kept.
    let scores = model.predict_raw(&held_out.features).unwrap();
    let loss = model.objective().pointwise().unwrap().loss(0, &scores, &held_out.labels) / 500.0;
    assert!((loss - curve.held_out[best - 1]).abs() < 1e-12);
    // Held-out rows change nothing but when to stop.
    let alone = try_fit(GbdtParams { n_trees: best, early_stopping_rounds: 0, ..params }, train.rows(), None);
    assert_eq!(alone.trees(), model.trees());
}

#[test]
fn the_curve_is_the_loss_of_the_model() {
    let data = regression(5000, 2);
    let params = GbdtParams {
        objective: ObjectiveKind::SquaredError,
        subsample: 0.5,
        n_trees: 50,
        ..GbdtParams::default()
    };
    let model = try_fit(params, data.rows(), None);
    let curve = &model.learning_curve().train;
    assert!(curve.windows(2).all(|pair| pair[1] < pair[0]), "{curve:?}");
    let scores = model.predict_raw(&data.features).unwrap();
    let loss = model.objective().pointwise().unwrap().loss(0, &scores, &data.labels) / 5000.0;
    assert!((loss - curve[49]).abs() < 1e-9, "{loss} {}", curve[49]);
    assert!(loss < 0.02, "{loss}"); // the labels' own is about 1.6
}

#[test]
fn rows_below_depth_one_and_constant_columns_make_a_constant() {
    let data = table(&[&[5.0; 4]], &[1.0, 0.0, 1.0, 1.0]);
    let model = try_fit(small(), data.rows(), None);
    assert_eq!((model.trees()[0].leaves.len(), model.importances()[0].gain), (1, 0.0));
    assert!(model.predict(&data.features).unwrap().iter().all(|p| (p - 0.75).abs() < 1e-9));
}

#[test]
fn a_linear_start_leaves_the_rest_to_the_trees() {
    let (data, other) = (slope(3000, 2), noise(500, 2));
    let logistic = logistic::fit(&LogisticParams::default().check().unwrap(), data.rows()).unwrap();
    let fitted = |n_trees, held_out: Option<LabelledRows<'_>>| {
        let params = GbdtParams { n_trees, subsample: 0.9, ..GbdtParams::default() }.check().unwrap();
        let mut rng = dataset::rng::stream(3, "rankers/gbdt");
        fit_from(&params, Some(&logistic), data.rows(), held_out, &mut rng).unwrap()
    };
    let model = fitted(30, Some(other.rows()));
    assert_eq!((model.start(), model.init_score()), (Some(&logistic), 0.0));
    // The scores are the log-odds and one leaf of each tree, and they are what the learning curve saw.
    let scores = model.predict_raw(&data.features).unwrap();
    let loss = BinaryLogLoss.loss(0, &scores, &data.labels) / 3000.0;
    assert!((loss - model.learning_curve().train[29]).abs() < 1e-12);
    let scores = model.predict_raw(&other.features).unwrap();
    let loss = BinaryLogLoss.loss(0, &scores, &other.labels) / 500.0;
    assert!((loss - model.learning_curve().held_out[29]).abs() < 1e-12);
    // The truth is linear: the first tree finds less than it does from a constant.
    let first_gain = |model: &GbdtModel| model.trees()[0].splits[0].gain;
    let from_constant =
        try_fit(GbdtParams { n_trees: 1, subsample: 0.9, ..GbdtParams::default() }, data.rows(), None);
    assert!(first_gain(&fitted(1, None)) < 0.2 * first_gain(&from_constant));
    // Another model's features are refused.
    let params = GbdtParams::default().check().unwrap();
    let unlike = slope(100, 1);
    let mut rng = dataset::rng::stream(3, "rankers/gbdt");
    let error = fit_from(&params, Some(&logistic), unlike.rows(), None, &mut rng).unwrap_err().to_string();
    assert_eq!(error, "the model to start from: the matrix has 3 features, the model was fitted on 4");
}

#[test]
fn a_linear_start_takes_the_objectives_scale() {
    let data = slope(3000, 2);
    let start = logistic::fit(&LogisticParams::default().check().unwrap(), data.rows()).unwrap();
    let params = GbdtParams { objective: ObjectiveKind::SquaredError, n_trees: 1, ..GbdtParams::default() };
    let mut rng = dataset::rng::stream(3, "rankers/gbdt");
    let model = fit_from(&params.check().unwrap(), Some(&start), data.rows(), None, &mut rng).unwrap();
    // Least squares of the labels on the log-odds: residuals have mean 0 and are not correlated with them.
    let log_odds = start.predict_raw(&data.features).unwrap();
    let scores = model.start().unwrap().predict_raw(&data.features).unwrap();
    let residuals: Vec<f64> =
        data.labels.iter().zip(&scores).map(|(&y, score)| f64::from(y) - score).collect();
    let mean = residuals.iter().sum::<f64>() / 3000.0;
    let product = residuals.iter().zip(&log_odds).map(|(r, x)| r * x).sum::<f64>() / 3000.0;
    assert!(mean.abs() < 1e-6 && product.abs() < 1e-6, "{mean} {product}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A damaged model is refused or scores and explains without a panic: any number of its serialised form may be another one.
    #[test]
    fn a_hostile_model_does_no_harm(position in 0usize..2000, number in prop_oneof![Just(-1i64), Just(0), Just(7), Just(i64::from(i32::MAX))]) {
        let data = slope(300, 1);
        let model = try_fit(GbdtParams { n_trees: 3, max_leaves: 5, ..GbdtParams::default() }, data.rows(), None);
        let mut json = serde_json::to_value(&model).unwrap();
        let mut numbers = Vec::new();
        collect_numbers(&mut json, &mut numbers);
        let n_numbers = numbers.len();
        *numbers.swap_remove(position % n_numbers) = number.into();
        if let Ok(model) = serde_json::from_value::<GbdtModel>(json)
            && let Ok(scores) = model.predict_raw(&data.features)
        {
            prop_assert_eq!(scores.len(), 300);
            model.to_lightgbm_text();
            model.importances();
            if let Ok(contributions) = Fitted::Booster(model).contributions(&data.features) {
                prop_assert_eq!(contributions.n_rows(), 300);
            }
        }
    }
}

fn collect_numbers<'j>(json: &'j mut serde_json::Value, numbers: &mut Vec<&'j mut serde_json::Value>) {
    match json {
        serde_json::Value::Number(_) => numbers.push(json),
        serde_json::Value::Array(values) => {
            for value in values {
                collect_numbers(value, numbers);
            }
        }
        serde_json::Value::Object(map) => {
            for (_, value) in map {
                collect_numbers(value, numbers);
            }
        }
        _ => {}
    }
}
