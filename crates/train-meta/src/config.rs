//! The hyper-parameters of `train-meta`.

use rankers::gbdt::{CheckedGbdtParams, GbdtParams};
use rankers::logistic::{CheckedLogisticParams, LogisticParams};
use rankers::objective::{CheckedRankingParams, ObjectiveKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stage::UsageError;

/// The keys of `train-meta.toml`: one table a meta-model.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub logistic: Logistic,
    pub gb: Gb,
}

/// `LogisticStack`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Logistic {
    /// Inverse strength of the L2 penalty, above 0.
    pub c: f64,
    /// Whether the penalty is on the coefficients of standardised features instead of the raw ones.
    pub standardise: bool,
    /// Newton steps at most.
    pub max_iterations: usize,
    /// The fit has converged when no partial derivative is larger than this, 1e-12 to 1.
    pub tolerance: f64,
}

/// How good a split is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Friedman's mean squared error on the gradient.
    FriedmanMse,
    /// The second-order gain.
    Newton,
}

/// Which leaf is split next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Growth {
    /// The one whose split gains most.
    LeafWise,
    /// The one nearest to the root.
    DepthWise,
}

/// `GBStack`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Gb {
    /// How good a split is: Friedman's mean squared error on the gradient, or the second-order gain.
    pub criterion: Criterion,
    /// Which leaf is split next: the one that gains most, or the one nearest to the root.
    pub growth: Growth,
    /// Trees at most.
    pub n_trees: usize,
    /// What a leaf's value is multiplied by, in (0, 1].
    pub learning_rate: f64,
    /// Leaves of a tree at most, 2 to 65536.
    pub max_leaves: usize,
    /// Splits between the root and a leaf at most, 1 to 64.
    pub max_depth: usize,
    /// Bins of a feature at most, 2 to 255.
    pub max_bins: usize,
    /// Rows of a leaf at least.
    pub min_leaf_rows: usize,
    /// Sum of second derivatives in a leaf at least.
    pub min_child_weight: f64,
    /// A split must gain more than this.
    pub min_split_gain: f64,
    /// L1 penalty on leaf values.
    pub lambda_l1: f64,
    /// L2 penalty on leaf values.
    pub lambda_l2: f64,
    /// Share of the rows that a tree is grown on, in (0, 1].
    pub subsample: f64,
    /// Share of the features that a tree may split on, in (0, 1].
    pub colsample: f64,
    /// Share of the rows that is held out for early stopping, in [0, 1); 0 for none.
    pub held_out_fraction: f64,
    /// Stop when the held-out loss has not fallen for this many trees; 0 for never.
    pub early_stopping_rounds: usize,
}

impl Default for Logistic {
    fn default() -> Self {
        Self { c: 1.0, standardise: false, max_iterations: 100, tolerance: 1e-10 }
    }
}

impl Default for Gb {
    fn default() -> Self {
        Self {
            criterion: Criterion::FriedmanMse,
            growth: Growth::DepthWise,
            n_trees: 200,
            learning_rate: 0.05,
            max_leaves: 8,
            max_depth: 3,
            max_bins: 255,
            min_leaf_rows: 1,
            min_child_weight: 0.0,
            min_split_gain: 0.0,
            lambda_l1: 0.0,
            lambda_l2: 0.0,
            subsample: 0.8,
            colsample: 1.0,
            held_out_fraction: 0.0,
            early_stopping_rounds: 0,
        }
    }
}

/// The same, every value in its range.
pub struct CheckedConfig {
    pub logistic: CheckedLogisticParams,
    pub gb: CheckedGbdtParams,
    pub held_out_fraction: f64,
}

impl Config {
    /// # Errors
    /// [`UsageError`] for the first value out of its range.
    pub fn check(&self) -> Result<CheckedConfig, UsageError> {
        let logistic = LogisticParams {
            c: self.logistic.c,
            standardise: self.logistic.standardise,
            max_iterations: self.logistic.max_iterations,
            tolerance: self.logistic.tolerance,
        };
        let in_table =
            |table: &'static str| move |error: rankers::ParamError| UsageError(format!("{table}.{error}"));
        let gb = self.gb.params();
        let held_out_fraction = self.gb.held_out_fraction;
        if !(0.0..1.0).contains(&held_out_fraction) {
            let problem = format!("gb.held_out_fraction is {held_out_fraction}, expected 0 or more, below 1");
            return Err(UsageError(problem));
        }
        if self.gb.early_stopping_rounds > 0 && held_out_fraction == 0.0 {
            let problem = "gb.early_stopping_rounds needs gb.held_out_fraction above 0".to_owned();
            return Err(UsageError(problem));
        }
        Ok(CheckedConfig {
            logistic: logistic.check().map_err(in_table("logistic"))?,
            gb: gb.check().map_err(in_table("gb"))?,
            held_out_fraction,
        })
    }
}

impl Gb {
    fn params(&self) -> GbdtParams {
        GbdtParams {
            objective: ObjectiveKind::BinaryLogLoss,
            ranking: CheckedRankingParams::default(),
            criterion: match self.criterion {
                Criterion::FriedmanMse => rankers::gbdt::Criterion::FriedmanMse,
                Criterion::Newton => rankers::gbdt::Criterion::Newton,
            },
            growth: match self.growth {
                Growth::LeafWise => rankers::gbdt::Growth::LeafWise,
                Growth::DepthWise => rankers::gbdt::Growth::DepthWise,
            },
            n_trees: self.n_trees,
            learning_rate: self.learning_rate,
            max_leaves: self.max_leaves,
            max_depth: self.max_depth,
            max_bins: self.max_bins,
            min_leaf_rows: self.min_leaf_rows,
            min_child_weight: self.min_child_weight,
            min_split_gain: self.min_split_gain,
            lambda_l1: self.lambda_l1,
            lambda_l2: self.lambda_l2,
            subsample: self.subsample,
            colsample: self.colsample,
            early_stopping_rounds: self.early_stopping_rounds,
        }
    }
}
