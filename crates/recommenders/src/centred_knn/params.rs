//! The hyper-parameters of the centred neighbours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::neighbourhood::MAX_K;
use crate::params::in_range;
use crate::{Checked, InvalidParam, Params};

pub(super) const MAX_SHRINKAGE: f64 = 10_000.0;
pub(super) const MAX_DAMPING: f64 = 1000.0;

/// What both models are told.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Weighting {
    pub k: usize,
    pub shrinkage: f64,
    pub damping: f64,
}

/// Declares the parameters of one of the models: the same keys in its own table, with its own defaults.
macro_rules! centred_knn_params {
    (
        $params:ident, $model:literal, $table:literal, $k:literal, $shrinkage:literal, $damping:literal
        $(, $(#[$doc:meta])* $key:ident: $default:literal, $allowed:expr)?
    ) => {
        #[doc = concat!("The hyper-parameters of [`super::", $model, "`].")]
        #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub struct $params {
            /// How many neighbours count, in [1, 10000].
            pub k: usize,
            /// A similarity that n common ratings tell is multiplied by n / (n + shrinkage); in [0, 10000].
            pub shrinkage: f64,
            /// The similarity of the neighbour without an opinion that every mean is given, in [0, 1000].
            pub damping: f64,
            $($(#[$doc])* pub $key: usize,)?
        }

        impl Default for $params {
            /// Tuned on ml-latest-small by the error of five folds inside the training ratings.
            fn default() -> Self {
                Self { k: $k, shrinkage: $shrinkage, damping: $damping $(, $key: $default)? }
            }
        }

        impl Params for $params {
            fn validate(&self) -> Result<(), InvalidParam> {
                in_range(concat!($table, ".k"), self.k, 1..=MAX_K)?;
                in_range(concat!($table, ".shrinkage"), self.shrinkage, 0.0..=MAX_SHRINKAGE)?;
                $(in_range(concat!($table, ".", stringify!($key)), self.$key, $allowed)?;)?
                in_range(concat!($table, ".damping"), self.damping, 0.0..=MAX_DAMPING)
            }
        }

        impl From<&Checked<$params>> for Weighting {
            fn from(params: &Checked<$params>) -> Self {
                Self { k: params.k, shrinkage: params.shrinkage, damping: params.damping }
            }
        }
    };
}

centred_knn_params!(CentredItemKnnParams, "CentredItemKnn", "centred_item_knn", 30, 100.0, 0.05);
centred_knn_params!(
    UserKnnParams, "UserKnn", "user_knn", 40, 30.0, 0.1,
    /// How many raters of an item are looked at, the most active ones, in [1, 1000000000]: what bounds the cost. Beyond the ratings of
    /// the most popular item nothing is left out.
    max_raters: 1000, 1..=1_000_000_000
);

impl Weighting {
    /// Whether every value is in its range: what must hold of one that came from a file.
    pub fn is_sound(self) -> bool {
        (1..=MAX_K).contains(&self.k)
            && (0.0..=MAX_SHRINKAGE).contains(&self.shrinkage)
            && (0.0..=MAX_DAMPING).contains(&self.damping)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_out_of_range_is_named() {
        let (items, users) = (CentredItemKnnParams::default(), UserKnnParams::default());
        let message = |error: InvalidParam| error.to_string();
        assert!(items.check().is_ok() && users.check().is_ok());
        let cases = [
            (
                CentredItemKnnParams { k: 0, ..items }.check().unwrap_err(),
                "centred_item_knn.k is 0, must be in [1, 10000]",
            ),
            (
                CentredItemKnnParams { damping: -0.5, ..items }.check().unwrap_err(),
                "centred_item_knn.damping is -0.5, must be in [0, 1000]",
            ),
            (
                UserKnnParams { shrinkage: f64::INFINITY, ..users }.check().unwrap_err(),
                "user_knn.shrinkage is inf, must be in [0, 10000]",
            ),
            (
                UserKnnParams { max_raters: 0, ..users }.check().unwrap_err(),
                "user_knn.max_raters is 0, must be in [1, 1000000000]",
            ),
            (
                UserKnnParams { k: 10_001, ..users }.check().unwrap_err(),
                "user_knn.k is 10001, must be in [1, 10000]",
            ),
        ];
        for (error, expected) in cases {
            assert_eq!(message(error), expected);
        }
    }
}
