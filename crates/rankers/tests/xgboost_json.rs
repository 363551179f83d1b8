//! The JSON that `XGBoost` reads, walked here as `XGBoost` walks it: f32 features, `x < condition` goes left, sums of f32.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]

mod planted;

use planted::{Planted, regression, slope};
use rankers::gbdt::{GbdtModel, GbdtParams, fit, fit_from};
use rankers::logistic::{self, LogisticParams};
use rankers::objective::ObjectiveKind;
use rankers::{FeatureMatrix, LabelledRows};
use serde_json::Value;

fn model(objective: ObjectiveKind, planted: &Planted, from_linear: bool) -> GbdtModel {
    let rows: LabelledRows<'_> = planted.rows();
    let params =
        GbdtParams { objective, n_trees: 20, max_leaves: 60, min_leaf_rows: 5, ..GbdtParams::default() };
    let params = params.check().unwrap();
    let mut rng = dataset::rng::stream(1, "rankers/xgboost_json");
    if from_linear {
        let start = logistic::fit(&LogisticParams::default().check().unwrap(), rows).unwrap();
        fit_from(&params, Some(&start), rows, None, &mut rng).unwrap()
    } else {
        fit(&params, rows, None, &mut rng).unwrap()
    }
}

/// With a missing value in every fourth row.
fn with_missing(features: &FeatureMatrix) -> FeatureMatrix {
    let columns = features.columns().enumerate().map(|(at, column)| {
        let value = |(row, &value): (usize, &f64)| if row % 4 == at { f64::NAN } else { value };
        (features.names()[at].clone(), column.iter().enumerate().map(value).collect())
    });
    FeatureMatrix::from_columns(columns.collect()).unwrap()
}

/// The margin of each row, from a base margin of 0.
fn margins(json: &Value, features: &FeatureMatrix) -> Vec<f64> {
    let trees = json["learner"]["gradient_booster"]["model"]["trees"].as_array().unwrap();
    let of_row = |row: usize| {
        let mut sum = 0.0f32;
        for tree in trees {
            let single = |key: &str, node: usize| tree[key][node].as_f64().unwrap() as f32;
            let whole = |key: &str, node: usize| tree[key][node].as_i64().unwrap();
            let mut node = 0;
            while whole("left_children", node) >= 0 {
                let x = features.column(whole("split_indices", node) as usize)[row] as f32;
                let left = if x.is_nan() {
                    whole("default_left", node) == 1
                } else {
                    x < single("split_conditions", node)
                };
                // Below the first levels it does not look at the right children.
                assert_eq!(whole("right_children", node), whole("left_children", node) + 1);
                let next = whole("left_children", node) as usize + usize::from(!left);
                assert_eq!(whole("parents", next), node as i64);
                node = next;
            }
            sum += single("split_conditions", node);
        }
        f64::from(sum)
    };
    (0..features.n_rows()).map(of_row).collect()
}

#[test]
fn every_row_ends_in_the_same_leaves() {
    for (objective, planted) in
        [(ObjectiveKind::BinaryLogLoss, slope(3000, 2)), (ObjectiveKind::SquaredError, regression(3000, 2))]
    {
        let model = model(objective, &planted, false);
        let rows = with_missing(&planted.features);
        let json: Value = serde_json::from_str(&model.to_xgboost_json()).unwrap();
        let ours = model.predict_raw(&rows).unwrap();
        let theirs = margins(&json, &rows);
        let largest = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(largest < 1e-6, "{objective:?}: {largest}");
        assert_eq!(json["learner"]["learner_model_param"]["num_feature"], "4");
    }
}

#[test]
fn a_linear_start_is_told_beside_the_trees() {
    let planted = slope(1000, 1);
    let model = model(ObjectiveKind::BinaryLogLoss, &planted, true);
    let json: Value = serde_json::from_str(&model.to_xgboost_json()).unwrap();
    let start: Value =
        serde_json::from_str(json["learner"]["attributes"]["podium_start"].as_str().unwrap()).unwrap();
    let numbers = |key: &str| -> Vec<f64> { serde_json::from_value(start[key].clone()).unwrap() };
    let rows = with_missing(&planted.features);
    let ours = model.predict_raw(&rows).unwrap();
    for (row, (margin, ours)) in margins(&json, &rows).into_iter().zip(ours).enumerate() {
        let known = rows
            .columns()
            .zip(numbers("imputed"))
            .map(|(column, imputed)| if column[row].is_nan() { imputed } else { column[row] });
        let terms: f64 = known.zip(numbers("coefficients")).map(|(x, coefficient)| x * coefficient).sum();
        let theirs = start["intercept"].as_f64().unwrap() + terms + margin;
        assert!((theirs - ours).abs() < 1e-6, "row {row}: {theirs} {ours}");
    }
    assert_eq!(json["learner"]["learner_model_param"]["base_score"], "5E-1");
    assert_eq!(json["learner"]["objective"]["name"], "binary:logistic");
}
