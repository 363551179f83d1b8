//! `LightGBM` texts in place of our own boosters: what is read, and what is refused.
//!
//! `golden/elsewhere.txt` is a model of `LightGBM` 4.7 (`objective=binary`, 4 trees of 5 leaves, its parameters left out), which predicts
//! [`LIGHTGBM`] of [`rows`]: `lightgbm.Booster(model_file=...).predict(rows, raw_score=True)`.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]

mod planted;

use planted::{Planted, slope};
use proptest::prelude::*;
use rankers::FeatureMatrix;
use rankers::gbdt::{GbdtModel, GbdtParams, fit_from};
use rankers::import::ImportError;
use rankers::logistic::{self, LogisticParams};
use rankers::objective::ObjectiveKind;

const ELSEWHERE: &str = include_str!("golden/elsewhere.txt");
const NAN: f64 = f64::NAN;
const LIGHTGBM: [f64; 6] = [
    -0.163_600_975_754_371_94,
    0.742_752_051_292_441,
    0.023_704_179_194_955_988,
    -0.163_600_975_754_371_94,
    1.268_050_304_985_110_6,
    0.919_383_823_039_133_6,
];

/// In another order than the model's, and with a blank that `LightGBM` does not know.
fn rows() -> FeatureMatrix {
    FeatureMatrix::from_columns(vec![
        ("nothing".to_owned(), vec![0.0, 0.0, 0.0, NAN, 0.0, 5.0]),
        ("mood".to_owned(), vec![NAN, 0.4, -0.7, NAN, 0.0, 1.9]),
        ("score mf".to_owned(), vec![0.1, -1.2, 2.0, NAN, 0.0, -0.3]),
        ("item_n_ratings".to_owned(), vec![0.0, 3.0, 1.0, NAN, 4.0, 2.0]),
    ])
    .unwrap()
}

fn import(text: &str) -> Result<GbdtModel, ImportError> {
    GbdtModel::from_lightgbm_text(text, rows().names(), ObjectiveKind::BinaryLogLoss)
}

#[test]
fn a_model_of_lightgbm_predicts_what_it_predicts_there() {
    let model = import(ELSEWHERE).unwrap();
    let ours = model.predict_raw(&rows()).unwrap();
    assert!(ours.iter().zip(LIGHTGBM).all(|(ours, theirs)| (ours - theirs).abs() < 1e-14), "{ours:?}");
    assert_eq!((model.trees().len(), model.learning_rate()), (4, 0.3));
    assert_eq!(model.feature_ranges()[2], Some([-2.655, 2.829]));
    let gain: f64 = model.importances().iter().map(|of| of.gain).sum();
    assert!((gain - 1.0).abs() < 1e-12);
}

/// A booster from a logistic regression, over rows with missing values.
fn ours() -> (FeatureMatrix, GbdtModel) {
    let Planted { features, labels, .. } = slope(600, 3);
    let rows = rankers::LabelledRows::new(&features, &labels);
    let start = logistic::fit(&LogisticParams::default().check().unwrap(), rows).unwrap();
    let params = GbdtParams { n_trees: 5, max_leaves: 6, min_leaf_rows: 5, ..GbdtParams::default() };
    let mut rng = dataset::rng::stream(1, "rankers/import");
    let model = fit_from(&params.check().unwrap(), Some(&start), rows, None, &mut rng).unwrap();
    let missing = features.columns().enumerate().map(|(at, column)| {
        let value = |(row, &value): (usize, &f64)| if row % 7 == at { NAN } else { value };
        (features.names()[at].clone(), column.iter().enumerate().map(value).collect())
    });
    (FeatureMatrix::from_columns(missing.collect()).unwrap(), model)
}

#[test]
fn our_own_text_comes_back_with_the_same_scores() {
    let (rows, model) = ours();
    assert!(model.start().is_some());
    let back =
        GbdtModel::from_lightgbm_text(&model.to_lightgbm_text(), rows.names(), model.objective()).unwrap();
    assert_eq!(back.predict_raw(&rows).unwrap(), model.predict_raw(&rows).unwrap());
    assert_eq!(back.to_lightgbm_text(), model.to_lightgbm_text());
}

