//! `evaluate/metrics.parquet`, `comparisons.parquet`, `per_user.parquet` and `cold_start.parquet`.

use serde::Serialize;

use super::rows::stored_rows;

/// One number of the comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricRow {
    /// The model's name.
    pub model: String,
    /// Which rows a user's ranking holds, for example `rated`.
    pub protocol: String,
    /// Which users or items, for example `all`.
    pub segment: String,
    /// The metric's name, for example `ndcg`.
    pub metric: String,
    /// The cut, where the metric has one.
    pub k: Option<i32>,
    /// The number; the mean over users where the metric is a user's.
    pub value: f64,
    /// The lower end of its 95 % interval.
    pub ci_low: Option<f64>,
    /// The upper end.
    pub ci_high: Option<f64>,
    /// Over how many users.
    pub n_users: i32,
    /// Of protocol, split, relevance rule, ties and data: numbers of different ones are not to be compared.
    pub fingerprint: String,
}

stored_rows!(MetricRow, "evaluate.metrics/2", {
    model, protocol, segment, metric, k, value, ci_low, ci_high, n_users, fingerprint
});

/// One model against another, user by user.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparisonRow {
    /// The stack.
    pub model: String,
    /// Whom it is compared with.
    pub rival: String,
    /// Which rows a user's ranking holds.
    pub protocol: String,
    /// The metric's name.
    pub metric: String,
    /// The cut, where the metric has one.
    pub k: Option<i32>,
    /// The mean over users of the model's value less the rival's.
    pub difference: f64,
    /// The lower end of its paired bootstrap interval.
    pub ci_low: f64,
    /// The upper end.
    pub ci_high: f64,
    /// The two-sided p-value of no difference.
    pub p: f64,
    /// The same, corrected for all comparisons of the table (Holm).
    pub p_holm: f64,
    /// Over how many users.
    pub n_users: i32,
}

stored_rows!(ComparisonRow, "evaluate.comparisons/1", {
    model, rival, protocol, metric, k, difference, ci_low, ci_high, p, p_holm, n_users
});

/// One metric of one user.
#[derive(Debug, Clone, PartialEq)]
pub struct PerUserRow {
    /// The model's name.
    pub model: String,
    /// Whose ranking.
    pub user_id: i64,
    /// The metric's name.
    pub metric: String,
    /// The cut, where the metric has one.
    pub k: Option<i32>,
    /// The number.
    pub value: f64,
    /// Which rows a user's ranking holds.
    pub protocol: String,
}

stored_rows!(PerUserRow, "evaluate.per_user/2", { model, user_id, metric, k, value, protocol });

/// One point of a cold-start curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColdStartRow {
    /// The model's name.
    pub model: String,
    /// Which rows a user's ranking holds.
    pub protocol: String,
    /// The metric's name.
    pub metric: String,
    /// Its cut.
    pub k: i32,
    /// How many of the user's ratings the models know; null for all.
    pub known_ratings: Option<i32>,
    /// The mean over users.
    pub value: f64,
    /// The lower end of its interval.
    pub ci_low: Option<f64>,
    /// The upper end.
    pub ci_high: Option<f64>,
    /// Over how many users.
    pub n_users: i32,
}

stored_rows!(ColdStartRow, "evaluate.cold_start/1", {
    model, protocol, metric, k, known_ratings, value, ci_low, ci_high, n_users
});
