//! How far the ratings of the user and of the item lie apart.
//!
//! `sqrt((sum (r - mean)^2 + 5 s^2) / (n + 5))`, with `s^2` the variance of all ratings: the standard deviation, mixed with five ratings
//! that are spread like all.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `user_rating_spread` | stars | 0 to about 2.3 | that of all ratings |
//! | `item_rating_spread` | stars | 0 to about 2.3 | that of all ratings |

use super::{FeatureGroup, columns};
use crate::known::Tally;
use crate::{Asked, Column};

const DAMPING: f64 = 5.0;

/// The group; see the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread;

impl FeatureGroup for Spread {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        columns(["user_rating_spread", "item_rating_spread"], asked, |place| {
            let overall = place.overall.variance();
            [place.user_tally(asked.known), place.item_tally(asked.known)].map(|tally| damped_spread(&tally, overall))
        })
    }
}

fn damped_spread(tally: &Tally, overall_variance: f64) -> f64 {
    ((tally.squared_deviations() + DAMPING * overall_variance) / (tally.count() + DAMPING)).sqrt()
}
