//! The item's genres, one column each.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `item_is_<genre>`, for example `item_is_film_noir` | 1 where the item is of that genre | 0 or 1 | 0 |

use dataset::GenreSet;

use super::FeatureGroup;
use crate::{Asked, Column, Context};

/// The group; see the module.
#[derive(Debug, Clone, PartialEq)]
pub struct GenreFlags {
    names: Vec<String>,
    /// Catalogue index -> genres.
    genres: Vec<GenreSet>,
}

impl GenreFlags {
    pub(crate) fn new(context: &Context<'_>) -> Self {
        let name = |genre: &String| {
            let word: String = genre
                .chars()
                .map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
                .collect();
            format!("item_is_{word}")
        };
        Self {
            names: context.items.genre_names().iter().map(name).collect(),
            genres: context.items.all().iter().map(|item| item.genres).collect(),
        }
    }
}

impl FeatureGroup for GenreFlags {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        let of_place: Vec<GenreSet> = (asked.places.iter())
            .map(|place| place.catalogue.map_or_else(GenreSet::default, |item| self.genres[item as usize]))
            .collect();
        let flag = |genres: &GenreSet, genre: usize| f64::from(genres.0 >> genre & 1 == 1);
        let column = |(genre, name): (usize, &String)| Column {
            name: name.clone(),
            values: of_place.iter().map(|genres| flag(genres, genre)).collect(),
        };
        self.names.iter().enumerate().map(column).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind::GenreFlags;
    use crate::groups::testing::{assert_column, candidate, compute};

    #[test]
    fn one_column_a_genre() {
        let asked = [candidate(1, 10, 0), candidate(1, 20, 0), candidate(1, 30, 0), candidate(1, 50, 0)];
        let columns = compute(GenreFlags, &asked, false);
        assert_column(&columns[0], "item_is_comedy", &[1.0, 1.0, 0.0, 0.0]);
        assert_column(&columns[1], "item_is_drama", &[0.0, 1.0, 0.0, 0.0]);
    }
}
