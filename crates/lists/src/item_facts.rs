//! What lists are made of beside scores: how alike two items are, how well known and how liked one is.

use dataset::{GenreSet, History, IdIndex, ItemId, Items};

/// Genres, and counts and means of the ratings that may be known, of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemFacts {
    items: IdIndex,
    genres: Vec<GenreSet>,
    n_ratings: Vec<usize>,
    mean_ratings: Vec<f64>,
    most: usize,
    mean_of_all: f64,
}

impl ItemFacts {
    /// Looks the items of the catalogue up in `history`.
    pub fn new(items: &Items, history: &History) -> Self {
        let counted = |item_id| {
            let values = history.by_item().row(history.items().index_of(item_id)?).1;
            Some((values.len(), values.iter().map(|&stars| f64::from(stars)).sum()))
        };
        Self::of_counts(items, counted, history.mean())
    }

    /// Takes what is counted: `counted` gives the number of an item's ratings and their sum in stars, where it has any, and `mean_of_all` is the mean of
    /// all ratings.
    pub fn of_counts(
        items: &Items,
        counted: impl Fn(ItemId) -> Option<(usize, f64)>,
        mean_of_all: f64,
    ) -> Self {
        let counted: Vec<(usize, f64)> =
            items.all().iter().map(|item| counted(item.item_id).unwrap_or_default()).collect();
        let mean = |&(n, sum): &(usize, f64)| if n == 0 { 0.0 } else { sum / n as f64 };
        let n_ratings: Vec<usize> = counted.iter().map(|&(n, _)| n).collect();
        Self {
            items: IdIndex::new(items.all().iter().map(|item| item.item_id)),
            genres: items.all().iter().map(|item| item.genres).collect(),
            mean_ratings: counted.iter().map(mean).collect(),
            most: n_ratings.iter().max().copied().unwrap_or(0),
            n_ratings,
            mean_of_all,
        }
    }

    /// The mean of all ratings, in stars.
    pub fn mean_of_all(&self) -> f64 {
        self.mean_of_all
    }

    /// Where an item stands in the catalogue.
    pub fn place(&self, item_id: ItemId) -> Option<usize> {
        self.items.index_of(item_id).map(|place| place as usize)
    }

    /// The cosine of the items' genres, in [0, 1]; 0 where one has none.
    pub fn likeness(&self, a: Option<usize>, b: Option<usize>) -> f64 {
        let genres = |place: Option<usize>| place.map(|place| self.genres[place]).unwrap_or_default();
        let (a, b) = (genres(a), genres(b));
        let lengths = f64::from(a.len()) * f64::from(b.len());
        if lengths > 0.0 { f64::from((a.0 & b.0).count_ones()) / lengths.sqrt() } else { 0.0 }
    }

    /// `ln(1 + ratings)` over that of the most rated item, in [0, 1].
    pub fn popularity(&self, place: Option<usize>) -> f64 {
        let n = place.map_or(0, |place| self.n_ratings[place]);
        if self.most == 0 { 0.0 } else { (n as f64).ln_1p() / (self.most as f64).ln_1p() }
    }

    /// How many ratings an item has.
    pub fn n_ratings(&self, place: Option<usize>) -> usize {
        place.map_or(0, |place| self.n_ratings[place])
    }

    /// The mean of an item's ratings, in stars; 0 where it has none.
    pub fn mean_rating(&self, place: Option<usize>) -> f64 {
        place.map_or(0.0, |place| self.mean_ratings[place])
    }
}
