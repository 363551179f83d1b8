//! `ItemKNNModel`: what did the user think of similar items.
//!
//! The similarity of two items is the cosine of their columns of raw ratings over the users, a missing rating being 0:
//! `sim(i, j) = sum over users v of r_vi * r_vj / (|r_i| * |r_j|)`.
//! The score is the similarity-weighted mean of the user's ratings over the `k` most similar items that the user rated.
//!
//! * Only items of positive similarity are neighbours (a negative one needs negative ratings). Where the user rated fewer
//!   than `k` of them, all count. Where there is none, all similarities count as 0, and the score is the plain mean of `k`.
//! * Of equally similar items, the one with fewer ratings comes first (what few know says more about who knows it), then
//!   the one of larger id. Equal means equal as rational numbers: see `neighbours`.
//! * The candidate item itself is no neighbour, should the user have rated it.
//! * Where the user or the item is unknown, or the user rated nothing else, the score is the mean rating.
//!
//! There is no matrix of similarities. `co_ratings` computes the row of one item sparsely, and scoring asks for one row
//! a distinct item of the batch. That row costs the summed activity of the item's raters, so a batch of all items costs the
//! sum over users of their squared number of ratings; larger batches share rows between more candidates.

mod co_ratings;
mod neighbours;

use std::cmp::Reverse;

use dataset::{Candidate, Csr, History, IdIndex};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::params::in_range;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, InvalidParam, Params, Scorer};
use co_ratings::CoRatings;
use neighbours::{Nearest, TieBreak};

/// More neighbours than this are not supported.
const MAX_K: usize = 10_000;

/// The hyper-parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ItemKnnParams {
    /// How many neighbours count, in [1, 10000].
    pub k: usize,
}

impl Default for ItemKnnParams {
    /// The reference's value.
    fn default() -> Self {
        Self { k: 40 }
    }
}

impl Params for ItemKnnParams {
    fn validate(&self) -> Result<(), InvalidParam> {
        in_range("item_knn.k", self.k, 1..=MAX_K)
    }
}

/// The fitted model: the ratings themselves, from both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemKnnModel {
    k: usize,
    mean: f64,
    users: IdIndex,
    items: IdIndex,
    by_user: Csr,
    by_item: Csr,
    /// The sum of each item's squared ratings.
    squared_norms: Vec<f64>,
}

impl ItemKnnModel {
    /// Keeps the ratings of `history`; similarities are computed when they are asked for.
    pub fn fit(history: &History, params: &Checked<ItemKnnParams>) -> Self {
        Self {
            k: params.k,
            mean: history.mean(),
            users: history.users().clone(),
            items: history.items().clone(),
            by_user: history.by_user().clone(),
            by_item: history.by_item().clone(),
            squared_norms: squared_norms(history.by_item()),
        }
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        let demand = Demands { model: BaseModel::ItemKnn.name() };
        let (n_users, n_items) = (self.users.len(), self.items.len());
        demand.that((1..=MAX_K).contains(&self.k), "its number of neighbours is out of range")?;
        demand.number("mean", self.mean)?;
        demand.ids("user", &self.users)?;
        demand.ids("item", &self.items)?;
        demand.sparse("user", &self.by_user, n_users, n_items)?;
        demand.sparse("item", &self.by_item, n_items, n_users)?;
        demand.that(
            transposed(&self.by_user, n_items) == self.by_item,
            "its two sides hold different ratings",
        )?;
        demand.that(squared_norms(&self.by_item) == self.squared_norms, "its norms do not fit its ratings")
    }

    /// The score of one question, given the co-ratings of its item.
    fn answer(&self, question: &Question, co_ratings: &CoRatings, nearest: &mut Nearest) -> f64 {
        let (rated, values) = self.by_user.row(question.user);
        let others = || rated.iter().zip(values).filter(|&(&item, _)| item != question.item);
        nearest.clear();
        for (&item, &rating) in others() {
            let sum = co_ratings.sum(item).max(0.0);
            nearest.push(item, sum * sum / self.squared_norms[item as usize], rating);
        }
        nearest.mean(|item| self.tie_break(item)).or_else(|| self.plain_mean(others())).unwrap_or(self.mean)
    }

    /// The mean of the first k ratings where all items are equally similar; `None` where there is none.
    fn plain_mean<'a>(&self, rated: impl Iterator<Item = (&'a u32, &'a f32)>) -> Option<f64> {
        let mut rated: Vec<(TieBreak, f32)> =
            rated.map(|(&item, &rating)| (self.tie_break(item), rating)).collect();
        rated.sort_unstable_by_key(|&(tie_break, _)| tie_break);
        rated.truncate(self.k);
        let sum: f64 = rated.iter().map(|&(_, rating)| f64::from(rating)).sum();
        (!rated.is_empty()).then(|| sum / rated.len() as f64)
    }

    fn tie_break(&self, item: u32) -> TieBreak {
        (self.by_item.row(item).0.len() as u32, Reverse(item))
    }
}

/// A candidate whose user and item are both known.
struct Question {
    item: u32,
    user: u32,
    row: usize,
    score: f64,
}

impl Scorer for ItemKnnModel {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        assert_eq!(candidates.len(), out.len(), "one slot a candidate");
        out.fill(self.mean);
        let mut questions: Vec<Question> = (candidates.iter().enumerate())
            .filter_map(|(row, candidate)| {
                let item = self.items.index_of(candidate.item_id)?;
                let user = self.users.index_of(candidate.user_id)?;
                Some(Question { item, user, row, score: self.mean })
            })
            .collect();
        questions.sort_unstable_by_key(|question| (question.item, question.row));
        let workspace = || (CoRatings::new(self.items.len()), Nearest::new(self.k));
        questions.par_chunk_by_mut(|a, b| a.item == b.item).for_each_init(
            workspace,
            |(co_ratings, nearest), of_one_item| {
                co_ratings.fill(of_one_item[0].item, &self.by_item, &self.by_user);
                for question in of_one_item {
                    question.score = self.answer(question, co_ratings, nearest);
                }
            },
        );
        for question in questions {
            out[question.row] = question.score;
        }
    }
}

fn squared_norms(by_item: &Csr) -> Vec<f64> {
    (0..by_item.n_rows() as u32)
        .map(|item| by_item.row(item).1.iter().map(|&value| f64::from(value) * f64::from(value)).sum())
        .collect()
}

/// The same entries, grouped by column.
pub(crate) fn transposed(rows: &Csr, n_columns: usize) -> Csr {
    let entries = (0..rows.n_rows() as u32).flat_map(|row| {
        let (columns, values) = rows.row(row);
        columns.iter().zip(values).map(move |(&column, &value)| (column, row, value))
    });
    Csr::from_entries(n_columns, entries)
}

#[cfg(test)]
mod tests;
