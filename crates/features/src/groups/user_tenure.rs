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
            let days_since = |position: usize| (place.at - times[position]) as f64 / SECONDS_A_DAY;
            let share = (user.before - user.start) as f64 / user.n() as f64;
            [days_since(user.start), days_since(user.end - 1), share]
        })
    }
}
