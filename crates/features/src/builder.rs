//! Runs the chosen groups.

use crate::{Batch, Context, DuplicateFeature, FeatureGroup, FeatureGroupKind, FeatureTable};

/// The chosen groups, with their statistics taken from one history.
pub struct FeatureBuilder {
    groups: Vec<Box<dyn FeatureGroup>>,
}

impl FeatureBuilder {
    /// Prepares the groups of `kinds`. The order of their columns is that of [`FeatureGroupKind::ALL`], whatever the order
    /// of `kinds`, and a kind that is there twice counts once.
    pub fn new(kinds: &[FeatureGroupKind], context: &Context<'_>) -> Self {
        let chosen = FeatureGroupKind::ALL.into_iter().filter(|kind| kinds.contains(kind));
        Self { groups: chosen.map(|kind| kind.prepare(context)).collect() }
    }

    /// The features of a batch. A row's features do not depend on the other rows, so a batch may be cut anywhere.
    ///
    /// # Errors
    /// [`DuplicateFeature`] where a base score has the name of another column.
    pub fn compute(&self, batch: &Batch<'_>) -> Result<FeatureTable, DuplicateFeature> {
        let mut table = FeatureTable::default();
        for column in self.groups.iter().flat_map(|group| group.compute(batch)) {
            table.push(column)?;
        }
        Ok(table)
    }
}
