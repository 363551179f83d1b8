//! The tables that the stages exchange: one file a kind, the struct beside its columns.

mod ablation;
mod catalogue;
mod feature_rows;
mod importances;
mod learning_curves;
mod metric_rows;
mod rows;
mod split_ratings;
mod stars;
mod tags;

pub use ablation::AblationRow;
pub use feature_rows::{CandidateScoreRows, CatalogueRows, CatalogueScoreRows, FeatureRows, ScoreRows};
pub use importances::ImportanceRow;
pub use learning_curves::CurvePoint;
pub use metric_rows::{ColdStartRow, ComparisonRow, MetricRow, PerUserRow};
pub use split_ratings::SplitRatings;
pub use tags::TagRow;

use crate::Table;

/// The metadata key under which every table carries the name of its schema.
pub const SCHEMA_KEY: &str = "podium.schema";

/// A table with a fixed schema that is read back by a later stage.
pub trait Stored: Sized {
    /// The schema's name and version in the file's metadata, for example `split.ratings/1`.
    const SCHEMA: &'static str;

    /// The table of these values.
    fn into_table(self) -> Table;

    /// The values of this table.
    ///
    /// # Errors
    /// Says in words which column is missing or holds what it may not.
    fn from_table(table: Table) -> Result<Self, String>;
}
