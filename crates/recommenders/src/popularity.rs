//! `Popularity`: how many rated this item.
//!
//! `score = ln(1 + n_i)`, the same for every user; good for ordering only. An item without ratings gets 0. The usual yardstick that a
//! personalised model has to beat (Cremonesi, Koren and Turrin, "Performance of recommender algorithms on top-N
//! recommendation tasks", `RecSys` 2010: `TopPop`).

use dataset::{Candidate, History, IdIndex, ItemStatistics, UserId};
use serde::{Deserialize, Serialize};

use crate::by_item::ItemScorer;
use crate::evidence::{Asked, Because, Evidence};
use crate::scorer::score_indexed;
use crate::validate::Demands;
use crate::{BaseModel, InvalidModel, Scorer};

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Popularity {
    items: IdIndex,
    n_ratings: Vec<u32>,
}

impl Popularity {
    /// Counts the ratings of each item of `history`.
    pub fn fit(history: &History) -> Self {
        let count = |item| history.by_item().row(item).0.len() as u32;
        let items = history.items().clone();
        Self { n_ratings: (0..items.len() as u32).map(count).collect(), items }
    }

    /// The same of counts.
    pub(crate) fn of(statistics: &ItemStatistics) -> Self {
        Self { items: statistics.items.clone(), n_ratings: statistics.n_ratings.clone() }
    }

    /// What carried the scores.
    pub(crate) fn evidence(&self, asked: &Asked<'_>) -> Vec<Evidence> {
        asked.each(self, |candidate, score| {
            let raters = self.items.index_of(candidate.item_id);
            let raters = raters.map_or(0, |item| self.n_ratings[item as usize]);
            Evidence::new(score, 0.0, Because::Popularity { raters })
        })
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        let demand = Demands { model: BaseModel::Popularity.name() };
        demand.ids("item", &self.items)?;
        demand.that(self.n_ratings.len() == self.items.len(), "the number of its counts is wrong")
    }
}

impl ItemScorer for Popularity {
    fn items(&self) -> &IdIndex {
        &self.items
    }

    fn score_items(&self, _: UserId, items: &[u32], out: &mut [f64]) {
        for (slot, &item) in out.iter_mut().zip(items) {
            let n_ratings = self.n_ratings.get(item as usize).copied().unwrap_or(0);
            *slot = f64::from(n_ratings).ln_1p();
        }
    }
}

impl Scorer for Popularity {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        score_indexed(candidates, out, &IdIndex::default(), [&self.items], |_, [item]| {
            f64::from(item.map_or(0, |item| self.n_ratings[item as usize])).ln_1p()
        });
    }
}

#[cfg(test)]
mod tests {
    use dataset::{Rating, Ratings};

    use super::*;

    #[test]
    fn score_is_the_logarithm_of_the_count_for_every_user() {
        let rating = |(user_id, item_id)| Rating { user_id, item_id, value: 1.0, timestamp: 0 };
        let ratings: Ratings = [(1, 10), (2, 10), (2, 20)].map(rating).into_iter().collect();
        let model = Popularity::fit(&History::new(&ratings));
        let asked = [(1, 10), (7, 10), (1, 20), (1, 30)];
        let asked = asked.map(|(user_id, item_id)| Candidate { user_id, item_id, at: 0 });
        let (two, one) = (2f64.ln_1p(), 1f64.ln_1p());
        assert_eq!(model.scores(&asked), [two, two, one, 0.0]);
        assert!(Popularity { n_ratings: vec![1], ..model }.validate().is_err());
    }
}
