//! One step by hand.

use dataset::rng;

use super::*;

fn set(factors: &mut Factors, row: u32, number: f32) {
    factors.row_mut(row)[0] = number;
}

#[test]
fn one_rating_moves_everything_by_the_published_rule() {
    // One entity with p = 1 and the feature 0 of weight .5 (y = 1) rated other 0 with 5 stars; q = 2, and feature 0 has the bias .4.
    // z = 1 + .5 = 1.5, b = .2; error = 5 - (3 + .2 + 2 * 1.5) = -1.2. Rate .1, L2 .2, biases' L2 .5.
    for feature_biases in [true, false] {
        let params = FeatureFactorsParams {
            factors: 1,
            epochs: 1,
            learning_rate: 0.1,
            decay: 1.0,
            bias_regularization: 0.5,
            regularization: 0.2,
            init_std: 0.0,
        };
        let sizes = Sizes { own: 1, other: 2, features: 2, feature_biases };
        let mut rng = rng::stream(1, "test/feature-factors");
        let mut model = FeatureFactors::start(&sizes, 3.0, &params, &mut rng);
        set(&mut model.own_factors, 0, 1.0);
        set(&mut model.other_factors, 0, 2.0);
        set(&mut model.other_factors, 1, 9.0);
        set(&mut model.factors_of_features, 0, 1.0);
        set(&mut model.factors_of_features, 1, 9.0);
        let error = if feature_biases { -1.2 } else { -1.0 };
        if feature_biases {
            model.biases_of_features = vec![0.4, 9.0];
        }
        let ratings = Csr::from_entries(1, [(0, 0, 5.0)].into_iter());
        let features = Csr::from_entries(1, [(0, 0, 0.5)].into_iter());
        let curve = model.descend(&ratings, &features, &params, &mut rng);

        let near =
            |found: f32, expected: f32| assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
        near(curve[0] as f32, -error);
        near(model.own_biases[0], 0.1 * error);
        near(model.other_biases[0], 0.1 * error);
        near(model.own_factors.row(0)[0], 1.0 + 0.1 * (error * 2.0 - 0.2 * 1.0)); // error * q - L2 * p
        near(model.other_factors.row(0)[0], 2.0 + 0.1 * (error * 1.5 - 0.2 * 2.0)); // error * z - L2 * q
        near(model.factors_of_features.row(0)[0], 1.0 + 0.1 * (0.5 * error * 2.0 - 0.2 * 1.0)); // w * error * q - L2 * y
        if feature_biases {
            near(model.biases_of_features[0], 0.4 + 0.1 * (0.5 * error - 0.5 * 0.4)); // w * error - L2 * bias
            assert_eq!(model.biases_of_features[1], 9.0);
        }
        // What was not rated, and what does not describe the entity, stays.
        assert_eq!((model.other_factors.row(1)[0], model.factors_of_features.row(1)[0]), (9.0, 9.0));
    }
}

#[test]
fn the_step_size_decays() {
    // No factors, no L2, one rating 1 star above the mean: errors 1, then 1 - 2 * .25 = .5, then .5 - 2 * (.25 * .5) * .5 = .375.
    let params = FeatureFactorsParams {
        factors: 1,
        epochs: 3,
        learning_rate: 0.25,
        decay: 0.5,
        bias_regularization: 0.0,
        regularization: 0.0,
        init_std: 0.0,
    };
    let mut rng = rng::stream(1, "test/feature-factors");
    let sizes = Sizes { own: 1, other: 1, features: 0, feature_biases: false };
    let mut model = FeatureFactors::start(&sizes, 3.0, &params, &mut rng);
    let ratings = Csr::from_entries(1, [(0, 0, 4.0)].into_iter());
    let none = Csr::from_entries(1, std::iter::empty());
    assert_eq!(model.descend(&ratings, &none, &params, &mut rng), [1.0, 0.5, 0.375]);
}
