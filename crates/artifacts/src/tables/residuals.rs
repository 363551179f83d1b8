//! What a baseline leaves of ratings, on its way between machines.

use super::rows::stored_rows;

/// What is left of one rating.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResidualRow {
    /// Who.
    pub user_id: i64,
    /// What.
    pub item_id: i64,
    /// How far the rating is above the baseline, in stars.
    pub residual: f32,
}

stored_rows!(ResidualRow, "round.residuals/1", { user_id, item_id, residual });
