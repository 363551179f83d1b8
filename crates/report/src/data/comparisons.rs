//! Models against each other.

use serde::{Deserialize, Serialize};

use super::Bin;

/// A stack against a rival, user by user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The stack's name.
    pub stack: String,
    /// The rival's name.
    pub rival: String,
    /// What the rival is to the stack, for example `its best base model`.
    pub role: String,
    /// Under which protocol (its name, see [`super::Protocol`]); empty where there is only one.
    pub protocol: String,
    /// By which metric (its key, see [`crate::metric`]).
    pub metric: String,
    /// The mean over users of the stack's value minus the rival's.
    pub difference: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The level of the interval, in (0, 1).
    pub level: f64,
    /// The two-sided p-value, corrected for all comparisons (Holm).
    pub p_holm: f64,
    /// The same in words.
    pub sentence: String,
}

/// A stack against a rival, as the distribution of the differences over users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairedDistribution {
    /// The stack's name.
    pub stack: String,
    /// The rival's name.
    pub rival: String,
    /// Under which protocol.
    pub protocol: String,
    /// By which metric (its key).
    pub metric: String,
    /// Its cut-off.
    pub k: Option<u32>,
    /// Users for whom the stack is better.
    pub better: u64,
    /// Users for whom both are equal.
    pub equal: u64,
    /// Users for whom the stack is worse.
    pub worse: u64,
    /// Users by the stack's value minus the rival's, ascending and without gaps. Users who are equal are counted in the bin that begins at 0
    /// or reaches over it.
    pub bins: Vec<Bin>,
}

/// What a part of a preset, a base model or a feature group, adds to a stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The stack's name.
    pub stack: String,
    /// The part's name.
    pub part: String,
    /// Whether the preset has it.
    pub is_part: bool,
    /// By which metric (its key, see [`crate::metric`]).
    pub metric: String,
    /// The metric with the part less without it: the lower end of the interval, the mean, the upper end. `None` where it is not known.
    pub adds: Option<[f64; 3]>,
    /// The two-sided p-value of no difference, corrected for all parts (Holm).
    pub p_holm: f64,
}
