//! What a feature group is.

use dataset::History;

use crate::{Batch, Column};

/// What a group may take its statistics from. It holds no held-out rating.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The ratings that may be known.
    pub history: &'a History,
}

/// Related feature columns, prepared from a [`Context`] once and computed for many batches.
///
/// A feature depends on the context and on its own candidate alone, not on the rest of the batch.
pub trait FeatureGroup: Send + Sync {
    /// The columns, each with one finite value a candidate, in the order of the batch.
    fn compute(&self, batch: &Batch<'_>) -> Vec<Column>;
}
