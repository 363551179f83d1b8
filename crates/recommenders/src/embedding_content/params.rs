//! The hyper-parameters of the embeddings and of the regression on them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::params::in_range;
use crate::{InvalidParam, Params};

/// The hyper-parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EmbeddingParams {
    /// How many numbers an item's vector has, in [1, 256].
    pub dimensions: usize,
    /// How many times the subspace is multiplied by the matrix and its transpose, in [1, 100].
    pub iterations: usize,
    /// The weight of the squared user weights in the loss (L2), in ratings: in [0.001, 1000000].
    #[serde(serialize_with = "crate::params::shortest")]
    pub regularization: f32,
}

impl Default for EmbeddingParams {
    /// Chosen by 5-fold error inside the training part of ml-latest-small.
    fn default() -> Self {
        Self { dimensions: 24, iterations: 3, regularization: 4.5 }
    }
}

impl Params for EmbeddingParams {
    fn validate(&self) -> Result<(), InvalidParam> {
        in_range("embedding.dimensions", self.dimensions, 1..=256)?;
        in_range("embedding.iterations", self.iterations, 1..=100)?;
        in_range("embedding.regularization", self.regularization, 1e-3..=1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_out_of_range_is_named() {
        let good = EmbeddingParams::default();
        assert!(good.check().is_ok());
        let cases = [
            (EmbeddingParams { dimensions: 0, ..good }, "embedding.dimensions is 0, must be in [1, 256]"),
            (EmbeddingParams { iterations: 0, ..good }, "embedding.iterations is 0, must be in [1, 100]"),
            (
                EmbeddingParams { regularization: f32::NAN, ..good },
                "embedding.regularization is NaN, must be in [0.001, 1000000]",
            ),
        ];
        for (params, message) in cases {
            assert_eq!(params.check().unwrap_err().to_string(), message);
        }
    }
}
