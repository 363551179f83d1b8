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

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind::UserStatistics;
    use crate::groups::testing::{assert_column, candidate, compute, compute_as_part};

    #[test]
    fn count_and_mean() {
        let asked = [candidate(1, 30, 100), candidate(2, 20, 0), candidate(3, 10, 0)];
        let columns = compute(UserStatistics, &asked, false);
        assert_column(&columns[0], "user_n_ratings", &[2.0, 2.0, 0.0]);
        assert_column(&columns[1], "user_mean_rating", &[3.0, 4.0, 3.5]);
    }

    #[test]
    fn only_earlier_ratings_under_the_temporal_protocol() {
        // At 100 s user 1 has the rating of 0 s, user 2 none, and all ratings have the mean 2.
        let columns = compute(UserStatistics, &[candidate(1, 30, 100), candidate(2, 20, 100)], true);
        assert_column(&columns[0], "user_n_ratings", &[1.0, 0.0]);
        assert_column(&columns[1], "user_mean_rating", &[2.0, 2.0]);
    }

    #[test]
    fn a_part_of_the_training_ratings_is_scaled_up() {
        // 4 of 5 training ratings: 2 * 5 / 4. Under the temporal protocol the history's size counts later ratings.
        let asked = [candidate(1, 30, 200)];
        assert_column(&compute_as_part(UserStatistics, &asked, false, 5)[0], "user_n_ratings", &[2.5]);
        assert_column(&compute_as_part(UserStatistics, &asked, true, 5)[0], "user_n_ratings", &[2.0]);
    }
}
