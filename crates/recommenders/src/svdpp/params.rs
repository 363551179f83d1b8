//! The hyper-parameters of SVD++.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::params::in_range;
use crate::{InvalidParam, Params};

/// The hyper-parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SvdppParams {
    /// How many latent factors a user and an item have, in [1, 1024].
    pub factors: usize,
    /// How many times the descent goes over the ratings, in [1, 10000].
    pub epochs: usize,
    /// The step size of the first epoch, in [1e-6, 1].
    pub learning_rate: f32,
    /// What the step size is multiplied by after each epoch, in [0.01, 1].
    pub decay: f32,
    /// The weight of the squared biases in the loss (L2), in [0, 100].
    pub bias_regularization: f32,
    /// The weight of all squared factors in the loss (L2), in [0, 100].
    pub regularization: f32,
    /// The standard deviation of the initial factors of users and items, in [0, 10]. The implicit factors start at 0.
    pub init_std: f32,
}

impl Default for SvdppParams {
    /// Chosen by 5-fold error inside the training part of ml-latest-small.
    fn default() -> Self {
        Self {
            factors: 16,
            epochs: 20,
            learning_rate: 0.01,
            decay: 1.0,
            bias_regularization: 0.02,
            regularization: 0.08,
            init_std: 0.1,
        }
    }
}

impl Params for SvdppParams {
    fn validate(&self) -> Result<(), InvalidParam> {
        in_range("svdpp.factors", self.factors, 1..=1024)?;
        in_range("svdpp.epochs", self.epochs, 1..=10_000)?;
        in_range("svdpp.learning_rate", self.learning_rate, 1e-6..=1.0)?;
        in_range("svdpp.decay", self.decay, 0.01..=1.0)?;
        in_range("svdpp.bias_regularization", self.bias_regularization, 0.0..=100.0)?;
        in_range("svdpp.regularization", self.regularization, 0.0..=100.0)?;
        in_range("svdpp.init_std", self.init_std, 0.0..=10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_out_of_range_is_named() {
        let good = SvdppParams::default();
        assert!(good.check().is_ok());
        let cases = [
            (SvdppParams { factors: 0, ..good }, "svdpp.factors is 0, must be in [1, 1024]"),
            (SvdppParams { epochs: 0, ..good }, "svdpp.epochs is 0, must be in [1, 10000]"),
            (SvdppParams { learning_rate: 2.0, ..good }, "svdpp.learning_rate is 2, must be in [0.000001, 1]"),
            (SvdppParams { decay: 1.5, ..good }, "svdpp.decay is 1.5, must be in [0.01, 1]"),
            (SvdppParams { bias_regularization: -1.0, ..good }, "svdpp.bias_regularization is -1, must be in [0, 100]"),
            (SvdppParams { regularization: f32::NAN, ..good }, "svdpp.regularization is NaN, must be in [0, 100]"),
            (SvdppParams { init_std: -0.1, ..good }, "svdpp.init_std is -0.1, must be in [0, 10]"),
        ];
        for (params, message) in cases {
            assert_eq!(params.check().unwrap_err().to_string(), message);
        }
    }
}
