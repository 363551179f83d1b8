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
    pub(crate) fn new(context: &Context<'_>, known: &Known) -> Self {
        let band_of_year = |year: Option<i32>| year.map(|year| ((year - 1870).max(0) / 5).min(N_BANDS as i32 - 1) as usize);
        let rated: Vec<Option<usize>> = (known.items.ids.ids().iter())
            .map(|&id| context.items.get(id).and_then(|item| band_of_year(item.year)))
            .collect();
        let only = |band: Option<usize>| GenreSet(band.map_or(0, |band| 1 << band));
        let item_at = |position: usize| known.rated_items[position];
        let popularity = |position: usize| {
            let item = known.seen(&known.items, item_at(position), known.users.times[position]);
            Some(popularity_band(item.n() as f64 * known.count_scale))
        };
        Self {
            years: Affinity::new(known, N_BANDS, |position| only(rated[item_at(position) as usize])),
            popularity: Affinity::new(known, N_BANDS, |position| only(popularity(position))),
            year_bands: context.items.all().iter().map(|item| band_of_year(item.year)).collect(),
        }
    }
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
