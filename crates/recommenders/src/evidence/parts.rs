//! What is asked, and the answer put together from a score's parts.

use dataset::{Candidate, History, ItemId};
use rayon::prelude::*;

use super::{Because, Evidence, ItemShare, Trait, TraitShare};
use crate::Scorer;

/// A request for evidence.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Of which scores.
    pub candidates: &'a [Candidate],
    /// What the users rated.
    pub known: &'a History,
    /// How many parts are wanted at most.
    pub limit: usize,
}

impl Asked<'_> {
    /// Takes each score of `model` apart by itself.
    pub fn each(
        &self,
        model: &impl Scorer,
        take_apart: impl Fn(Candidate, f64) -> Evidence + Sync,
    ) -> Vec<Evidence> {
        let rows = model.scores(self.candidates).into_par_iter().zip(self.candidates);
        rows.map(|(score, &candidate)| take_apart(candidate, score)).collect()
    }

    /// Takes the scores of `model` apart, one user's run of candidates after the other.
    pub fn each_user(
        &self,
        model: &impl Scorer,
        take_apart: impl Fn(&[Candidate], &[f64]) -> Vec<Evidence> + Sync + Send,
    ) -> Vec<Evidence> {
        let scores = model.scores(self.candidates);
        let mut rest = &scores[..];
        let mut runs = Vec::new();
        for run in self.candidates.chunk_by(|a, b| a.user_id == b.user_id) {
            let (of_run, others) = rest.split_at(run.len());
            runs.push((run, of_run));
            rest = others;
        }
        let runs: Vec<Vec<Evidence>> =
            runs.into_par_iter().map(|(run, scores)| take_apart(run, scores)).collect();
        runs.into_iter().flatten().collect()
    }

    /// What the user rated: items and ratings, by ascending id; empty where nothing is known.
    pub fn rated(&self, user_id: i64) -> impl Iterator<Item = (ItemId, f32)> + Clone {
        let row = self.known.users().index_of(user_id).map(|user| self.known.by_user().row(user));
        let (items, values) = row.unwrap_or_default();
        items.iter().zip(values).map(|(&item, &value)| (self.known.items().id_at(item), value))
    }

    fn rating(&self, user_id: i64, item_id: ItemId) -> Option<f32> {
        let user = self.known.users().index_of(user_id)?;
        self.known.by_user().get(user, self.known.items().index_of(item_id)?)
    }

    /// A score that rated items carried.
    pub fn items(
        &self,
        candidate: Candidate,
        score: f64,
        base: f64,
        shares: impl Iterator<Item = (ItemId, f64)>,
    ) -> Evidence {
        let shares = self.largest(shares);
        let item =
            |(item_id, share)| ItemShare { item_id, rating: self.rating(candidate.user_id, item_id), share };
        let because = if shares.is_empty() {
            Because::Nothing
        } else {
            Because::Items(shares.into_iter().map(item).collect())
        };
        Evidence::new(score, base, because)
    }

    /// A score that the item's traits carried.
    pub fn traits(&self, score: f64, base: f64, shares: impl Iterator<Item = (Trait, f64)>) -> Evidence {
        let shares = self.largest(shares);
        let because = if shares.is_empty() {
            Because::Nothing
        } else {
            Because::Traits(shares.into_iter().map(|(of, share)| TraitShare { of, share }).collect())
        };
        Evidence::new(score, base, because)
    }

    /// The shares that are farthest from 0, of equal ones those of smaller key first; none that is 0.
    fn largest<K: Ord>(&self, shares: impl Iterator<Item = (K, f64)>) -> Vec<(K, f64)> {
        let mut shares: Vec<(K, f64)> = shares.filter(|(_, share)| *share != 0.0).collect();
        shares.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(&b.0)));
        shares.truncate(self.limit);
        shares
    }
}

impl Evidence {
    /// Puts in the rest.
    pub(crate) fn new(score: f64, base: f64, because: Because) -> Self {
        Self { score, base, rest: score - base - because.sum(), because }
    }

    /// A score that nothing moved.
    pub(crate) fn nothing(score: f64, base: f64) -> Self {
        Self::new(score, base, Because::Nothing)
    }
}

#[cfg(test)]
mod tests {
    use dataset::{Rating, Ratings};

    use super::*;

    #[test]
    fn the_largest_parts_are_kept_and_the_others_are_the_rest() {
        let rating = |item_id| Rating { user_id: 1, item_id, value: 4.5, timestamp: 0 };
        let known = History::new(&[rating(10), rating(30)].into_iter().collect::<Ratings>());
        let candidate = Candidate { user_id: 1, item_id: 99, at: 0 };
        let asked = Asked { candidates: &[candidate], known: &known, limit: 2 };
        let shares = [(10, 0.25), (20, 0.0), (30, -0.5), (40, 0.25)];
        let evidence = asked.items(candidate, 4.0, 3.75, shares.into_iter());
        let share = |item_id, share| ItemShare { item_id, rating: Some(4.5), share };
        assert_eq!(evidence.because, Because::Items(vec![share(30, -0.5), share(10, 0.25)]));
        assert_eq!((evidence.base + evidence.because.sum() + evidence.rest, evidence.rest), (4.0, 0.5));
        assert_eq!(asked.rated(1).collect::<Vec<_>>(), [(10, 4.5), (30, 4.5)]);
        assert_eq!(asked.rated(2).count(), 0);
        assert_eq!(asked.items(candidate, 4.0, 4.0, std::iter::empty()), Evidence::nothing(4.0, 4.0));
    }
}
