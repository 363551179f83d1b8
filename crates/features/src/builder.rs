//! Runs the chosen groups.

use rayon::prelude::*;

use crate::{
    Asked, Batch, Column, Context, DuplicateFeature, FeatureGroup, FeatureGroupKind, FeatureTable, Known,
};

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
        let chosen = FeatureGroupKind::ALL.into_par_iter().filter(|kind| kinds.contains(kind));
        let groups = chosen.map(|kind| kind.prepare(context, &known)).collect();
        Self { known, groups }
    }

    /// The features of a batch, group by group on the threads of the current rayon pool. A row's features do not depend on the other rows, so a batch may be cut anywhere.
    ///
    /// # Errors
    /// [`DuplicateFeature`] where a base score or a support has the name of another column.
    pub fn compute(&self, batch: &Batch<'_>) -> Result<FeatureTable, DuplicateFeature> {
        let asked = Asked::new(batch, &self.known);
        let mut table = FeatureTable::default();
        let columns: Vec<Vec<Column>> = self.groups.par_iter().map(|group| group.compute(&asked)).collect();
        for column in columns.into_iter().flatten() {
            table.push(column)?;
        }
        Ok(table)
    }
}
