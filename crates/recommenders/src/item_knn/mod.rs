//! `ItemKNNModel`: what did the user think of similar items.
//!
//! The similarity of two items is the cosine of their columns of raw ratings over the users, a missing rating being 0:
//! `sim(i, j) = sum over users v of r_vi * r_vj / (|r_i| * |r_j|)`.
//! The score is the similarity-weighted mean of the user's ratings over the `k` most similar items that the user rated.
//!
//! * Only items of positive similarity are neighbours (a negative one needs negative ratings). Where the user rated fewer
//!   than `k` of them, all count. Where there is none, all similarities count as 0, and the score is the plain mean of `k`.
//! * Of equally similar items, the one with fewer ratings comes first (what few know says more about who knows it), then
//!   the one of larger id. Equal means equal as rational numbers.
//! * The candidate item itself is no neighbour, should the user have rated it.
//! * Where the user or the item is unknown, or the user rated nothing else, the score is the mean rating.
//!
//! The support of a score is the number of neighbours behind it: those of positive similarity among the `k`.
//!
//! Neighbours are ordered by the squared similarity without the candidate item's norm, which is the same in all of its
//! similarities: `sum² / |r_j|²` needs no square root, and ratings in half stars make both parts exact in f64, so that similarities
//! that are equal as rational numbers compare equal, and the documented order decides instead of a rounding error.

use dataset::{Candidate, History, IdIndex};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::neighbourhood::{Answer, Asked, MAX_K, Nearest, ProductSum, Sides, TieBreak, questions};
use crate::params::in_range;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, InvalidParam, Params, Scorer};

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
    /// The items are compared, through the users.
    ratings: Sides,
    /// The sum of each item's squared ratings.
    squared_norms: Vec<f64>,
}

impl ItemKnnModel {
    /// Keeps the ratings of `history`; similarities are computed when they are asked for.
    pub fn fit(history: &History, params: &Checked<ItemKnnParams>) -> Self {
        let ratings = Sides { by_other: history.by_user().clone(), by_target: history.by_item().clone() };
        Self {
            k: params.k,
            mean: history.mean(),
            users: history.users().clone(),
            items: history.items().clone(),
            squared_norms: ratings.squared_norms(),
            ratings,
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
        self.ratings.validate(demand, ("item", n_items), ("user", n_users))?;
        demand.that(self.ratings.squared_norms() == self.squared_norms, "its norms do not fit its ratings")
    }

    /// Answers every candidate and calls `write` with its row.
    fn answer(&self, candidates: &[Candidate], write: impl FnMut(usize, Answer)) {
        let items = (&self.items, |candidate: &Candidate| candidate.item_id);
        let users = (&self.users, |candidate: &Candidate| candidate.user_id);
        let answer = |asked: &Asked<'_, ProductSum>, nearest: &mut Nearest| self.answer_one(asked, nearest);
        self.ratings.answer(self.k, questions(candidates, items, users), answer, write);
    }

    fn answer_one(&self, asked: &Asked<'_, ProductSum>, nearest: &mut Nearest) -> Answer {
        for (item, rating) in asked.rated() {
            let sum = asked.co_ratings.with(item).0.max(0.0);
            nearest.push(item, sum * sum / self.squared_norms[item as usize], rating);
        }
        let neighbours = nearest.neighbours(|item| self.ratings.tie_break(item));
        let (mut total, mut total_weight) = (0.0, 0.0);
        for neighbour in neighbours {
            let weight = neighbour.closeness.sqrt();
            total += weight * f64::from(neighbour.value);
            total_weight += weight;
        }
        if total_weight > 0.0 {
            return Answer { score: total / total_weight, support: neighbours.len() as f64 };
        }
        Answer { score: self.plain_mean(asked.rated()).unwrap_or(self.mean), support: 0.0 }
    }

    /// The mean of the first k ratings where all items are equally similar; `None` where there is none.
    fn plain_mean(&self, rated: impl Iterator<Item = (u32, f32)>) -> Option<f64> {
        let mut rated: Vec<(TieBreak, f32)> =
            rated.map(|(item, rating)| (self.ratings.tie_break(item), rating)).collect();
        rated.sort_unstable_by_key(|&(tie_break, _)| tie_break);
        rated.truncate(self.k);
        let sum: f64 = rated.iter().map(|&(_, rating)| f64::from(rating)).sum();
        (!rated.is_empty()).then(|| sum / rated.len() as f64)
    }
}

impl Scorer for ItemKnnModel {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        assert_eq!(candidates.len(), out.len(), "one slot a candidate");
        out.fill(self.mean);
        self.answer(candidates, |row, answer| out[row] = answer.score);
    }

    fn score_with_support(&self, candidates: &[Candidate], scores: &mut [f64], support: &mut [f64]) {
        assert_eq!(
            (candidates.len(), candidates.len()),
            (scores.len(), support.len()),
            "one slot a candidate"
        );
        scores.fill(self.mean);
        support.fill(0.0);
        self.answer(candidates, |row, answer| (scores[row], support[row]) = (answer.score, answer.support));
    }
}

#[cfg(test)]
mod tests;
