//! Runs the chosen groups.

use crate::{Asked, Batch, Context, DuplicateFeature, FeatureGroup, FeatureGroupKind, FeatureTable, Known};

/// The chosen groups, prepared for one history.
pub struct FeatureBuilder {
    known: Known,
    groups: Vec<Box<dyn FeatureGroup>>,
}

impl FeatureBuilder {
    /// Prepares the groups of `kinds`. The order of their columns is that of [`FeatureGroupKind::ALL`], whatever the order
    /// of `kinds`, and a kind that is there twice counts once.
    ///
    /// `O(n log n)` in the ratings of the history.
    pub fn new(kinds: &[FeatureGroupKind], context: &Context<'_>) -> Self {
        let known = Known::new(context);
        let chosen = FeatureGroupKind::ALL.into_iter().filter(|kind| kinds.contains(kind));
        let groups = chosen.map(|kind| kind.prepare(context, &known)).collect();
        Self { known, groups }
    }

    /// The features of a batch. A row's features do not depend on the other rows, so a batch may be cut anywhere.
    ///
    /// # Errors
    /// [`DuplicateFeature`] where a base score or a support has the name of another column.
    pub fn compute(&self, batch: &Batch<'_>) -> Result<FeatureTable, DuplicateFeature> {
        let asked = Asked::new(batch, &self.known);
        let mut table = FeatureTable::default();
        for column in self.groups.iter().flat_map(|group| group.compute(&asked)) {
            table.push(column)?;
        }
        Ok(table)
    }
}
