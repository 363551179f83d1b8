//! Numbers by protocol, segment and user.

use serde::{Deserialize, Serialize};

use super::ModelKind;

/// What the models had to rank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Protocol {
    /// The name in the tables, for example `rated` or `full_catalogue`.
    pub name: String,
    /// One sentence that says what is ranked.
    pub ranks: String,
    /// Users that the metrics are means over.
    pub users_evaluated: u64,
    /// Users with test items of whom none is relevant; left out.
    pub users_left_out: u64,
    /// The share of relevant test items that are among the candidates, in [0, 1]; `None` where all are by construction.
    pub candidate_recall: Option<f64>,
    /// A short hexadecimal hash of what fixes the candidates and the labels: equal where numbers may be compared. May be empty.
    pub fingerprint: String,
}

/// A group of users or of items that is measured by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// The name in the tables; `all` for everyone.
    pub name: String,
    /// What it is a part of, for example `User activity`; empty for everyone.
    pub group: String,
    /// As a reader meets it, for example `20 to 49 ratings`.
    pub label: String,
}

impl Segment {
    /// The segment of everyone.
    pub const ALL: &'static str = "all";
}

/// One number of one model: a row of the metric table on disk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The model's name.
    pub model: String,
    /// Its place in the stack.
    pub kind: ModelKind,
    /// The protocol's name.
    pub protocol: String,
    /// The segment's name.
    pub segment: String,
    /// The metric's key (see [`crate::metric`]).
    pub metric: String,
    /// Its cut-off; `None` for a metric without one.
    pub k: Option<u32>,
    /// The value.
    pub value: f64,
    /// The lower end of its interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// How many users it is taken over.
    pub n_users: u64,
}

impl Measurement {
    /// The interval, where both ends are finite.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.low.zip(self.high).filter(|(low, high)| low.is_finite() && high.is_finite())
    }
}

/// A model's metric by how many ratings of a user it was shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColdStartCurve {
    /// Under which protocol.
    pub protocol: String,
    /// By which metric (its key).
    pub metric: String,
    /// Its cut-off.
    pub k: Option<u32>,
    /// The model's name.
    pub model: String,
    /// How many users it is taken over: the same ones at every point.
    pub n_users: u64,
    /// Ascending in the ratings shown, all of them last.
    pub points: Vec<ColdStartPoint>,
}

/// One point of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ColdStartPoint {
    /// How many of the user's ratings the model was shown; `None` for all there are.
    pub known: Option<u32>,
    /// The mean over users.
    pub value: f64,
    /// The lower end of its interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// Users by a model's value of a metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// The model's name.
    pub model: String,
    /// Under which protocol.
    pub protocol: String,
    /// By which metric (its key).
    pub metric: String,
    /// Its cut-off.
    pub k: Option<u32>,
    /// Ascending and without gaps; 20 or more of them draw a smooth curve.
    pub bins: Vec<Bin>,
}

/// How many values lie in a range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// The lower end, inside.
    pub from: f64,
    /// The upper end, outside but for the last bin.
    pub to: f64,
    /// How many.
    pub count: u64,
}
