//! How often the user finds something relevant, and how often the item is found relevant.
//!
//! `(n_relevant + 5 p) / (n + 5)`, with `p` the relevant share of all ratings; relevant are ratings from
//! [`crate::Context::relevant_from`] on.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `user_relevant_share` | share of the user's ratings | 0 to 1 | that of all ratings |
//! | `item_relevant_share` | share of the item's ratings | 0 to 1 | that of all ratings |

use super::{FeatureGroup, columns};
use crate::known::Tally;
use crate::{Asked, Column};

const DAMPING: f64 = 5.0;

/// The group; see the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelevantShare;

impl FeatureGroup for RelevantShare {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        columns(["user_relevant_share", "item_relevant_share"], asked, |place| {
            let overall = place.overall.relevant_share();
            [place.user_tally(asked.known), place.item_tally(asked.known)].map(|tally| damped_share(&tally, overall))
        })
    }
}

fn damped_share(tally: &Tally, overall: f64) -> f64 {
    (f64::from(tally.n_relevant) + DAMPING * overall) / (tally.count() + DAMPING)
}
