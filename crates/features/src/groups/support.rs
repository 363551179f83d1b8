//! What stands behind each base score, passed through as it is: the neighbours used, the ratings seen.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | the model's own, `support_...` | what the base model counts | 0 or more | 0 |

use super::FeatureGroup;
use crate::{Asked, Column};

/// The group; see the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Support;

impl FeatureGroup for Support {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        asked.batch.supports().to_vec()
    }
}
