//! How the item fares around the candidate's time.
//!
//! The item's residuals (rating less the damped baseline) weighted by `exp(-|distance in time| / 1 year)`.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `item_trend` | stars, `sum(w e) / (sum(w) + 5)` | about -4.5 to 4.5 | 0 |
//! | `item_trend_weight` | ratings, `sum(w)` times [`crate::Context::count_scale`] | 0 or more | 0 |

use super::{FeatureGroup, columns};
use crate::known::{Known, TimeKernel};
use crate::{Asked, Column};

const WIDTH: f64 = 365.0 * 86_400.0;
const DAMPING: f64 = 5.0;

/// The group; see the module.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemTrend(TimeKernel);

impl ItemTrend {
    pub(crate) fn new(known: &Known) -> Self {
        Self(TimeKernel::new(&known.items, &known.baseline.by_item, WIDTH, known.earlier_only))
    }
}

impl FeatureGroup for ItemTrend {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        let known = asked.known;
        columns(["item_trend", "item_trend_weight"], asked, |place| {
            let sums = self.0.at(&known.items, place.item, place.at);
            [sums.damped_mean(DAMPING), sums.weight * known.count_scale]
        })
    }
}
