//! The base models' scores, passed through as they are: one column a base model, in the order in which the batch has them.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | the model's own, `score_...` | stars, or the model's own scale | any finite number | the model's documented fallback |

use super::FeatureGroup;
use crate::{Asked, Column};

/// The group; see the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseScores;

impl FeatureGroup for BaseScores {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        asked.batch.base_scores().to_vec()
    }
}
