//! `item_n_ratings`, `item_mean_rating`: how popular and how liked the item is.

use crate::rating_statistics::RatingStatistics;
use crate::{Batch, Column, Context, FeatureGroup};

/// The item's number of ratings (0 for an unknown item) and their mean in stars (then the mean of all).
#[derive(Debug, Clone, PartialEq)]
pub struct ItemStatistics(RatingStatistics);

impl ItemStatistics {
    /// Takes the statistics of every item of the history.
    pub fn new(context: &Context<'_>) -> Self {
        let history = context.history;
        Self(RatingStatistics::new(history.items(), history.by_item(), history.mean()))
    }
}

impl FeatureGroup for ItemStatistics {
    fn compute(&self, batch: &Batch<'_>) -> Vec<Column> {
        self.0.columns("item", batch.candidates().iter().map(|candidate| candidate.item_id))
    }
}
