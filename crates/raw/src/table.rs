//! The ratings in file order, while they are read.

use dataset::{Rating, Ratings};

/// Accepted ratings with the row each stands in.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct RatingTable {
    /// The ratings, in file order.
    pub(crate) ratings: Ratings,
    /// Each rating's 0-based data row.
    pub(crate) rows: Vec<u64>,
    /// How many data rows were read, malformed ones included.
    pub(crate) n_rows: u64,
}

impl RatingTable {
    /// Appends the rating that stands in the row last counted by `n_rows`.
    pub(crate) fn push(&mut self, row: u64, rating: Rating) {
        self.rows.push(row);
        self.ratings.push(rating);
    }
}
