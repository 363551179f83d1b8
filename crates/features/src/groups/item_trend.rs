//! How the item fares around the candidate's time.
//!
//! The item's residuals (rating less the damped baseline) weighted by `exp(-|distance in time| / 1 year)`.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `item_trend` | stars, `sum(w e) / (sum(w) + 5)` | about -4.5 to 4.5 | 0 |
//! | `item_trend_weight` | ratings, `sum(w)` times [`crate::Context::count_scale`] | 0 or more | 0 |

use super::{FeatureGroup, columns};
use crate::known::Weighted;
use crate::{Asked, Column};

/// In seconds: a year.
pub(crate) const WIDTH: f64 = 365.0 * 86_400.0;
const DAMPING: f64 = 5.0;

/// The group; see the module. Its sums are prepared with the history, since they go through the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemTrend;

impl FeatureGroup for ItemTrend {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        let whole = asked.known.whole;
        columns(["item_trend", "item_trend_weight"], asked, |place| {
            let trend = whole.item_trend.as_ref();
            let sums =
                trend.map_or_else(Weighted::default, |trend| trend.at(&whole.items, place.item, place.at));
            [sums.damped_mean(DAMPING), sums.weight * asked.known.count_scale]
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind::ItemTrend;
    use crate::groups::testing::{assert_column, candidate, compute};

    #[test]
    fn residuals_fade_over_a_year() {
        // Item 20 has one rating, at 100 s, with the residual 30/56; a year later its weight is 1/e.
        let year = 365 * 86_400;
        let asked = [candidate(2, 20, 100), candidate(2, 20, 100 + year), candidate(2, 40, 0)];
        let columns = compute(ItemTrend, &asked, false);
        let weight = (-1f64).exp();
        let residual = 30.0 / 56.0;
        assert_column(&columns[0], "item_trend", &[residual / 6.0, weight * residual / (weight + 5.0), 0.0]);
        assert_column(&columns[1], "item_trend_weight", &[1.0, weight, 0.0]);
    }
}
