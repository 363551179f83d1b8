//! `learning_curves.parquet`: the error of an iterative model, step by step. Written by `train-base` and `train-meta`, read by
//! `evaluate` for the plots.

use super::rows::stored_rows;

/// The error after one epoch or tree.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePoint {
    /// The model's name, for example `MFModel`.
    pub model: String,
    /// On which rows: `train` or `held_out`.
    pub rows: String,
    /// The metric's name, for example `rmse` or `log_loss`.
    pub metric: String,
    /// The epoch or the number of trees, from 1.
    pub iteration: i32,
    /// The error.
    pub value: f64,
}

stored_rows!(CurvePoint, "learning_curves/1", { model, rows, metric, iteration, value });
