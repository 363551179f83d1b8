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
            [place.user_tally(asked.known), place.item_tally(asked.known)]
                .map(|tally| damped_spread(&tally, overall))
        })
    }
}

fn damped_spread(tally: &Tally, overall_variance: f64) -> f64 {
    ((tally.squared_deviations() + DAMPING * overall_variance) / (tally.count() + DAMPING)).sqrt()
}

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind::Spread;
    use crate::groups::testing::{assert_column, candidate, compute};

    #[test]
    fn deviations_are_mixed_with_those_of_all() {
        // The variance of all: (1.5^2 + 0.5^2 + 1.5^2 + 0.5^2) / 4 = 1.25. User 1: 1 + 1; item 10: 1.5^2 + 1.5^2; item 20: one rating.
        let columns = compute(Spread, &[candidate(1, 10, 0), candidate(3, 20, 0)], false);
        let spread = |squares: f64, n: f64| ((squares + 5.0 * 1.25) / (n + 5.0)).sqrt();
        assert_column(&columns[0], "user_rating_spread", &[spread(2.0, 2.0), 1.25f64.sqrt()]);
        assert_column(&columns[1], "item_rating_spread", &[spread(4.5, 2.0), spread(0.0, 1.0)]);
    }
}
