//! How alike two items are, and how well known one is: what re-ranking weighs against relevance.

use dataset::{GenreSet, History, IdIndex, ItemId, Items};

/// Genres and numbers of ratings of the catalogue.
pub struct Likeness {
    items: IdIndex,
    genres: Vec<GenreSet>,
    n_ratings: Vec<usize>,
    most: usize,
}

impl Likeness {
    /// Looks the items of the catalogue up in `history`.
    pub fn new(items: &Items, history: &History) -> Self {
        let n_ratings = |item_id: ItemId| {
            let item = history.items().index_of(item_id);
            item.map_or(0, |item| history.by_item().row(item).0.len())
        };
        let n_ratings: Vec<usize> = items.all().iter().map(|item| n_ratings(item.item_id)).collect();
        Self {
            items: IdIndex::new(items.all().iter().map(|item| item.item_id)),
            genres: items.all().iter().map(|item| item.genres).collect(),
            most: n_ratings.iter().max().copied().unwrap_or(0),
            n_ratings,
        }
    }

    /// Where an item stands in the catalogue.
    pub fn place(&self, item_id: ItemId) -> Option<usize> {
        self.items.index_of(item_id).map(|place| place as usize)
    }

    /// The cosine of the items' genres, in [0, 1]; 0 where one has none.
    pub fn of(&self, a: Option<usize>, b: Option<usize>) -> f64 {
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
}
