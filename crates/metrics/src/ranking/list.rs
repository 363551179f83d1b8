//! One user's rows in the order of a model's scores.

use super::TieGroup;
use crate::dcg::Discounts;

/// One user's rows, best score first: what a per-user metric sees. Ranks count from 0.
///
/// Only rows that the model retrieves have a rank. A row that it does not (its score is NaN) stands at no rank and is hit
/// at no cut, but is one of the user's rows, and one of the relevant rows where it is relevant: what `trec_eval` makes
/// of a judged document that is missing from a run.
#[derive(Debug, Clone, Copy)]
pub struct RankedList<'a> {
    pub(super) n_rows: usize,
    pub(super) n_relevant: usize,
    pub(super) rows: &'a [u32],
    pub(super) relevant: &'a [bool],
    pub(super) gains: &'a [f64],
    pub(super) tied: &'a [bool],
    pub(super) relevant_ranks: &'a [u32],
    pub(super) ideal_gains: &'a [f64],
    pub(super) discounts: &'a Discounts,
}

impl<'a> RankedList<'a> {
    /// How many rows the user has, retrieved or not.
    pub fn len(&self) -> usize {
        self.n_rows
    }

    /// Whether the user has no row.
    pub fn is_empty(&self) -> bool {
        self.n_rows == 0
    }

    /// How many rows are retrieved: how many ranks there are.
    pub fn n_retrieved(&self) -> usize {
        self.rows.len()
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

    /// The graded gains of all rows, retrieved or not, from the largest to the smallest: the best order there is.
    pub fn ideal_gains(&self) -> &'a [f64] {
        self.ideal_gains
    }

    /// Whether the row at each rank has the score of the row before it.
    pub fn tied(&self) -> &'a [bool] {
        self.tied
    }

    /// The groups of rows of equal score, best first.
    pub fn tie_groups(&self) -> impl Iterator<Item = TieGroup> + 'a {
        let list = *self;
        let mut first = 0;
        std::iter::from_fn(move || {
            let rest = list.tied.get(first..)?;
            let len = 1 + rest.get(1..)?.iter().take_while(|tied| **tied).count();
            let ranks = first..first + len;
            let group = TieGroup {
                first,
                len,
                n_relevant: list.relevant[ranks.clone()].iter().filter(|relevant| **relevant).count(),
                gain: list.gains[ranks].iter().sum(),
            };
            first += len;
            Some(group)
        })
    }

    /// The ranks of the relevant rows that are retrieved, ascending.
    pub fn relevant_ranks(&self) -> &'a [u32] {
        self.relevant_ranks
    }

    /// How many rows are relevant, retrieved or not.
    pub fn n_relevant(&self) -> usize {
        self.n_relevant
    }

    /// How many of the first `k` rows are relevant.
    pub fn hits(&self, k: usize) -> usize {
        self.relevant_ranks.partition_point(|&rank| (rank as usize) < k)
    }

    /// The mean of [`RankedList::hits`] over all orders of tied rows.
    pub fn expected_hits(&self, k: usize) -> f64 {
        let groups = self.tie_groups().take_while(|group| group.first < k);
        groups.fold(0.0, |total, group| total + group.n_relevant as f64 * group.share_within(k))
    }

    /// The discounts of all ranks of this list, and more.
    pub fn discounts(&self) -> &'a Discounts {
        self.discounts
    }
}
