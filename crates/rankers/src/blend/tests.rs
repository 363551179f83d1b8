//! Blends of known optimum, their errors, and optimality as a property.

use proptest::prelude::*;

use super::*;

fn fit(members: &[(&str, &[f64])], labels: &[f32]) -> Result<Blend, FitError> {
    let members: Vec<Member<'_>> =
        members.iter().map(|&(name, probabilities)| Member { name, probabilities }).collect();
    Blend::fit(&members, labels)
}

#[test]
fn the_optimum_of_two_models_by_hand() {
    // Three rows of label 1. Row 0: .8 and .2, rows 1 and 2: .2 and .8. With weight w on the first, the mixtures are .2 + .6 w and twice
    // .8 - .6 w: .6 / (.2 + .6 w) = 2 * .6 / (.8 - .6 w) gives .8 - .6 w = .4 + 1.2 w, w = 2/9. A fourth row of label 0 on which the
    // two agree changes nothing.
    let blend =
        fit(&[("a", &[0.8, 0.2, 0.2, 0.5]), ("b", &[0.2, 0.8, 0.8, 0.5])], &[1.0, 1.0, 1.0, 0.0]).unwrap();
    assert!((blend.weights()[0] - 2.0 / 9.0).abs() < 1e-5, "{blend:?}");
    // Mixtures 1/3, 2/3, 2/3, 1/2.
    let loss = -((1.0f64 / 3.0).ln() + 2.0 * (2.0f64 / 3.0).ln() + 0.5f64.ln()) / 4.0;
    assert!((blend.log_loss() - loss).abs() < 1e-9 && blend.gap() <= TOLERANCE);
}

#[test]
fn a_useless_model_gets_nothing() {
    let blend = fit(&[("coin", &[0.5; 4]), ("good", &[0.9, 0.2, 0.8, 0.1])], &[1.0, 0.0, 1.0, 0.0]).unwrap();
    assert_eq!(blend.weights(), [0.0, 1.0]);
    assert_eq!(blend.log_loss(), blend.member_log_loss()[1]);
    let names = |names: [&'static str; 2]| names.map(|name| Member { name, probabilities: &[0.5] });
    assert_eq!(blend.predict(&names(["coin", "good"])).unwrap(), [0.5]);
    assert!(matches!(blend.predict(&names(["good", "coin"])), Err(ModelError::FeatureName { .. })));
}

#[test]
fn one_model_and_twins() {
    let p = [0.7, 0.4, 0.6, 1.0];
    let labels = [1.0, 0.0, 1.0, 1.0];
    assert_eq!(fit(&[("a", &p)], &labels).unwrap().weights(), [1.0]);
    assert_eq!(fit(&[("a", &p), ("b", &p)], &labels).unwrap().weights(), [0.5, 0.5]);
    // Certain and wrong: costs much, but not everything.
    let blend = fit(&[("a", &[0.0, 1.0]), ("b", &[0.5, 0.5])], &[1.0, 0.0]).unwrap();
    assert!(blend.log_loss().is_finite() && blend.weights()[1] == 1.0);
}

#[test]
fn members_that_cannot_be_used_are_told() {
    let message = |members: &[(&str, &[f64])], labels: &[f32]| fit(members, labels).unwrap_err().to_string();
    assert_eq!(message(&[], &[1.0]), "no models to blend");
    assert_eq!(message(&[("a", &[])], &[]), "no rows to fit on; check that the split leaves training rows");
    assert_eq!(message(&[("a", &[0.1]), ("a", &[0.1])], &[1.0]), "model \"a\" appears twice in the blend");
    assert_eq!(message(&[("a", &[0.1, 0.2])], &[1.0]), "model \"a\" has 2 probabilities for 1 labels");
    assert_eq!(
        message(&[("a", &[0.1, 1.5])], &[1.0, 0.0]),
        "model \"a\" predicts 1.5 in row 1 (0-based): expected a probability from 0 to 1; calibrate it first"
    );
}

#[test]
fn broken_blends_are_told() {
    let good = fit(&[("a", &[0.3, 0.2]), ("b", &[0.6, 0.4])], &[1.0, 0.0]).unwrap();
    good.validate().unwrap();
    let back: Blend = serde_json::from_str(&serde_json::to_string(&good).unwrap()).unwrap();
    assert_eq!(back, good);
    for weights in [vec![1.0], vec![0.5, 0.6], vec![-0.5, 1.5], vec![f64::NAN, 1.0]] {
        assert!(Blend { weights, ..good.clone() }.validate().is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_blend_is_optimal(
        rows in prop::collection::vec((prop::array::uniform4(0.02f64..0.98), any::<bool>()), 2..60),
        other in prop::array::uniform4(0.0f64..1.0),
    ) {
        let columns: Vec<Vec<f64>> = (0..4).map(|m| rows.iter().map(|row| row.0[m]).collect()).collect();
        let labels: Vec<f32> =
            rows.iter().enumerate().map(|(i, row)| if i < 2 { i as f32 } else { f32::from(row.1) }).collect();
        let members: Vec<Member<'_>> =
            columns.iter().zip(["a", "b", "c", "d"]).map(|(c, name)| Member { name, probabilities: c }).collect();
        let blend = Blend::fit(&members, &labels).unwrap();
        prop_assert!(blend.validate().is_ok() && blend.gap() <= 1e-8, "{:?}", blend);
        let best = blend.member_log_loss().iter().copied().fold(f64::INFINITY, f64::min);
        prop_assert!(blend.log_loss() <= best);
        let sum: f64 = other.iter().sum::<f64>().max(1e-9);
        let mixture = Mixture { members: &members, labels: &labels };
        prop_assert!(blend.log_loss() <= mixture.loss(&other.map(|weight| weight / sum)) + 1e-8 || sum < 1e-6);
    }
}
