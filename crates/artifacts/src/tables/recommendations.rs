//! `recommend/recommendations.parquet` and `contributions.parquet`. Written by `recommend`, read by people and other tools.

use super::rows::stored_rows;
use super::{Stored, feature_rows::take_scores};
use crate::Table;

/// The items of each user, best first: in ascending order of (user, rank).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recommendations {
    /// To whom.
    pub user_ids: Vec<i64>,
    /// The place in the user's list, from 1.
    pub ranks: Vec<i32>,
    /// What.
    pub item_ids: Vec<i64>,
    /// Its title.
    pub titles: Vec<String>,
    /// The meta-model's raw score.
    pub scores: Vec<f64>,
    /// The calibrated probability that the user likes it; none where the model has none.
    pub probabilities: Vec<Option<f64>>,
    /// Why, in a sentence; empty where no reasons were asked for.
    pub reasons: Vec<String>,
    /// The names of the base scores.
    pub names: Vec<String>,
    /// The base scores, column by column.
    pub columns: Vec<Vec<f64>>,
}

impl Stored for Recommendations {
    const SCHEMA: &'static str = "recommend.recommendations/1";

    fn into_table(self) -> Table {
        let keys = Table::new()
            .with("user_id", self.user_ids)
            .with("rank", self.ranks)
            .with("item_id", self.item_ids)
            .with("title", self.titles)
            .with("score", self.scores)
            .with("probability", self.probabilities)
            .with("reasons", self.reasons);
        self.names.into_iter().zip(self.columns).fold(keys, |table, (name, column)| table.with(name, column))
    }

    fn from_table(mut table: Table) -> Result<Self, String> {
        let (user_ids, ranks, item_ids) =
            (table.take("user_id")?, table.take("rank")?, table.take("item_id")?);
        let (titles, scores) = (table.take("title")?, table.take("score")?);
        let (probabilities, reasons) = (table.take("probability")?, table.take("reasons")?);
        let (names, columns) = take_scores(table)?;
        Ok(Self { user_ids, ranks, item_ids, titles, scores, probabilities, reasons, names, columns })
    }
}

/// What one feature added to the score of one recommendation.
#[derive(Debug, Clone, PartialEq)]
pub struct ContributionRow {
    /// To whom.
    pub user_id: i64,
    /// What.
    pub item_id: i64,
    /// The feature; `base_value` for what every score begins with.
    pub feature: String,
    /// Its value in the row; null where it is missing, and for the base value.
    pub value: Option<f64>,
    /// What it added to the raw score: a recommendation's rows sum to its score.
    pub contribution: f64,
}

stored_rows!(ContributionRow, "recommend.contributions/1", { user_id, item_id, feature, value, contribution });
