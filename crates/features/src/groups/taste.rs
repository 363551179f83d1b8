//! How the user likes items as old and as popular as this one.
//!
//! Items are cut into bands: five years of release, and a doubling of the number of ratings. A band's affinity is
//! `sum(residuals) / (n + 5)` over the user's ratings in the band and, at half weight, in its two neighbours.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `user_year_affinity` | stars | about -4.5 to 4.5 | 0 |
//! | `user_popularity_affinity` | stars | about -4.5 to 4.5 | 0 |

use dataset::GenreSet;

use super::{FeatureGroup, columns};
use crate::known::{Affinity, Known, Seen};
use crate::{Asked, Column, Context};

const DAMPING: f64 = 5.0;
const N_BANDS: usize = 32;

/// The group; see the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Taste {
    years: Affinity,
    popularity: Affinity,
    /// Catalogue index -> band of its year.
    year_bands: Vec<Option<usize>>,
}

impl Taste {
    pub(crate) fn new(context: &Context<'_>, known: &Known<'_>) -> Self {
        let year_bands: Vec<Option<usize>> =
            context.items.all().iter().map(|item| item.year.map(year_band)).collect();
        let of_year = |position| only(known.rated_at(position).and_then(|item| year_bands[item]));
        let of_popularity = |position: usize| {
            let row = known.rated_items[position];
            let item = known.tally(&known.whole.items, row, known.users.times[position]);
            only(Some(popularity_band(item.count() * known.count_scale)))
        };
        Self {
            years: Affinity::new(known, N_BANDS, of_year),
            popularity: Affinity::new(known, N_BANDS, of_popularity),
            year_bands,
        }
    }
}

/// The set of this one band.
fn only(band: Option<usize>) -> GenreSet {
    let mut bands = GenreSet::default();
    if let Some(band) = band {
        bands.insert(band);
    }
    bands
}

/// 0 up to 1874, 1 up to 1879, and so on.
fn year_band(year: i32) -> usize {
    ((year.saturating_sub(1870).max(0) / 5) as usize).min(N_BANDS - 1)
}

/// 0 for no rating, 1 for one, 2 for two and three, and so on.
fn popularity_band(n_ratings: f64) -> usize {
    ((n_ratings + 0.5).log2() + 1.0).clamp(0.0, N_BANDS as f64 - 1.0) as usize
}

fn of_band(affinity: &Affinity, user: &Seen, band: usize) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for near in band.saturating_sub(1)..=(band + 1).min(N_BANDS - 1) {
        let weight = if near == band { 1.0 } else { 0.5 };
        let residuals = affinity.residuals(user, near);
        sum += weight * residuals.sum;
        n += weight * residuals.n as f64;
    }
    sum / (n + DAMPING)
}

impl FeatureGroup for Taste {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        columns(["user_year_affinity", "user_popularity_affinity"], asked, |place| {
            let Some(user) = &place.user else { return [0.0; 2] };
            let year_band = place.catalogue.and_then(|item| self.year_bands[item as usize]);
            let n_ratings = place.item.map_or(0, |item| item.n()) as f64 * asked.known.count_scale;
            [
                year_band.map_or(0.0, |band| of_band(&self.years, user, band)),
                of_band(&self.popularity, user, popularity_band(n_ratings)),
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FeatureGroupKind;
    use crate::groups::testing::{assert_column, candidate, compute};

    #[test]
    fn bands() {
        assert_eq!([year_band(1800), year_band(1874), year_band(1875), year_band(1995)], [0, 0, 1, 25]);
        assert_eq!(year_band(i32::MAX), N_BANDS - 1);
        assert_eq!([0.0, 1.0, 2.0, 3.0, 4.0, 7.0, 8.0].map(popularity_band), [0, 1, 2, 2, 3, 3, 4]);
    }

    #[test]
    fn residuals_of_the_band_and_half_of_its_neighbours() {
        // User 1 has -75/56 for 1990 (2 ratings) and 30/56 for 1995 (1 rating); user 2 has 75/56 and, for 2000, -30/56.
        let asked = [candidate(1, 10, 0), candidate(1, 30, 0), candidate(2, 30, 0), candidate(1, 40, 0)];
        let columns = compute(FeatureGroupKind::Taste, &asked, false);
        let near = |sum: f64, n: f64| sum / 56.0 / (n + 5.0);
        let expected = [near(-75.0 + 15.0, 1.5), near(15.0, 0.5), near(-30.0, 1.0), 0.0];
        assert_column(&columns[0], "user_year_affinity", &expected);
        // Popularity bands: item 10 is in 2, items 20 and 30 in 1, item 40 in 0.
        let expected =
            [near(-75.0 + 15.0, 1.5), near(30.0 - 37.5, 1.5), near(-30.0 + 37.5, 1.5), near(15.0, 0.5)];
        assert_column(&columns[1], "user_popularity_affinity", &expected);
    }
}
