//! `evaluate/shap.parquet`: what each of the strongest features contributes to the raw scores of some test rows.

use super::rows::stored_rows;

/// One feature of one test row, as one model sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapRow {
    /// The meta-model, for example `GBStack`.
    pub model: String,
    /// The row's user.
    pub user_id: i64,
    /// The row's item.
    pub item_id: i64,
    /// The feature's column.
    pub feature: String,
    /// Its value in this row; null where it is missing.
    pub value: Option<f64>,
    /// What that adds to the model's raw score: the feature's Shapley value.
    pub contribution: f64,
}

stored_rows!(ShapRow, "evaluate.shap/1", { model, user_id, item_id, feature, value, contribution });
