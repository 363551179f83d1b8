//! What can be wrong with the input of an evaluation.

/// Why an evaluation cannot start.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MetricsError {
    /// A column is shorter or longer than the others.
    #[error("{column} has {found} rows, expected {expected}: one for each user id")]
    Length {
        /// The column's name.
        column: String,
        /// Its length.
        found: usize,
        /// The length of the user ids.
        expected: usize,
    },
    /// A user's rows do not stand together, in ascending order of the user.
    #[error("row {row}: user {user_id} comes after user {previous}; sort the rows by user id")]
    Unsorted {
        /// The 0-based row.
        row: usize,
        /// The user in that row.
        user_id: i64,
        /// The user in the row before.
        previous: i64,
    },
    /// More rows than a 32-bit row number can count.
    #[error("user {user_id} has {found} rows, expected at most {}", u32::MAX)]
    TooManyRows {
        /// The user.
        user_id: i64,
        /// How many rows they have.
        found: usize,
    },
    /// An item stands twice in one user's list.
    #[error("user {user_id} has item {item_id} in two rows, expected each item once a user")]
    RepeatedItem {
        /// The user.
        user_id: i64,
        /// The item.
        item_id: i64,
    },
    /// A grade that has no gain.
    #[error("row {row}: grade {grade}, expected a finite number up to {}", crate::dcg::MAX_GRADE)]
    Grade {
        /// The 0-based row.
        row: usize,
        /// The grade in that row.
        grade: f64,
    },
    /// No cut, although a metric needs one.
    #[error("ks is empty, expected at least one cut, for example 10")]
    NoCut,
    /// A cut of 0 or twice the same.
    #[error("ks holds {k}{}, expected different cuts of at least 1", if *k == 0 { "" } else { " twice" })]
    Cut {
        /// The cut.
        k: usize,
    },
    /// No metric has this name.
    #[error("metric `{name}` is unknown, expected one of {}", crate::Metric::names().join(", "))]
    UnknownMetric {
        /// The name asked for.
        name: String,
    },
    /// Two models have one name, so that their rows could not be told apart.
    #[error("two models are called `{name}`, expected different names")]
    RepeatedModel {
        /// The name.
        name: String,
    },
    /// Columns of a catalogue that do not belong together.
    #[error(
        "catalogue of {n_genres} genre sets and {n_raters} numbers of raters, at most {most_raters} of {n_users} users; \
         expected one of both for each item, and no item with more raters than users"
    )]
    Catalogue {
        /// The length of the genres.
        n_genres: usize,
        /// The length of the numbers of raters.
        n_raters: usize,
        /// The largest of them.
        most_raters: u32,
        /// The users who rated anything.
        n_users: usize,
    },
    /// A level that no interval here has.
    #[error("level is {level}, expected .5 to .999, for example .95")]
    Level {
        /// The level asked for.
        level: f64,
    },
    /// Too few or too many resamples.
    #[error(
        "n_resamples is {found}, expected {min} to {} at level {level}",
        crate::statistics::Bootstrap::MAX_RESAMPLES
    )]
    Resamples {
        /// How many were asked for.
        found: usize,
        /// The level of the intervals.
        level: f64,
        /// The fewest that this level takes.
        min: usize,
    },
}
