//! `train-meta/importances.parquet`: how much each feature adds to each meta-model. Read by `evaluate` for the plots.

use super::rows::stored_rows;

/// One feature of one meta-model.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportanceRow {
    /// The meta-model, for example `GBStack`.
    pub model: String,
    /// The feature's column.
    pub feature: String,
    /// What the number is: `gain` (share of the total gain, sums to 1), `splits` (how often it was split on) or
    /// `coefficient` (change of the log-odds for one standard deviation of the feature).
    pub kind: String,
    /// The number.
    pub value: f64,
}

stored_rows!(ImportanceRow, "train-meta.importances/1", { model, feature, kind, value });
