//! How many ratings the user has and how high they are.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `user_n_ratings` | ratings, times [`crate::Context::count_scale`] | 0 or more | 0 |
//! | `user_mean_rating` | stars | that of the ratings | the mean of all ratings |

use super::{FeatureGroup, columns};
use crate::{Asked, Column};

/// The group; see the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserStatistics;

impl FeatureGroup for UserStatistics {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        columns(["user_n_ratings", "user_mean_rating"], asked, |place| {
            let tally = place.user_tally(asked.known);
            [tally.count() * asked.known.count_scale, tally.mean_or(place.overall.mean_or(0.0))]
        })
    }
}
