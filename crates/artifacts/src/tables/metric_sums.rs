//! Partial sums of metrics, on their way between machines, and the means that come of them.

use super::rows::stored_rows;

/// What some users add to the mean of one metric of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricSumRow {
    /// The model's name.
    pub model: String,
    /// The metric's name.
    pub metric: String,
    /// The cut, where the metric has one.
    pub k: Option<i32>,
    /// The sum of the users' values; of a metric of all rows together, that of the rows' errors.
    pub sum: f64,
    /// Over how many users, or rows.
    pub n: i64,
    /// Over how many users.
    pub n_users: i64,
}

stored_rows!(MetricSumRow, "round.metric_sums/1", { model, metric, k, sum, n, n_users });

/// One metric of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricMeanRow {
    /// The model's name.
    pub model: String,
    /// The metric's name.
    pub metric: String,
    /// The cut, where the metric has one.
    pub k: Option<i32>,
    /// The number.
    pub value: f64,
    /// Over how many users.
    pub n_users: i64,
}

stored_rows!(MetricMeanRow, "round.metric_means/1", { model, metric, k, value, n_users });
