//! What a booster can be told.

use std::ops::Deref;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ParamError;
use crate::objective::{CheckedRankingParams, ObjectiveKind};

/// How good a split is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Friedman's improvement on the negative gradient, `n_l n_r / (n_l + n_r) (mean_l - mean_r)^2` with row counts as weights
    /// (Friedman 2001, equation 35; the tree criterion of scikit-learn's `GradientBoostingClassifier`).
    FriedmanMse,
    /// The second-order gain of `XGBoost` and `LightGBM`, `T(G_l)^2 / (H_l + l2) + T(G_r)^2 / (H_r + l2) - T(G)^2 / (H + l2)` with
    /// sums `G`, `H` of first and second derivatives and `T` the soft threshold at `lambda_l1`; without the factor 1/2, as in `LightGBM`.
    #[default]
    Newton,
}

/// Which leaf is split next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Growth {
    /// The one whose split gains most.
    #[default]
    LeafWise,
    /// The one nearest to the root.
    DepthWise,
}

/// Parameters as a caller writes them; [`GbdtParams::check`] makes them usable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GbdtParams {
    /// The loss; each meta-model has its own, so that it is no key of a configuration.
    #[serde(skip)]
    pub objective: ObjectiveKind,
    /// What a ranking objective is told; pointwise ones do not look at it. Beside the objective, and no key of its own.
    #[serde(skip)]
    pub ranking: CheckedRankingParams,
    /// The gain of a split.
    pub criterion: Criterion,
    /// The order of splitting. It matters where `max_leaves` ends a tree before `max_depth` does.
    pub growth: Growth,
    /// Trees at most, 1 to 100,000.
    pub n_trees: usize,
    /// What a leaf's value is multiplied by, in (0, 1].
    pub learning_rate: f64,
    /// Leaves of a tree at most, 2 to 65,536.
    pub max_leaves: usize,
    /// Splits between the root and a leaf at most, 1 to 64.
    pub max_depth: usize,
    /// Bins of a feature at most, 2 to 255; missing values have their own bin besides.
    pub max_bins: usize,
    /// Rows of a leaf at least, from 1 on.
    pub min_leaf_rows: usize,
    /// Sum of second derivatives in a leaf at least, from 0 on.
    pub min_child_weight: f64,
    /// A split must gain more than this, in the criterion's unit; from 0 on.
    pub min_split_gain: f64,
    /// L1 penalty on leaf values, from 0 on.
    pub lambda_l1: f64,
    /// L2 penalty on leaf values, from 0 on.
    pub lambda_l2: f64,
    /// Share of the rows that a tree is grown on, in (0, 1]; drawn for each tree without replacement.
    pub subsample: f64,
    /// Share of the features that a tree may split on, in (0, 1]; drawn for each tree.
    pub colsample: f64,
    /// With held-out rows: stop when their loss has not fallen for this many trees, and keep the trees up to the best; 0 for never.
    pub early_stopping_rounds: usize,
}

impl Default for GbdtParams {
    fn default() -> Self {
        Self {
            objective: ObjectiveKind::BinaryLogLoss,
            ranking: CheckedRankingParams::default(),
            criterion: Criterion::Newton,
            growth: Growth::LeafWise,
            n_trees: 100,
            learning_rate: 0.1,
            max_leaves: 31,
            max_depth: 64,
            max_bins: 255,
            min_leaf_rows: 20,
            min_child_weight: 1e-3,
            min_split_gain: 0.0,
            lambda_l1: 0.0,
            lambda_l2: 0.0,
            subsample: 1.0,
            colsample: 1.0,
            early_stopping_rounds: 0,
        }
    }
}

/// Parameters within their ranges.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedGbdtParams(GbdtParams);

impl GbdtParams {
    /// The same parameters, known to be in range.
    ///
    /// # Errors
    /// [`ParamError`] for the first one that is not.
    pub fn check(self) -> Result<CheckedGbdtParams, ParamError> {
        let count = |key, value: usize, min: usize, max: usize, allowed| {
            ParamError::unless((min..=max).contains(&value), key, value, allowed)
        };
        let share = |key, value: f64| {
            ParamError::unless(value > 0.0 && value <= 1.0, key, value, "a number above 0 and at most 1")
        };
        let amount = |key, value: f64| {
            ParamError::unless(value >= 0.0 && value.is_finite(), key, value, "a finite number from 0 on")
        };
        count("n_trees", self.n_trees, 1, 100_000, "1 to 100000")?;
        share("learning_rate", self.learning_rate)?;
        count("max_leaves", self.max_leaves, 2, 65_536, "2 to 65536")?;
        count("max_depth", self.max_depth, 1, 64, "1 to 64")?;
        count("max_bins", self.max_bins, 2, 255, "2 to 255")?;
        count("min_leaf_rows", self.min_leaf_rows, 1, usize::MAX, "at least 1")?;
        amount("min_child_weight", self.min_child_weight)?;
        amount("min_split_gain", self.min_split_gain)?;
        amount("lambda_l1", self.lambda_l1)?;
        amount("lambda_l2", self.lambda_l2)?;
        share("subsample", self.subsample)?;
        share("colsample", self.colsample)?;
        Ok(CheckedGbdtParams(self))
    }
}

impl Deref for CheckedGbdtParams {
    type Target = GbdtParams;

    fn deref(&self) -> &GbdtParams {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_parameter_is_named_with_its_range() {
        let message = |params: GbdtParams| params.check().unwrap_err().to_string();
        let default = GbdtParams::default;
        assert_eq!(message(GbdtParams { max_bins: 256, ..default() }), "max_bins = 256: expected 2 to 255");
        assert_eq!(
            message(GbdtParams { subsample: f64::NAN, ..default() }),
            "subsample = NaN: expected a number above 0 and at most 1"
        );
        assert_eq!(
            message(GbdtParams { lambda_l2: -1.0, ..default() }),
            "lambda_l2 = -1: expected a finite number from 0 on"
        );
        assert!(default().check().is_ok());
    }
}
