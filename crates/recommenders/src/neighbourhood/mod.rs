//! The machinery that models of neighbours share.
//!
//! Rows of one side, the *targets*, are compared with each other through the *others* that rated both: in an item-kNN the
//! targets are the items and the others the users, in a user-kNN the other way round. A question (target, other) is
//! answered from the targets that this other rated, by how close they are to the question's target.
//!
//! There is no matrix of similarities. [`CoRatings`] computes the row of one target sparsely, and answering a batch asks for one row a
//! distinct target. That row costs the summed activity of the target's raters, so a batch of all targets costs the sum over
//! the others of their squared number of ratings; larger batches share rows between more candidates. Memory beside the model
//! is one row a thread.

mod co_ratings;
mod nearest;

use std::cmp::Reverse;

use dataset::{Candidate, Csr, IdIndex};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::InvalidModel;
use crate::validate::Demands;
pub use co_ratings::{Agreement, CoRating, CoRatings, Common, ProductSum};
pub use nearest::{Nearest, TieBreak};

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

/// A candidate whose target and other are both known, and its answer.
pub struct Question {
    target: u32,
    row: usize,
    /// Who is asked: the row of [`Sides::by_other`].
    pub other: u32,
    answer: Answer,
}

/// A score and what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// The score.
    pub score: f64,
    /// How much evidence there was; what is counted is the model's choice.
    pub support: f64,
}

/// The questions among `candidates`, ordered by target; those with an unknown side are left out.
pub fn questions(
    candidates: &[Candidate],
    targets: (&IdIndex, impl Fn(&Candidate) -> i64),
    others: (&IdIndex, impl Fn(&Candidate) -> i64),
) -> Vec<Question> {
    let mut questions: Vec<Question> = (candidates.iter().enumerate())
        .filter_map(|(row, candidate)| {
            let target = targets.0.index_of(targets.1(candidate))?;
            let other = others.0.index_of(others.1(candidate))?;
            Some(Question { target, row, other, answer: Answer { score: 0.0, support: 0.0 } })
        })
        .collect();
    questions.sort_unstable_by_key(|question| (question.target, question.row));
    questions
}

impl Sides {
    /// The sides of `by_other`, whose columns are `n_targets`.
    pub fn new(by_other: Csr, n_targets: usize) -> Self {
        let by_target = transposed(&by_other, n_targets);
        Self { by_other, by_target }
    }

    /// Answers `questions`, a target at a time, on the threads of the current rayon pool; calls `write` with each row
    /// and its answer. `answer` is given the co-ratings of the question's target and an empty [`Nearest`] of `k` places.
    pub fn answer<C: CoRating>(
        &self,
        k: usize,
        mut questions: Vec<Question>,
        answer: impl Fn(&Asked<'_, C>, &mut Nearest) -> Answer + Sync,
        mut write: impl FnMut(usize, Answer),
    ) {
        let workspace = || (CoRatings::<C>::new(self.by_target.n_rows()), Nearest::new(k));
        questions.par_chunk_by_mut(|a, b| a.target == b.target).for_each_init(
            workspace,
            |(co_ratings, nearest), of_one_target| {
                let target = of_one_target[0].target;
                co_ratings.fill(target, self);
                for question in of_one_target {
                    nearest.clear();
                    let asked = Asked { sides: self, target, other: question.other, co_ratings };
                    question.answer = answer(&asked, nearest);
                }
            },
        );
        for question in questions {
            write(question.row, question.answer);
        }
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

/// One question, with what is needed to answer it.
pub struct Asked<'a, C> {
    sides: &'a Sides,
    /// The target in question.
    pub target: u32,
    /// Who is asked.
    pub other: u32,
    /// The target's co-ratings with every target.
    pub co_ratings: &'a CoRatings<C>,
}

impl<C> Asked<'_, C> {
    /// The targets that the other rated, with the values; without the one in question, which is no neighbour of itself.
    pub fn rated(&self) -> impl Iterator<Item = (u32, f32)> {
        let (targets, values) = self.sides.by_other.row(self.other);
        let pairs = targets.iter().copied().zip(values.iter().copied());
        pairs.filter(|&(target, _)| target != self.target)
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
