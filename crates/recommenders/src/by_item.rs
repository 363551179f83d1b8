//! Whole catalogues for one user after the other: items are looked up once, not once a candidate.

use dataset::{IdIndex, ItemId, UserId};

use crate::FittedModel;
use crate::baskets::Weights;

/// In place of the index of an item that the model does not know.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// What can score items by their index.
pub(crate) trait ItemScorer: Sync {
    /// The items that the model knows.
    fn items(&self) -> &IdIndex;

    /// Writes into `out` the score of each of `items`, indices among [`ItemScorer::items`] or [`UNKNOWN`], for a user: the bits of
    /// [`crate::Scorer::score`].
    fn score_items(&self, user_id: UserId, items: &[u32], out: &mut [f64]);
}

/// A model that scores a fixed list of items for any user.
pub struct CatalogueScorer<'a> {
    scorer: &'a dyn ItemScorer,
    /// The index of each item of the list.
    items: Vec<u32>,
}

impl<'a> CatalogueScorer<'a> {
    /// Looks up the items of `catalogue`, which ascend; `None` where the model gains nothing from that, or its scores depend on the time.
    pub fn new(model: &'a FittedModel, catalogue: &[ItemId]) -> Option<Self> {
        let scorer = model.by_item()?;
        let indices = scorer.items().indices_of(catalogue);
        Some(Self { scorer, items: indices.into_iter().map(|index| index.unwrap_or(UNKNOWN)).collect() })
    }

    /// Writes into `out` the score of each item of the list for a user: the bits of [`crate::Scorer::score`]. On the calling thread alone.
    ///
    /// # Panics
    /// Where `out` has not one slot an item.
    pub fn score(&self, user_id: UserId, out: &mut [f64]) {
        assert_eq!(self.items.len(), out.len(), "one slot an item");
        self.scorer.score_items(user_id, &self.items, out);
    }
}

/// Scores items by the sums of what the items of a basket add, as [`crate::baskets::score_baskets`] does.
pub(crate) fn score_basket(basket: &[u32], weights: &impl Weights, items: &[u32], out: &mut [f64]) {
    let mut sums = vec![0.0; weights.n_items()];
    for &from in basket {
        weights.add_row(from, &mut sums);
    }
    for (slot, &item) in out.iter_mut().zip(items) {
        *slot = sums.get(item as usize).copied().unwrap_or(0.0);
    }
}

#[cfg(test)]
mod tests {
    use dataset::{Candidate, History, Items, Rating, Ratings, rng};

    use super::*;
    use crate::{BaseConfig, BaseModel, Content, Scorer as _};

    #[test]
    fn a_catalogue_is_scored_as_its_candidates_are() {
        let rating = |at: i64| {
            let value = (1 + (at * 7) % 5) as f32;
            Rating { user_id: at % 13, item_id: 3 * (at * at % 31), value, timestamp: at }
        };
        let mut rows: Vec<Rating> = (0..260).map(rating).collect();
        rows.sort_by_key(|row| (row.user_id, row.item_id));
        rows.dedup_by_key(|row| (row.user_id, row.item_id));
        let ratings: Ratings = rows.into_iter().collect();
        let history = History::new(&ratings);
        let items = Items::new((0..95).map(|id| (id, String::new(), Vec::new())).collect()).unwrap();
        let params = BaseConfig::default().check().unwrap().1;
        let catalogue: Vec<ItemId> = items.all().iter().map(|item| item.item_id).collect();
        let content = Content { items: &items, tags: &[] };
        let mut n_by_item = 0;
        for kind in BaseModel::ALL {
            let model = kind.fit(&history, content, &params, rng::stream(1, "test")).unwrap().model;
            let Some(scorer) = CatalogueScorer::new(&model, &catalogue) else { continue };
            n_by_item += 1;
            for user_id in [0, 5, 12, 99] {
                let candidate = |&item_id: &ItemId| Candidate { user_id, item_id, at: 0 };
                let candidates: Vec<Candidate> = catalogue.iter().map(candidate).collect();
                let mut out = vec![f64::NAN; catalogue.len()];
                scorer.score(user_id, &mut out);
                let bits = |scores: &[f64]| scores.iter().map(|score| score.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&out), bits(&model.scores(&candidates)), "{}", kind.name());
            }
        }
        assert!(n_by_item >= 8, "{n_by_item}");
    }
}
