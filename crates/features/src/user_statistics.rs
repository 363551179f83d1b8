//! `user_n_ratings`, `user_mean_rating`: how much and how generously the user rates.

use crate::rating_statistics::RatingStatistics;
use crate::{Batch, Column, Context, FeatureGroup};

/// The user's number of ratings (0 for an unknown user) and their mean in stars (then the mean of all).
#[derive(Debug, Clone, PartialEq)]
pub struct UserStatistics(RatingStatistics);

impl UserStatistics {
    /// Takes the statistics of every user of the history.
    pub fn new(context: &Context<'_>) -> Self {
        let history = context.history;
        Self(RatingStatistics::new(history.users(), history.by_user(), history.mean()))
    }
}

impl FeatureGroup for UserStatistics {
    fn compute(&self, batch: &Batch<'_>) -> Vec<Column> {
        self.0.columns("user", batch.candidates().iter().map(|candidate| candidate.user_id))
    }
}
