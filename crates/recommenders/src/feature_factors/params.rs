//! The hyper-parameters of the descent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::InvalidParam;
use crate::fold_in::Penalties;
use crate::params::in_range;

/// What every model of this form is told.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FeatureFactorsParams {
    /// How many latent factors a user and an item have, in [1, 1024].
    pub factors: usize,
    /// How many times the descent goes over the ratings, in [1, 10000].
    pub epochs: usize,
    /// The step size of the first epoch, in [1e-6, 1].
    #[serde(serialize_with = "crate::params::shortest")]
    pub learning_rate: f32,
    /// What the step size is multiplied by after each epoch, in [0.01, 1].
    #[serde(serialize_with = "crate::params::shortest")]
    pub decay: f32,
    /// The weight of the squared biases in the loss (L2), in [0, 100].
    #[serde(serialize_with = "crate::params::shortest")]
    pub bias_regularization: f32,
    /// The weight of all squared factors in the loss (L2), in [0, 100].
    #[serde(serialize_with = "crate::params::shortest")]
    pub regularization: f32,
    /// The standard deviation of the initial factors of users and items, in [0, 10]. The factors of features start at 0.
    #[serde(serialize_with = "crate::params::shortest")]
    pub init_std: f32,
}

impl Default for FeatureFactorsParams {
    /// Tuned on ml-latest-small by the error of five folds inside the training ratings.
    fn default() -> Self {
        Self {
            factors: 32,
            epochs: 8,
            learning_rate: 0.06,
            decay: 0.8,
            bias_regularization: 0.02,
            regularization: 0.03,
            init_std: 0.02,
        }
    }
}

impl FeatureFactorsParams {
    /// What holds back the numbers of a user who is folded in.
    pub(crate) fn penalties(&self) -> Penalties {
        let mut step = f64::from(self.learning_rate);
        let mut sum_of_steps = 0.0;
        for _ in 0..self.epochs {
            sum_of_steps += step;
            step *= f64::from(self.decay);
        }
        Penalties {
            bias: f64::from(self.bias_regularization),
            factors: f64::from(self.regularization),
            once: sum_of_steps.recip(),
        }
    }

    /// Whether every value is in its range; `keys` are the names of the fields in configuration, in their order.
    pub(crate) fn validate(&self, keys: [&'static str; 7]) -> Result<(), InvalidParam> {
        in_range(keys[0], self.factors, 1..=1024)?;
        in_range(keys[1], self.epochs, 1..=10_000)?;
        in_range(keys[2], self.learning_rate, 1e-6..=1.0)?;
        in_range(keys[3], self.decay, 0.01..=1.0)?;
        in_range(keys[4], self.bias_regularization, 0.0..=100.0)?;
        in_range(keys[5], self.regularization, 0.0..=100.0)?;
        in_range(keys[6], self.init_std, 0.0..=10.0)
    }
}

/// Declares a model's own hyper-parameters, which are these under the model's key.
macro_rules! feature_factors_params {
    ($(#[$doc:meta])* $name:ident, $key:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub $crate::feature_factors::FeatureFactorsParams);

        impl $crate::Params for $name {
            fn validate(&self) -> Result<(), $crate::InvalidParam> {
                self.0.validate([
                    concat!($key, ".factors"),
                    concat!($key, ".epochs"),
                    concat!($key, ".learning_rate"),
                    concat!($key, ".decay"),
                    concat!($key, ".bias_regularization"),
                    concat!($key, ".regularization"),
                    concat!($key, ".init_std"),
                ])
            }
        }
    };
}
pub(crate) use feature_factors_params;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_out_of_range_is_named() {
        let good = FeatureFactorsParams::default();
        let keys = ["x.factors", "x.epochs", "x.rate", "x.decay", "x.bias", "x.l2", "x.std"];
        assert_eq!(good.validate(keys), Ok(()));
        let cases = [
            (FeatureFactorsParams { factors: 0, ..good }, "x.factors is 0, must be in [1, 1024]"),
            (FeatureFactorsParams { epochs: 0, ..good }, "x.epochs is 0, must be in [1, 10000]"),
            (FeatureFactorsParams { learning_rate: 2.0, ..good }, "x.rate is 2, must be in [0.000001, 1]"),
            (FeatureFactorsParams { decay: 1.5, ..good }, "x.decay is 1.5, must be in [0.01, 1]"),
            (FeatureFactorsParams { bias_regularization: -1.0, ..good }, "x.bias is -1, must be in [0, 100]"),
            (FeatureFactorsParams { regularization: f32::NAN, ..good }, "x.l2 is NaN, must be in [0, 100]"),
            (FeatureFactorsParams { init_std: -0.1, ..good }, "x.std is -0.1, must be in [0, 10]"),
        ];
        for (params, message) in cases {
            assert_eq!(params.validate(keys).unwrap_err().to_string(), message);
        }
    }
}
