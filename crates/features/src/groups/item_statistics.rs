//! How many ratings the item has and how high they are.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `item_n_ratings` | ratings, times [`crate::Context::count_scale`] | 0 or more | 0 |
//! | `item_mean_rating` | stars | that of the ratings | the mean of all ratings |

use super::{FeatureGroup, columns};
use crate::{Asked, Column};

/// The group; see the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemStatistics;

impl FeatureGroup for ItemStatistics {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        columns(["item_n_ratings", "item_mean_rating"], asked, |place| {
            let tally = place.item_tally(asked.known);
            [tally.count() * asked.known.count_scale, tally.mean_or(place.overall.mean_or(0.0))]
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind::ItemStatistics;
    use crate::groups::testing::{assert_column, candidate, compute};

    #[test]
    fn count_and_mean() {
        let asked = [candidate(1, 30, 0), candidate(2, 10, 0), candidate(3, 40, 0), candidate(3, 50, 0)];
        let columns = compute(ItemStatistics, &asked, false);
        assert_column(&columns[0], "item_n_ratings", &[1.0, 2.0, 0.0, 0.0]);
        assert_column(&columns[1], "item_mean_rating", &[3.0, 3.5, 3.5, 3.5]);
    }

    #[test]
    fn only_earlier_ratings_under_the_temporal_protocol() {
        // At 0 s nothing at all is known; at 150 s item 10 has 2 stars and all ratings the mean 3.
        let columns = compute(
            ItemStatistics,
            &[candidate(2, 10, 0), candidate(2, 10, 150), candidate(2, 30, 150)],
            true,
        );
        assert_column(&columns[0], "item_n_ratings", &[0.0, 1.0, 0.0]);
        assert_column(&columns[1], "item_mean_rating", &[0.0, 2.0, 3.0]);
    }
}
