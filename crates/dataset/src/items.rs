//! What is known of an item besides its ratings.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ItemId;

/// A set of genres: bit `g` stands for the genre at index `g` of [`Items::genre_names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GenreSet(pub u64);

impl GenreSet {
    /// How many genres a data set may have.
    pub const CAPACITY: usize = 64;

    /// Adds the genre at `index`, below [`GenreSet::CAPACITY`].
    pub fn insert(&mut self, index: usize) {
        self.0 |= 1 << index;
    }

    /// How many genres are in the set.
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether the set has no genre.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The indices of the genres, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let index = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                index
            })
        })
    }
}

/// One item of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The id in the raw files.
    pub item_id: ItemId,
    /// The title as published, the year included.
    pub title: String,
    /// The year at the end of the title, where there is one.
    pub year: Option<i32>,
    /// Its genres.
    pub genres: GenreSet,
}

/// The catalogue, in ascending order of the id.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Items {
    genre_names: Vec<String>,
    items: Vec<Item>,
}

/// More distinct genres than [`GenreSet::CAPACITY`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found} distinct genres, at most {} are supported", GenreSet::CAPACITY)]
pub struct TooManyGenres {
    /// How many were found.
    pub found: usize,
}

impl Items {
    /// Builds the catalogue from rows of (id, title, genre names); genres get their index in alphabetical order,
    /// and of two rows with one id the first stays.
    ///
    /// # Errors
    /// [`TooManyGenres`] where there are more than [`GenreSet::CAPACITY`] distinct genres.
    pub fn new(rows: Vec<(ItemId, String, Vec<String>)>) -> Result<Self, TooManyGenres> {
        let genre_names: BTreeSet<&str> =
            rows.iter().flat_map(|(_, _, genres)| genres.iter().map(String::as_str)).collect();
        let genre_names: Vec<String> = genre_names.into_iter().map(str::to_owned).collect();
        if genre_names.len() > GenreSet::CAPACITY {
            return Err(TooManyGenres { found: genre_names.len() });
        }
        let mut items: Vec<Item> = rows
            .into_iter()
            .map(|(item_id, title, genres)| {
                let mut set = GenreSet::default();
                for genre in &genres {
                    if let Ok(index) = genre_names.binary_search(genre) {
                        set.insert(index);
                    }
                }
                Item { item_id, year: year_of(&title), title, genres: set }
            })
            .collect();
        items.sort_by_key(|item| item.item_id);
        items.dedup_by_key(|item| item.item_id);
        Ok(Self { genre_names, items })
    }

    /// The genres, in alphabetical order.
    pub fn genre_names(&self) -> &[String] {
        &self.genre_names
    }

    /// All items, ascending by id.
    pub fn all(&self) -> &[Item] {
        &self.items
    }

    /// The item with this id.
    pub fn get(&self, item_id: ItemId) -> Option<&Item> {
        self.items.binary_search_by_key(&item_id, |item| item.item_id).ok().map(|at| &self.items[at])
    }
}

/// The year in parentheses that ends a MovieLens title: `Toy Story (1995)`.
fn year_of(title: &str) -> Option<i32> {
    let (_, year) = title.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    (year.len() == 4).then(|| year.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genres_are_indexed_alphabetically() {
        let rows = vec![
            (2, "Heat (1995)".to_owned(), vec!["Crime".to_owned(), "Action".to_owned()]),
            (1, "Nothing".to_owned(), vec![]),
        ];
        let items = Items::new(rows).unwrap();
        assert_eq!(items.genre_names(), ["Action", "Crime"]);
        assert_eq!(items.get(2).unwrap().genres.iter().collect::<Vec<_>>(), [0, 1]);
        assert!(items.get(1).unwrap().genres.is_empty());
        assert!(items.get(3).is_none());
    }

    #[test]
    fn the_year_ends_the_title() {
        assert_eq!(year_of("Toy Story (1995)"), Some(1995));
        assert_eq!(year_of("Big Bang, The (Le grand) (2007) "), Some(2007));
        assert_eq!(year_of("Babylon 5"), None);
        assert_eq!(year_of("Odd (199x)"), None);
    }

    #[test]
    fn the_65th_genre_is_an_error() {
        let rows = vec![(1, String::new(), (0..65).map(|g| format!("g{g}")).collect())];
        assert_eq!(Items::new(rows), Err(TooManyGenres { found: 65 }));
    }
}
