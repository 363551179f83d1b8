//! The hyper-parameters of implicit ALS.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::params::in_range;
use crate::{InvalidParam, Params};

/// The hyper-parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ImplicitAlsParams {
    /// From this rating on, in stars, a rating counts; in [-100, 100]. 0 counts all.
    #[serde(serialize_with = "crate::params::shortest")]
    pub min_rating: f32,
    /// How many latent factors a user and an item have, in [1, 256].
    pub factors: usize,
    /// How many times users and items are solved for, in [1, 1000].
    pub rounds: usize,
    /// How much confidence a star adds, in [0, 1000].
    #[serde(serialize_with = "crate::params::shortest")]
    pub alpha: f32,
    /// The weight of the squared factors in the loss (L2), in [0.001, 1000000].
    #[serde(serialize_with = "crate::params::shortest")]
    pub regularization: f32,
}

impl Default for ImplicitAlsParams {
    /// Tuned on ml-latest-small by NDCG@10 over the whole catalogue, on a fifth of the training ratings held out by a hash.
    fn default() -> Self {
        Self { min_rating: 4.0, factors: 32, rounds: 8, alpha: 1.0, regularization: 20.0 }
    }
}

impl Params for ImplicitAlsParams {
    fn validate(&self) -> Result<(), InvalidParam> {
        in_range("ials.min_rating", self.min_rating, -100.0..=100.0)?;
        in_range("ials.factors", self.factors, 1..=256)?;
        in_range("ials.rounds", self.rounds, 1..=1000)?;
        in_range("ials.alpha", self.alpha, 0.0..=1000.0)?;
        in_range("ials.regularization", self.regularization, 1e-3..=1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_out_of_range_is_named() {
        let good = ImplicitAlsParams::default();
        assert!(good.check().is_ok());
        let cases = [
            (
                ImplicitAlsParams { min_rating: -101.0, ..good },
                "ials.min_rating is -101, must be in [-100, 100]",
            ),
            (ImplicitAlsParams { factors: 0, ..good }, "ials.factors is 0, must be in [1, 256]"),
            (ImplicitAlsParams { rounds: 0, ..good }, "ials.rounds is 0, must be in [1, 1000]"),
            (ImplicitAlsParams { alpha: -1.0, ..good }, "ials.alpha is -1, must be in [0, 1000]"),
            (
                ImplicitAlsParams { regularization: f32::NAN, ..good },
                "ials.regularization is NaN, must be in [0.001, 1000000]",
            ),
        ];
        for (params, message) in cases {
            assert_eq!(params.check().unwrap_err().to_string(), message);
        }
    }
}
