//! How busy the user was around the candidate's time.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `session_n_ratings` | the user's ratings within an hour, times [`crate::Context::count_scale`] | 0 or more | 0 |
//! | `session_n_earlier` | those of them that are earlier, likewise | 0 or more | 0 |

use super::{FeatureGroup, columns};
use crate::{Asked, Column};

const SECONDS: i64 = 3600;

/// The group; see the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session;

impl FeatureGroup for Session {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        let times = &asked.known.users.times;
        columns(["session_n_ratings", "session_n_earlier"], asked, |place| {
            let Some(user) = place.user else { return [0.0; 2] };
            let first = times[user.start..user.before]
                .partition_point(|&time| time < place.at.saturating_sub(SECONDS));
            let later = times[user.before..user.end]
                .partition_point(|&time| time <= place.at.saturating_add(SECONDS));
            let earlier = user.before - user.start - first;
            [(earlier + later) as f64, earlier as f64].map(|n| n * asked.known.count_scale)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind::Session;
    use crate::groups::testing::{assert_column, candidate, compute, compute_as_part};

    #[test]
    fn ratings_within_an_hour() {
        // User 1 rated at 0 and 100 s: both within an hour of 3,600, one of 3,601, none of 3,701.
        let asked = [50, 3600, 3601, 3701].map(|at| candidate(1, 30, at));
        let columns = compute(Session, &asked, false);
        assert_column(&columns[0], "session_n_ratings", &[2.0, 2.0, 1.0, 0.0]);
        assert_column(&columns[1], "session_n_earlier", &[1.0, 2.0, 1.0, 0.0]);
        assert_column(&compute(Session, &asked, true)[0], "session_n_ratings", &[1.0, 2.0, 1.0, 0.0]);
        assert_column(&compute_as_part(Session, &asked[..1], false, 6)[0], "session_n_ratings", &[3.0]);
    }
}
