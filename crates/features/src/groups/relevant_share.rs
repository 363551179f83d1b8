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
            [place.user_tally(asked.known), place.item_tally(asked.known)]
                .map(|tally| damped_share(&tally, overall))
        })
    }
}

fn damped_share(tally: &Tally, overall: f64) -> f64 {
    (tally.n_relevant as f64 + DAMPING * overall) / (tally.count() + DAMPING)
}

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind::RelevantShare;
    use crate::groups::testing::{assert_column, candidate, compute};

    #[test]
    fn shares_are_mixed_with_that_of_all() {
        // Two of four ratings are 4 or more; one of two of user 1's and of item 10's, the one of item 20.
        let columns = compute(RelevantShare, &[candidate(1, 20, 0), candidate(3, 10, 0)], false);
        assert_column(&columns[0], "user_relevant_share", &[0.5, 0.5]);
        assert_column(&columns[1], "item_relevant_share", &[3.5 / 6.0, 0.5]);
    }
}
