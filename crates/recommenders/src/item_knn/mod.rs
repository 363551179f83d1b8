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

mod co_ratings;
mod coded;
mod evidence;

use std::marker::PhantomData;
use std::sync::OnceLock;

use dataset::{Candidate, Csr, History, IdIndex};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fold_in::{KnownUser, NewUsers};
use crate::neighbourhood::{
    Answer, Answers, HalfStarProducts, Lacking, Lanes, MAX_K, Products, Questions, Sides, Similarity,
    TieBreak, Voter, Votes, squared_norms,
};
use crate::params::in_range;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, InvalidParam, Params, Scorer};
use co_ratings::CoRatings;

pub use co_ratings::{CoRatingsError, CodedRow};
pub use coded::BrokenRow;

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

/// The fitted model: the ratings themselves, from both sides, or what they say of the items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemKnnModel {
    k: usize,
    mean: f64,
    users: IdIndex,
    items: IdIndex,
    compared: Compared,
    /// The sum of each item's squared ratings.
    squared_norms: Vec<f64>,
}

/// What items are compared by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Compared {
    /// The ratings: sums of products are taken through the users when they are asked for.
    Ratings(Sides),
    /// The sums themselves.
    CoRatings(CoRatings),
}

impl Compared {
    /// User -> (items, ratings).
    fn by_user(&self) -> &Csr {
        match self {
            Self::Ratings(ratings) => &ratings.by_other,
            Self::CoRatings(sums) => sums.by_user(),
        }
    }

    fn tie_break(&self, item: u32) -> TieBreak {
        match self {
            Self::Ratings(ratings) => ratings.tie_break(item),
            Self::CoRatings(sums) => sums.tie_break(item),
        }
    }

    /// Who the votes of the answers to `questions` (item, user) are from.
    fn voters(&self, k: usize, questions: &[(u32, u32)], cosine: &Cosine<'_, Products>) -> Vec<Vec<Voter>> {
        match self {
            Self::Ratings(ratings) => ratings.voters(k, questions, cosine),
            Self::CoRatings(sums) => sums.voters(k, questions, cosine),
        }
    }
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
            squared_norms: squared_norms(&ratings.by_target),
            compared: Compared::Ratings(ratings),
        }
    }

    /// This model with the users of `history` added: what they rated is looked at, and tells nothing of which items are similar.
    pub(crate) fn fold_in(self, history: &History) -> Result<Self, KnownUser> {
        let new = NewUsers::new(history, &self.users, &self.items)?;
        let compared = match self.compared {
            Compared::Ratings(ratings) => Compared::Ratings(ratings.with_others(&new, &new.ratings)),
            Compared::CoRatings(sums) => Compared::CoRatings(sums.with_users(&new)),
        };
        Ok(Self { users: new.users(), compared, ..self })
    }

    /// Whether no user is known.
    pub(crate) fn has_no_users(&self) -> bool {
        self.users.is_empty()
    }

    /// The same without users. Where their ratings are what items are compared by, the sums of products are taken first, which costs the sum over
    /// the users of their squared number of ratings.
    pub(crate) fn forget_users(mut self) -> Self {
        let empty = Compared::CoRatings(CoRatings::default());
        match std::mem::replace(&mut self.compared, empty) {
            Compared::Ratings(ratings) => self.without_ratings(&ratings),
            Compared::CoRatings(sums) => {
                let compared = Compared::CoRatings(sums.without_users());
                Self { users: IdIndex::default(), compared, ..self }
            }
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
        match &self.compared {
            Compared::Ratings(ratings) => {
                ratings.validate(demand, ("item", n_items), ("user", n_users), Lacking::FoldedIn)?;
                let fit = squared_norms(&ratings.by_target) == self.squared_norms;
                demand.that(fit, "its norms do not fit its ratings")
            }
            Compared::CoRatings(sums) => {
                demand.sparse("user", sums.by_user(), n_users, n_items)?;
                demand.numbers("norms", &self.squared_norms, Some(n_items))?;
                let problem = sums.problem(n_items);
                demand.that(problem.is_none(), problem.unwrap_or_default())
            }
        }
    }

    /// Answers every candidate whose user and item are known.
    fn answers(&self, candidates: &[Candidate]) -> Answers {
        let items = (&self.items, |candidate: &Candidate| candidate.item_id);
        let users = (&self.users, |candidate: &Candidate| candidate.user_id);
        let questions = Questions::new(candidates, items, users);
        // Users without similar items have the same plain mean for all of them. For few candidates it is not worth the memory.
        let n_cached = if candidates.len() > self.users.len() { self.users.len() } else { 0 };
        let plain_means: Vec<OnceLock<f64>> = vec![OnceLock::new(); n_cached];
        let answer = |item, user, votes: Votes| {
            if votes.weight > 0.0 {
                return Answer { score: votes.total / votes.weight, support: f64::from(votes.n) };
            }
            let plain_mean = || self.plain_mean(user, item).unwrap_or(self.mean);
            let cached = plain_means.get(user as usize);
            let score = match cached.filter(|_| self.compared.by_user().get(user, item).is_none()) {
                Some(cached) => *cached.get_or_init(plain_mean),
                None => plain_mean(),
            };
            Answer { score, support: 0.0 }
        };
        let products = Cosine::<Products>::new(&self.squared_norms);
        let ratings = match &self.compared {
            Compared::Ratings(ratings) => ratings,
            Compared::CoRatings(sums) => return sums.answer(self.k, questions, &products, answer),
        };
        // Sums of half the width, where they are as exact and worth the look at all ratings.
        let max_norm = self.squared_norms.iter().copied().fold(0.0, f64::max);
        let mut values = (0..self.users.len() as u32).flat_map(|user| ratings.by_other.row(user).1);
        if n_cached > 0 && HalfStarProducts::are_exact(&mut values, max_norm) {
            let cosine = Cosine::<HalfStarProducts>::new(&self.squared_norms);
            ratings.answer(self.k, questions, &cosine, answer)
        } else {
            ratings.answer(self.k, questions, &products, answer)
        }
    }

    /// The mean of the first k ratings of `user`, but for `item`'s, where all items are equally similar; `None` where there is none.
    fn plain_mean(&self, user: u32, item: u32) -> Option<f64> {
        let (rated, values) = self.compared.by_user().row(user);
        let others = rated.iter().zip(values).filter(|&(&rated, _)| rated != item);
        let mut others: Vec<(TieBreak, f32)> =
            others.map(|(&rated, &rating)| (self.compared.tie_break(rated), rating)).collect();
        others.sort_unstable_by_key(|&(tie_break, _)| tie_break);
        others.truncate(self.k);
        let sum: f64 = others.iter().map(|&(_, rating)| f64::from(rating)).sum();
        (!others.is_empty()).then(|| sum / others.len() as f64)
    }
}