#[test]
fn what_a_booster_of_ours_cannot_say_is_refused() {
    let refused = |from: &str, to: &str| {
        assert!(ELSEWHERE.contains(from), "{from}");
        import(&ELSEWHERE.replacen(from, to, 1)).unwrap_err().to_string()
    };
    let cases = [
        ("tree\n", "forest\n", "line 1: expected `tree`, with which a LightGBM text model begins"),
        ("version=v4", "version=v2", "line 2: `version` is \"v2\", expected v3 or v4"),
        ("num_class=1", "num_class=3", "line 3: `num_class` is 3, expected 1: one score a row"),
        (
            "objective=binary sigmoid:1",
            "objective=lambdarank",
            "line 7: `objective` is \"lambdarank\", expected binary or cross_entropy here",
        ),
        (
            "sigmoid:1",
            "sigmoid:2",
            "line 7: `objective` has \"sigmoid:2\", which changes what a score means: train without",
        ),
        (
            "label_index=0",
            "average_output",
            "line 5: `average_output` says that the trees' mean is the score (boosting=rf): only sums are supported",
        ),
        ("tree_sizes=649 ", "tree_sizes=", "line 10: `tree_sizes` lists 3 trees, found 4"),
        (
            "num_cat=0",
            "num_cat=2",
            "line 14: `num_cat` is not 0: splits on categories are not supported, only those on numbers",
        ),
        (
            "decision_type=2 8",
            "decision_type=2 1",
            "line 18: `decision_type` number 2 is 1, a split on categories: only numbers are supported",
        ),
        (
            "decision_type=2 8",
            "decision_type=2 6",
            "line 18: `decision_type` number 2 is 6: 0 is a missing value there and goes another way than its comparison says; train with zero_as_missing=false",
        ),
        (
            "decision_type=2 8",
            "decision_type=2 12",
            "line 18: `decision_type` number 2 is 12, expected at most 11",
        ),
        ("left_child=2 3", "left_child=2 0", "line 12: split 1 has the child 0"),
        ("left_child=2 3", "left_child=2 3 4", "line 19: `left_child` holds 5 numbers, expected 4"),
        ("split_feature=1", "split_feature=4", "line 15: `split_feature` is on feature 4, but there are 4"),
        ("leaf_value=-0.392", "leaf_value=inf -0.392", "line 21: `leaf_value` holds 6 numbers, expected 5"),
        (
            "threshold=1.5000000000000002",
            "threshold=1e999",
            "line 17: `threshold` number 1 is inf, expected a finite one",
        ),
        (
            "num_leaves=5",
            "num_leaves=18446744073709551615",
            "line 21: `leaf_value` holds 5 numbers, expected 18446744073709551615",
        ),
        (
            "is_linear=0",
            "is_linear=1",
            "line 27: `is_linear` is not 0: linear leaves (linear_tree) are not supported but for the one leaf of a model that Podium exported",
        ),
        ("shrinkage=1", "num_leaves=5", "line 28: `num_leaves` stands in line 13 already"),
    ];
    for (from, to, message) in cases {
        assert_eq!(refused(from, to), message, "{from} -> {to}");
    }
}

#[test]
fn other_features_are_listed() {
    let message = import(&ELSEWHERE.replacen("mood nothing", "weather nothing", 1)).unwrap_err().to_string();
    assert_eq!(
        message,
        "line 8: `feature_names` are not the 4 features of the rows, which a model must have, in any order; the rows have no: weather; the model has no: mood"
    );
    let twice = import(&ELSEWHERE.replacen("mood nothing", "mood mood", 1)).unwrap_err().to_string();
    assert!(twice.ends_with("the rows have no: mood; the model has no: nothing"), "{twice}");
    let names = ["mood".to_owned()];
    let fewer = GbdtModel::from_lightgbm_text(ELSEWHERE, &names, ObjectiveKind::BinaryLogLoss).unwrap_err();
    assert!(fewer.to_string().ends_with("the rows have no: score_mf, item_n_ratings, nothing"), "{fewer}");
}

#[test]
fn a_missing_value_goes_where_lightgbm_sends_it() {
    // Of missing type none, NaN is 0; of type zero, NaN and 0 go the default way, where that is their comparison's too.
    let root = |decision: &str, threshold: &str| {
        let text = ELSEWHERE.replacen("decision_type=2 8", &format!("decision_type={decision} 8"), 1);
        let text = text.replacen("threshold=1.5000000000000002", &format!("threshold={threshold}"), 1);
        import(&text).map(|model| model.trees()[0].splits[0].default_left)
    };
    assert_eq!(root("2", "1.5"), Ok(true));
    assert_eq!(root("2", "-1.5"), Ok(false));
    assert_eq!(root("8", "1.5"), Ok(false));
    assert_eq!(root("10", "-1.5"), Ok(true));
    assert_eq!(root("6", "1.0000000180025095e-35"), Ok(true));
    assert_eq!(root("4", "-1.5"), Ok(false));
    assert!(root("4", "1.5").is_err() && root("6", "-1.5").is_err());
}

proptest! {
    #[test]
    fn a_damaged_text_is_a_model_or_an_error(
        own in any::<bool>(),
        cut in prop::option::of(0.0..1.0f64),
        changes in prop::collection::vec((0.0..1.0f64, any::<u8>()), 0..6),
    ) {
        let (rows, text) = if own {
            let (rows, model) = ours();
            (rows, model.to_lightgbm_text())
        } else {
            (rows(), ELSEWHERE.to_owned())
        };
        let mut bytes = text.into_bytes();
        for (at, byte) in changes {
            let at = (at * bytes.len() as f64) as usize;
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate((cut * bytes.len() as f64) as usize);
        }
        if let Ok(model) = GbdtModel::from_lightgbm_text(
            &String::from_utf8_lossy(&bytes), rows.names(), ObjectiveKind::BinaryLogLoss,
        ) {
            prop_assert_eq!(model.validate(), Ok(()));
            prop_assert!(model.predict_raw(&rows).is_ok());
        }
    }

    #[test]
    fn a_text_that_ends_early_is_an_error(share in 0.0..1.0f64) {
        let end = ELSEWHERE.find("end of trees").unwrap() + "end of trees".len() - 1;
        prop_assert!(import(&ELSEWHERE[..(share * end as f64) as usize]).is_err());
    }
}
