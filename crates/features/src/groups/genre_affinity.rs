//! How the user likes the item's genres: the residuals (rating less the damped baseline) of the user's ratings
//! in each of them.
//!
//! For one genre `a_g = sum(residuals) / (n_g + 5)`, where `n_g` of the user's ratings are of items of that genre.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `user_genre_affinity` | stars, the mean of `a_g` over the item's genres | about -4.5 to 4.5 | 0 |
//! | `user_genre_affinity_min` | stars, the least `a_g` | about -4.5 to 4.5 | 0 |
//! | `user_genre_affinity_max` | stars, the greatest `a_g` | about -4.5 to 4.5 | 0 |
//! | `user_genre_n_ratings` | ratings, the mean of `n_g`, times [`crate::Context::count_scale`] | 0 or more | 0 |

use dataset::GenreSet;

use super::{FeatureGroup, columns};
use crate::known::{Affinity, Known};
use crate::{Asked, Column, Context};

const DAMPING: f64 = 5.0;

/// The group; see the module.
#[derive(Debug, Clone, PartialEq)]
pub struct GenreAffinity {
    affinity: Affinity,
    /// Catalogue index -> genres.
    genres: Vec<GenreSet>,
}

impl GenreAffinity {
    pub(crate) fn new(context: &Context<'_>, known: &Known) -> Self {
        let of_item = |id| context.items.get(id).map_or_else(GenreSet::default, |item| item.genres);
        let of_rated: Vec<GenreSet> = known.items.ids.ids().iter().map(|&id| of_item(id)).collect();
        let kinds_of = |position: usize| of_rated[known.rated_items[position] as usize];
        Self {
            affinity: Affinity::new(known, context.items.genre_names().len(), kinds_of),
            genres: context.items.all().iter().map(|item| item.genres).collect(),
        }
    }
}

impl FeatureGroup for GenreAffinity {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        let names = [
            "user_genre_affinity",
            "user_genre_affinity_min",
            "user_genre_affinity_max",
            "user_genre_n_ratings",
        ];
        columns(names, asked, |place| {
            let (Some(user), Some(item)) = (&place.user, place.catalogue) else { return [0.0; 4] };
            let genres = self.genres[item as usize];
            if genres.is_empty() {
                return [0.0; 4];
            }
            let (mut sum, mut n_ratings) = (0.0, 0.0);
            let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
            for genre in genres.iter() {
                let residuals = self.affinity.residuals(user, genre);
                let affinity = residuals.sum / (residuals.n as f64 + DAMPING);
                sum += affinity;
                min = min.min(affinity);
                max = max.max(affinity);
                n_ratings += residuals.n as f64;
            }
            let n = f64::from(genres.len());
            [sum / n, min, max, n_ratings / n * asked.known.count_scale]
        })
    }
}
