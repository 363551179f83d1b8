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
            [known.baseline.user_offset(place.user), item_offset(&place.item_tally(known), &place.overall)]
        })
    }
}
