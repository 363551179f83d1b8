//! The hyper-parameters of EASE.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::params::in_range;
use crate::{InvalidParam, Params};

/// More items than this are not supported: weights are a dense square.
pub(super) const MAX_ITEMS: usize = 20_000;

/// The hyper-parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EaseParams {
    /// How many items, those with the most ratings, have weights, in [1, 20000]. Time grows with the cube, memory with the square: 4 bytes a
    /// pair.
    pub max_items: usize,
    /// The weight of the squared weights in the loss (L2), in squared stars: in [0.001, 1000000].
    #[serde(serialize_with = "crate::params::shortest")]
    pub regularization: f32,
    /// What the predicted residual is multiplied by, in [0, 100]. Least squares over all cells, where almost all are missing and count as a residual
    /// of 0, predicts residuals that are too small for the cells that are rated.
    #[serde(serialize_with = "crate::params::shortest")]
    pub gain: f32,
}

impl Default for EaseParams {
    /// Chosen by 5-fold error inside the training part of ml-latest-small.
    fn default() -> Self {
        Self { max_items: 640, regularization: 800.0, gain: 6.0 }
    }
}

impl Params for EaseParams {
    fn validate(&self) -> Result<(), InvalidParam> {
        in_range("ease.max_items", self.max_items, 1..=MAX_ITEMS)?;
        in_range("ease.regularization", self.regularization, 1e-3..=1e6)?;
        in_range("ease.gain", self.gain, 0.0..=100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_out_of_range_is_named() {
        let good = EaseParams::default();
        assert!(good.check().is_ok());
        let cases = [
            (EaseParams { max_items: 0, ..good }, "ease.max_items is 0, must be in [1, 20000]"),
            (
                EaseParams { regularization: 0.0, ..good },
                "ease.regularization is 0, must be in [0.001, 1000000]",
            ),
            (EaseParams { gain: f32::NAN, ..good }, "ease.gain is NaN, must be in [0, 100]"),
        ];
        for (params, message) in cases {
            assert_eq!(params.check().unwrap_err().to_string(), message);
        }
    }
}
