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
