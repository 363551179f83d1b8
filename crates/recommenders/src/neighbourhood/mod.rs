//! The machinery that models of neighbours share.
//!
//! Rows of one side, the *targets*, are compared with each other through the *others* that rated both: in an item-kNN the
//! targets are the items and the others the users, in a user-kNN the other way round. A question (target, other) is
//! answered from the targets that this other rated, by how close they are to the question's target.
//!
//! There is no matrix of similarities. [`CoRatings`] computes the row of one target sparsely, and answering a batch asks for one row a
//! distinct target. That row costs the summed activity of the target's raters, so a batch of all targets costs the sum over
//! the others of their squared number of ratings; larger batches share rows between more candidates. Memory beside the model
//! is one row a thread and 32 bytes a candidate.

mod co_ratings;
mod nearest;
mod questions;
mod votes;

use std::cmp::Reverse;

use dataset::Csr;
use serde::{Deserialize, Serialize};

use crate::InvalidModel;
use crate::validate::Demands;
pub use co_ratings::{Agreement, CoRating, CoRatings, Common, ProductSum};
pub use nearest::{Nearest, TieBreak};
pub use questions::{Answer, Answers, Questions};
use votes::votes;
pub use votes::{Similarity, Votes};

/// More neighbours than this are not supported.
pub const MAX_K: usize = 10_000;

/// Ratings, or what is left of them, from both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sides {
    /// Other -> (targets, values).
    pub by_other: Csr,
    /// Target -> (others, values): the same entries.
    pub by_target: Csr,
}

impl Sides {
    /// The sides of `by_other`, whose columns are `n_targets`.
    pub fn new(by_other: Csr, n_targets: usize) -> Self {
        let by_target = transposed(&by_other, n_targets);
        Self { by_other, by_target }
    }

    /// Answers `questions`, a target at a time, on the threads of the current rayon pool. `answer` is given a target, who is asked, and the votes of
    /// the `k` targets nearest to it that this other rated.
    pub fn answer<S: Similarity>(
        &self,
        k: usize,
        questions: Questions,
        similarity: &S,
        answer: impl Fn(u32, u32, Votes) -> Answer + Sync + Send,
    ) -> Answers {
        let workspace = || (CoRatings::<S::CoRating>::new(self.by_target.n_rows()), Nearest::new(k));
        questions.answer(workspace, |(co_ratings, nearest), target, others, slots| {
            co_ratings.fill(target, self);
            for (slot, &other) in slots.iter_mut().zip(others) {
                *slot = answer(target, other, votes((target, other), self, similarity, co_ratings, nearest));
            }
        })
    }

    /// Of equally close targets, the one with fewer ratings comes first (what few know says more about who knows it), then
    /// the one of larger id.
    pub fn tie_break(&self, target: u32) -> TieBreak {
        (self.by_target.row(target).0.len() as u32, Reverse(target))
    }

    /// The sum of each target's squared values.
    pub fn squared_norms(&self) -> Vec<f64> {
        (0..self.by_target.n_rows() as u32)
            .map(|target| self.by_target.row(target).1.iter().map(|&value| f64::from(value).powi(2)).sum())
            .collect()
    }

    /// Whether both sides hold the same entries, for this many rows a side.
    pub fn validate(
        &self,
        demand: Demands,
        (target, n_targets): (&str, usize),
        (other, n_others): (&str, usize),
    ) -> Result<(), InvalidModel> {
        demand.sparse(other, &self.by_other, n_others, n_targets)?;
        demand.sparse(target, &self.by_target, n_targets, n_others)?;
        let same = transposed(&self.by_other, n_targets) == self.by_target;
        demand.that(same, "its two sides hold different ratings")
    }
}

/// The same entries, grouped by column.
pub fn transposed(rows: &Csr, n_columns: usize) -> Csr {
    let entries = (0..rows.n_rows() as u32).flat_map(|row| {
        let (columns, values) = rows.row(row);
        columns.iter().zip(values).map(move |(&column, &value)| (column, row, value))
    });
    Csr::from_entries(n_columns, entries)
}
