//! The features of items that users are regressed on.

use dataset::{GenreSet, History, IdIndex, ItemId, Items};
use serde::{Deserialize, Serialize};

use crate::InvalidModel;
use crate::baseline::Baseline;
use crate::evidence::Trait;
use crate::validate::Demands;

/// Year, damped mean, popularity.
const N_NUMERIC: usize = 3;

/// The features of every item of the catalogue or the ratings, stored sparsely. Feature `g` is the genre `g`; behind the genres
/// stand year, damped mean, logarithm of the number of ratings, and the constant 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemFeatures {
    n_genres: usize,
    items: IdIndex,
    genres: Vec<GenreSet>,
    /// Standardised over the ratings, so that an item counts as often as it was rated; 0 is the mean.
    numeric: Vec<[f64; N_NUMERIC]>,
}

impl ItemFeatures {
    /// The features as of `history`; the numeric ones are scaled to the standard deviation `numeric_scale`.
    pub fn new(history: &History, items: &Items, baseline: &Baseline, numeric_scale: f64) -> Self {
        let known = history.items();
        let index =
            IdIndex::new(items.all().iter().map(|item| item.item_id).chain(known.ids().iter().copied()));
        let n_ratings_of =
            |item_id| known.index_of(item_id).map_or(0, |item| history.by_item().row(item).0.len());
        let raw = |&item_id: &ItemId| {
            let n_ratings = n_ratings_of(item_id) as f64;
            let damped_mean =
                known.index_of(item_id).map_or(0.0, |item| baseline.item_offsets[item as usize]);
            [
                items.get(item_id).and_then(|item| item.year).map_or(f64::NAN, f64::from),
                damped_mean,
                n_ratings.ln_1p(),
            ]
        };
        let mut numeric: Vec<[f64; N_NUMERIC]> = index.ids().iter().map(raw).collect();
        let weights: Vec<f64> = index.ids().iter().map(|&item_id| n_ratings_of(item_id) as f64).collect();
        for at in 0..N_NUMERIC {
            let (mean, std) =
                weighted_moments(numeric.iter().map(|row| row[at]).zip(weights.iter().copied()));
            let factor = if std > 0.0 { numeric_scale / std } else { 0.0 };
            for row in &mut numeric {
                row[at] = if row[at].is_nan() { 0.0 } else { (row[at] - mean) * factor };
            }
        }
        let genres_of =
            |&item_id: &ItemId| items.get(item_id).map_or(GenreSet::default(), |item| item.genres);
        let genres = index.ids().iter().map(genres_of).collect();
        Self { n_genres: items.genre_names().len(), items: index, genres, numeric }
    }

    /// How many features there are.
    pub fn len(&self) -> usize {
        self.n_genres + N_NUMERIC + 1
    }

    /// The items, in the order of their places.
    pub fn items(&self) -> &IdIndex {
        &self.items
    }

    /// Where each of `items`, all of them known, stands.
    pub fn rows_of(&self, items: &IdIndex) -> Vec<u32> {
        items.ids().iter().filter_map(|&item_id| self.items.index_of(item_id)).collect()
    }

    /// The features of the item at `index` that may differ from 0, ascending.
    ///
    /// # Panics
    /// Where there is no such item.
    pub fn of(&self, index: u32) -> impl Iterator<Item = (usize, f64)> {
        let genres = self.genres[index as usize];
        let weight = f64::from(genres.len().max(1)).sqrt().recip();
        let numeric = self.numeric[index as usize].into_iter().chain([1.0]).enumerate();
        genres
            .iter()
            .map(move |genre| (genre, weight))
            .chain(numeric.map(|(at, value)| (self.n_genres + at, value)))
    }

    /// What the feature `feature` is.
    pub fn trait_of(&self, feature: usize) -> Trait {
        match feature.checked_sub(self.n_genres) {
            None => Trait::Genre(feature),
            Some(0) => Trait::Year,
            Some(1) => Trait::Mean,
            Some(2) => Trait::Popularity,
            Some(_) => Trait::Constant,
        }
    }

    /// Whether the parts fit together.
    pub fn validate(&self, demand: Demands) -> Result<(), InvalidModel> {
        demand.that(self.n_genres <= GenreSet::CAPACITY, "it has too many genres")?;
        demand.ids("catalogue", &self.items)?;
        demand.that(self.genres.len() == self.items.len(), "the number of its genre sets is wrong")?;
        let known = self.genres.iter().all(|genres| genres.iter().all(|genre| genre < self.n_genres));
        demand.that(known, "an item has a genre that does not exist")?;
        demand.numbers("item features", self.numeric.as_flattened(), self.items.len().checked_mul(N_NUMERIC))
    }
}

/// Mean and standard deviation of the values that are no NaN, each with its weight; zeros where there is none.
fn weighted_moments(values: impl Iterator<Item = (f64, f64)> + Clone) -> (f64, f64) {
    let values = || values.clone().filter(|(value, _)| !value.is_nan());
    let total: f64 = values().map(|(_, weight)| weight).sum();
    if total <= 0.0 {
        return (0.0, 0.0);
    }
    let mean = values().map(|(value, weight)| value * weight).sum::<f64>() / total;
    let variance = values().map(|(value, weight)| weight * (value - mean).powi(2)).sum::<f64>() / total;
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_weighted_and_skip_missing_values() {
        // (1 * 1 + 3 * 5) / 4 = 4; (1 * 9 + 3 * 1) / 4 = 3
        let (mean, std) = weighted_moments([(1.0, 1.0), (5.0, 3.0), (f64::NAN, 7.0)].into_iter());
        assert_eq!((mean, std), (4.0, 3f64.sqrt()));
        assert_eq!(weighted_moments([(2.0, 0.0)].into_iter()), (0.0, 0.0));
    }
}
