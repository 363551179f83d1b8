//! The base models' scores, passed through as they are.

use crate::{Batch, Column, FeatureGroup};

/// One column a base model, in the order in which the batch has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseScores;

impl FeatureGroup for BaseScores {
    fn compute(&self, batch: &Batch<'_>) -> Vec<Column> {
        batch.base_scores().to_vec()
    }
}
