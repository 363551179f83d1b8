//! One model against another.

/// Which models to compare, and by what: indices into [`crate::PerUser::models`] and [`crate::PerUser::columns`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The model.
    pub a: usize,
    /// The model that it is compared with.
    pub b: usize,
    /// The metric.
    pub column: usize,
}

/// How far one model is from another, user by user.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The model's name.
    pub a: String,
    /// The name of the model that it is compared with.
    pub b: String,
    /// The metric's name.
    pub metric: &'static str,
    /// Its cut, where it has one.
    pub k: Option<usize>,
    /// The mean over users of `a`'s value minus `b`'s: positive where `a` is better.
    pub difference: f64,
    /// The lower end of its interval, for this comparison alone.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The two-sided p-value of no difference, for this comparison alone ([`crate::statistics::Replicates::p_value`]).
    pub p: f64,
    /// The same, corrected for all comparisons of the family ([`crate::statistics::holm()`]).
    pub p_holm: f64,
    /// The users for whom both values are defined.
    pub n_users: usize,
}
