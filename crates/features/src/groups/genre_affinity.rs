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
    pub(crate) fn new(context: &Context<'_>, known: &Known<'_>) -> Self {
        let genres: Vec<GenreSet> = context.items.all().iter().map(|item| item.genres).collect();
        let kinds_of =
            |position| known.rated_at(position).map_or_else(GenreSet::default, |item| genres[item]);
        let affinity = Affinity::new(known, context.items.genre_names().len(), kinds_of);
        Self { affinity, genres }
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

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind::GenreAffinity;
    use crate::groups::testing::{assert_column, candidate, compute};

    #[test]
    fn residuals_of_each_genre() {
        // User 1 rated two comedies, -75/56 and 30/56, and one drama, 30/56. Item 30 has no genre, user 3 no rating.
        let (comedy, drama) = (-45.0 / 56.0 / 7.0, 30.0 / 56.0 / 6.0);
        let asked = [candidate(1, 20, 0), candidate(1, 40, 0), candidate(1, 30, 0), candidate(3, 20, 0)];
        let columns = compute(GenreAffinity, &asked, false);
        assert_column(&columns[0], "user_genre_affinity", &[f64::midpoint(comedy, drama), drama, 0.0, 0.0]);
        assert_column(&columns[1], "user_genre_affinity_min", &[comedy, drama, 0.0, 0.0]);
        assert_column(&columns[2], "user_genre_affinity_max", &[drama, drama, 0.0, 0.0]);
        assert_column(&columns[3], "user_genre_n_ratings", &[1.5, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn only_earlier_ratings_under_the_temporal_protocol() {
        // At 100 s user 1 has the comedy of 0 s, with the residual 2 - 0 (see `damped_statistics`), and no drama.
        let columns = compute(GenreAffinity, &[candidate(1, 20, 100)], true);
        assert_column(&columns[0], "user_genre_affinity", &[2.0 / 6.0 / 2.0]);
        assert_column(&columns[3], "user_genre_n_ratings", &[0.5]);
    }
}
