//! One user's rows in the order of a model's scores.

use crate::dcg::Discounts;

/// One user's rows, best score first: what a per-user metric sees. Ranks count from 0.
#[derive(Debug, Clone, Copy)]
pub struct RankedList<'a> {
    pub(super) rows: &'a [u32],
    pub(super) relevant: &'a [bool],
    pub(super) gains: &'a [f64],
    pub(super) tied: &'a [bool],
    pub(super) relevant_ranks: &'a [u32],
    pub(super) ideal_gains: &'a [f64],
    pub(super) discounts: &'a Discounts,
}

impl<'a> RankedList<'a> {
    /// How many rows the user has.
    pub fn len(&self) -> usize {
        self.relevant.len()
    }

    /// Whether the user has no row.
    pub fn is_empty(&self) -> bool {
        self.relevant.is_empty()
    }

    /// The user's row at each rank: 0-based positions in the slices that were ranked.
    pub fn rows(&self) -> &'a [u32] {
        self.rows
    }

    /// Whether the row at each rank is relevant.
    pub fn relevant(&self) -> &'a [bool] {
        self.relevant
    }

    /// The graded gain at each rank.
    pub fn gains(&self) -> &'a [f64] {
        self.gains
    }

    /// The graded gains from the largest to the smallest: the best order there is.
    pub fn ideal_gains(&self) -> &'a [f64] {
        self.ideal_gains
    }

    /// Whether the row at each rank has the score of the row before it.
    pub fn tied(&self) -> &'a [bool] {
        self.tied
    }

    /// The ranks of the relevant rows, ascending.
    pub fn relevant_ranks(&self) -> &'a [u32] {
        self.relevant_ranks
    }

    /// How many rows are relevant.
    pub fn n_relevant(&self) -> usize {
        self.relevant_ranks.len()
    }

    /// How many of the first `k` rows are relevant.
    pub fn hits(&self, k: usize) -> usize {
        self.relevant_ranks.partition_point(|&rank| (rank as usize) < k)
    }

    /// The discounts of all ranks of this list, and more.
    pub fn discounts(&self) -> &'a Discounts {
        self.discounts
    }
}
