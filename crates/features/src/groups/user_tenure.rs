//! How long the user has been there at the candidate's time.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `user_days_since_first` | days since the user's first known rating | any; below 0 where it is later | 0 |
//! | `user_days_since_last` | days since the user's last known rating | any; below 0 where it is later | 0 |
//! | `user_share_before` | share of the user's known ratings that are earlier | 0 to 1 (1 under the temporal protocol) | 0 |

use super::time::SECONDS_A_DAY;
use super::{FeatureGroup, columns};
use crate::{Asked, Column};

/// The group; see the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserTenure;

impl FeatureGroup for UserTenure {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        let times = &asked.known.users.times;
        columns(["user_days_since_first", "user_days_since_last", "user_share_before"], asked, |place| {
            let Some(user) = place.user.filter(|user| user.n() > 0) else { return [0.0; 3] };
            let days_since =
                |position: usize| place.at.saturating_sub(times[position]) as f64 / SECONDS_A_DAY;
            let share = (user.before - user.start) as f64 / user.n() as f64;
            [days_since(user.start), days_since(user.end - 1), share]
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind::UserTenure;
    use crate::groups::testing::{assert_column, candidate, compute};

    #[test]
    fn days_since_the_first_and_the_last() {
        let asked = [candidate(2, 20, 43_400), candidate(2, 20, 200), candidate(3, 20, 0)];
        let columns = compute(UserTenure, &asked, false);
        assert_column(&columns[0], "user_days_since_first", &[0.5, 0.0, 0.0]);
        assert_column(
            &columns[1],
            "user_days_since_last",
            &[-43_000.0 / 86_400.0, -86_200.0 / 86_400.0, 0.0],
        );
        assert_column(&columns[2], "user_share_before", &[0.5, 0.0, 0.0]);
    }

    #[test]
    fn only_earlier_ratings_under_the_temporal_protocol() {
        let columns = compute(UserTenure, &[candidate(2, 20, 43_400), candidate(2, 20, 200)], true);
        assert_column(&columns[1], "user_days_since_last", &[0.5, 0.0]);
        assert_column(&columns[2], "user_share_before", &[1.0, 0.0]);
    }
}
