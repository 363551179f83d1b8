//! How generous the user and how liked the item is, drawn to 0 where there are few ratings: the offsets of the damped
//! baseline `mu + b_i + b_u`.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `user_offset` | stars above the baseline of the items that the user rated | about -4.5 to 4.5 | 0 |
//! | `item_offset` | stars above the mean of all ratings | about -4.5 to 4.5 | 0 |

use super::{FeatureGroup, columns};
use crate::known::item_offset;
use crate::{Asked, Column};

/// The group; see the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DampedStatistics;

impl FeatureGroup for DampedStatistics {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        let known = asked.known;
        columns(["user_offset", "item_offset"], asked, |place| {
            [known.baseline().user_offset(place.user), item_offset(&place.item_tally(known), &place.overall)]
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind::DampedStatistics;
    use crate::groups::testing::{assert_column, candidate, compute};

    #[test]
    fn offsets_are_drawn_to_zero() {
        let asked = [candidate(1, 30, 0), candidate(2, 20, 0), candidate(3, 40, 0)];
        let columns = compute(DampedStatistics, &asked, false);
        assert_column(&columns[0], "user_offset", &[-9.0 / 56.0, 9.0 / 56.0, 0.0]);
        assert_column(&columns[1], "item_offset", &[-0.125, 0.125, 0.0]);
    }

    #[test]
    fn only_earlier_ratings_under_the_temporal_protocol() {
        // At 150 s: mean 3; item 20 (4 - 3) / 4. User 1 at 0 s: nothing was known, so 2 - 0 - 0; at 100 s the mean was
        // 2 and item 20 new: 4 - 2 - 0. Together 4 / (2 + 5).
        let columns = compute(DampedStatistics, &[candidate(1, 20, 150)], true);
        assert_column(&columns[0], "user_offset", &[4.0 / 7.0]);
        assert_column(&columns[1], "item_offset", &[0.25]);
    }
}
