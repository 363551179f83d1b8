//! When the candidate is asked for, in UTC.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `hour` | hours since midnight | 0 to 24 | always known |
//! | `weekday` | 0 is Monday | 0 to 6 | always known |
//! | `days_since_1970` | days | any | always known |

use super::{FeatureGroup, columns};
use crate::{Asked, Column};

pub(crate) const SECONDS_A_DAY: f64 = 86_400.0;
/// Of a mean Gregorian year.
const DAYS_A_YEAR: f64 = 365.2425;

/// The group; see the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time;

impl FeatureGroup for Time {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        columns(["hour", "weekday", "days_since_1970"], asked, |place| {
            let hour = place.at.rem_euclid(86_400) as f64 / 3600.0;
            let day = place.at.div_euclid(86_400);
            // 1970 began on a Thursday, which is 3.
            [hour, (day + 3).rem_euclid(7) as f64, place.at as f64 / SECONDS_A_DAY]
        })
    }
}

/// The time as a year with its fraction: 1970.0 is the start of 1970.
pub(crate) fn year_at(at: i64) -> f64 {
    1970.0 + at as f64 / (SECONDS_A_DAY * DAYS_A_YEAR)
}

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind::Time;
    use crate::groups::testing::{assert_column, candidate, compute};

    #[test]
    fn hour_weekday_and_day() {
        // 1970 began on a Thursday; 964,982,703 is Sunday 2000-07-30 18:45:03 (date -u -d @964982703); -1 the second before 1970.
        let columns = compute(Time, &[0, 964_982_703, -1].map(|at| candidate(1, 10, at)), false);
        assert_column(&columns[0], "hour", &[0.0, 18.0 + 45.0 / 60.0 + 3.0 / 3600.0, 24.0 - 1.0 / 3600.0]);
        assert_column(&columns[1], "weekday", &[3.0, 6.0, 2.0]);
        assert_column(&columns[2], "days_since_1970", &[0.0, 11_168.781_284_722_223, -1.0 / 86_400.0]);
    }
}
