//! Coded sums of products of pairs of items, on their way between machines.

use super::rows::stored_rows;

/// An item's row.
#[derive(Debug, Clone, PartialEq)]
pub struct CoRatingRow {
    /// Which item.
    pub item_id: i64,
    /// How many other items it has sums with.
    pub n: i64,
    /// The sums, coded as `recommenders::item_knn` tells.
    pub co_ratings: Vec<u8>,
}

stored_rows!(CoRatingRow, "round.co_ratings/1", { item_id, n, co_ratings });
