//! The text that `LightGBM` reads.
//!
//! `golden/tiny.txt` is the text of the model below. `LightGBM` 4.7 reads it and predicts the values in
//! [`lightgbm_predicts_the_same`]:
//!
//! ```python
//! import lightgbm, numpy
//! booster = lightgbm.Booster(model_file="golden/tiny.txt")
//! nan = numpy.nan
//! print(booster.predict(numpy.array([[1, 5, nan], [2, nan, nan], [3, 5, nan], [nan, 6, nan],
//!                                    [5, 6, nan], [6, nan, nan], [nan, nan, nan]]), raw_score=True).tolist())
//! ```

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]
#![expect(clippy::unreadable_literal, reason = "numbers as another program printed them")]

use rankers::gbdt::{GbdtModel, GbdtParams, fit, fit_from};
use rankers::logistic::{self, LogisticParams};
use rankers::objective::ObjectiveKind;
use rankers::{FeatureMatrix, LabelledRows};

const NAN: f64 = f64::NAN;

fn features() -> FeatureMatrix {
    FeatureMatrix::from_columns(vec![
        ("mean rating".to_owned(), vec![1.0, 2.0, 3.0, NAN, 5.0, 6.0, NAN]),
        ("n_ratings".to_owned(), vec![5.0, NAN, 5.0, 6.0, 6.0, NAN, NAN]),
        ("nothing".to_owned(), vec![NAN; 7]),
    ])
    .unwrap()
}

fn tiny_model() -> GbdtModel {
    let params = GbdtParams {
        objective: ObjectiveKind::SquaredError,
        n_trees: 2,
        learning_rate: 0.5,
        max_leaves: 3,
        min_leaf_rows: 1,
        ..GbdtParams::default()
    };
    let labels = [1.0, 1.5, 1.0, 4.0, 3.0, 4.5, 6.0];
    let mut rng = dataset::rng::stream(1, "rankers/lightgbm_text");
    let features = features();
    let rows = LabelledRows::new(&features, &labels);
    fit(&params.check().unwrap(), rows, None, &mut rng).unwrap()
}

#[test]
fn the_text_is_the_golden_one() {
    assert_eq!(tiny_model().to_lightgbm_text(), include_str!("golden/tiny.txt"));
}

#[test]
fn lightgbm_predicts_the_same() {
    let lightgbm = [
        1.7083333258827529,
        1.7083333258827529,
        1.7083333258827529,
        3.90625,
        2.8749999925494194,
        4.3125,
        4.78125,
    ];
    let ours = tiny_model().predict_raw(&features()).unwrap();
    assert!(
        ours.iter().zip(lightgbm).all(|(ours, theirs): (&f64, f64)| (ours - theirs).abs() < 1e-12),
        "{ours:?}"
    );
}

/// Twelve rows without a missing value, labels by the first feature.
fn linear_start_model() -> (FeatureMatrix, GbdtModel) {
    let column = |step: f64| (0..12).map(|row| (f64::from(row) * step).sin()).collect::<Vec<f64>>();
    let features =
        FeatureMatrix::from_columns(vec![("a".to_owned(), column(1.0)), ("b".to_owned(), column(2.5))])
            .unwrap();
    let labels: Vec<f32> =
        features.column(0).iter().zip(0..).map(|(&a, row)| f32::from(a > 0.0 || row == 4)).collect();
    let rows = LabelledRows::new(&features, &labels);
    let logistic = logistic::fit(&LogisticParams::default().check().unwrap(), rows).unwrap();
    let params = GbdtParams {
        n_trees: 2,
        max_leaves: 3,
        min_leaf_rows: 2,
        min_child_weight: 0.0,
        ..GbdtParams::default()
    };
    let mut rng = dataset::rng::stream(1, "rankers/lightgbm_text");
    let model = fit_from(&params.check().unwrap(), Some(&logistic), rows, None, &mut rng).unwrap();
    (features, model)
}

#[test]
fn lightgbm_predicts_the_same_from_a_linear_start() {
    // What `LightGBM` 4.7 predicts of these rows from the model's text, which it reads as in the head of this file.
    let lightgbm = [
        0.014594233906394749,
        1.4986674936066389,
        2.1609131323514523,
        0.4901276591198501,
        -0.31937280332241,
        -0.9621277928676758,
        -0.5784337215603121,
        1.8490567438995091,
        1.56862299123808,
        1.359509006165935,
        -0.41106717404855997,
        -1.2974019614944625,
    ];
    let (features, model) = linear_start_model();
    let ours = model.predict_raw(&features).unwrap();
    assert!(
        ours.iter().zip(lightgbm).all(|(ours, theirs): (&f64, f64)| (ours - theirs).abs() < 1e-9),
        "{ours:?}"
    );
    let text = model.to_lightgbm_text();
    assert!(
        text.contains("is_linear=1\nleaf_const=") && text.contains("num_features=2\nleaf_features=0 1 \n"),
        "{text}"
    );
}