/// The squared cosine of raw ratings without the norm of the item in question, from exact sums of products.
struct Cosine<'a, L> {
    squared_norms: &'a [f64],
    sums: PhantomData<fn() -> L>,
}

impl<'a, L> Cosine<'a, L> {
    fn new(squared_norms: &'a [f64]) -> Self {
        Self { squared_norms, sums: PhantomData }
    }
}

impl<L: Lanes<CoRating = f64>> Similarity for Cosine<'_, L> {
    type Sums = L;

    fn norms(&self) -> &[f64] {
        self.squared_norms
    }

    #[inline]
    fn closeness(&self, product_sum: f64, squared_norm: f64) -> f64 {
        let sum = product_sum.max(0.0);
        sum * sum / squared_norm
    }

    #[inline]
    fn weight(closeness: f64) -> f64 {
        closeness.sqrt()
    }
}

impl Scorer for ItemKnnModel {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        assert_eq!(candidates.len(), out.len(), "one slot a candidate");
        let answers = self.answers(candidates);
        let rows = out.par_iter_mut().zip(answers.by_candidate());
        rows.for_each(|(score, answer)| *score = answer.map_or(self.mean, |answer| answer.score));
    }

    fn score_with_support(&self, candidates: &[Candidate], scores: &mut [f64], support: &mut [f64]) {
        assert_eq!(
            (candidates.len(), candidates.len()),
            (scores.len(), support.len()),
            "one slot a candidate"
        );
        let unknown = Answer { score: self.mean, support: 0.0 };
        let answers = self.answers(candidates);
        let rows = scores.par_iter_mut().zip(support).zip(answers.by_candidate());
        rows.for_each(|((score, support), answer)| {
            let answer = answer.unwrap_or(unknown);
            (*score, *support) = (answer.score, answer.support);
        });
    }
}

#[cfg(test)]
mod tests;
