//! The hyper-parameters of the factorisation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::params::in_range;
use crate::{InvalidParam, Params};

/// How the factors are fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MfMethod {
    /// Stochastic gradient descent on biases and factors together.
    Sgd,
    /// Alternating least squares on the factors, after damped biases: what a cluster can fit too.
    Als,
}

/// The hyper-parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MfParams {
    /// How the factors are fitted: by stochastic gradient descent, or by alternating least squares after damped biases.
    pub method: MfMethod,
    /// How many latent factors a user and an item have, in [1, 1024].
    pub factors: usize,
    /// How many times the descent goes over the ratings, or least squares solve for items and users, in [1, 10000].
    pub epochs: usize,
    /// The step size, in [1e-6, 1]; least squares have none.
    #[serde(serialize_with = "crate::params::shortest")]
    pub learning_rate: f32,
    /// The weight of the squared factors and biases in the loss (L2), with each rating; in [0, 100], with least squares in [0.0001, 100] and of
    /// the factors alone.
    #[serde(serialize_with = "crate::params::shortest")]
    pub regularization: f32,
    /// The standard deviation of the initial factors, in [0, 10]; at 0 they never leave 0 and only the biases are learnt. Least squares draw the
    /// users' alone, and grow small ones in the first alternations.
    #[serde(serialize_with = "crate::params::shortest")]
    pub init_std: f32,
}

impl Default for MfParams {
    /// The reference's values.
    fn default() -> Self {
        Self {
            method: MfMethod::Sgd,
            factors: 30,
            epochs: 8,
            learning_rate: 0.01,
            regularization: 0.05,
            init_std: 0.1,
        }
    }
}

impl Params for MfParams {
    fn validate(&self) -> Result<(), InvalidParam> {
        in_range("mf.factors", self.factors, 1..=1024)?;
        in_range("mf.epochs", self.epochs, 1..=10_000)?;
        in_range("mf.learning_rate", self.learning_rate, 1e-6..=1.0)?;
        in_range("mf.regularization", self.regularization, 0.0..=100.0)?;
        in_range("mf.init_std", self.init_std, 0.0..=10.0)?;
        if self.method == MfMethod::Als {
            // Without it a regression on fewer ratings than factors has no one answer.
            let least = in_range("mf.regularization", self.regularization, 1e-4..=100.0);
            least.map_err(|error| InvalidParam {
                allowed: format!("{} where mf.method is als", error.allowed),
                ..error
            })?;
        }
        Ok(())
    }
}

impl MfParams {
    /// The sum over the epochs of the step size.
    pub(super) fn sum_of_steps(&self) -> f64 {
        self.epochs as f64 * f64::from(self.learning_rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_out_of_range_is_named() {
        let good = MfParams::default();
        assert!(good.check().is_ok());
        let cases = [
            (MfParams { factors: 0, ..good }, "mf.factors is 0, must be in [1, 1024]"),
            (MfParams { epochs: 0, ..good }, "mf.epochs is 0, must be in [1, 10000]"),
            (MfParams { learning_rate: 0.0, ..good }, "mf.learning_rate is 0, must be in [0.000001, 1]"),
            (MfParams { regularization: -1.0, ..good }, "mf.regularization is -1, must be in [0, 100]"),
            (MfParams { init_std: f32::NAN, ..good }, "mf.init_std is NaN, must be in [0, 10]"),
            (
                MfParams { method: MfMethod::Als, regularization: 0.0, ..good },
                "mf.regularization is 0, must be in [0.0001, 100] where mf.method is als",
            ),
        ];
        for (params, message) in cases {
            assert_eq!(params.check().unwrap_err().to_string(), message);
        }
    }
}
