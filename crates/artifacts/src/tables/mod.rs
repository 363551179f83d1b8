//! The tables that the stages exchange: one file a kind, the struct beside its columns.

mod ablation;
mod catalogue;
mod co_ratings;
mod feature_rows;
mod importances;
mod item_statistics;
mod learning_curves;
mod metric_rows;
mod metric_sums;
mod recommendations;
mod residuals;
mod rows;
mod shap;
mod split_ratings;
mod stars;
mod tags;

pub use ablation::AblationRow;
pub use co_ratings::CoRatingRow;
pub use feature_rows::{CandidateScoreRows, CatalogueRows, CatalogueScoreRows, FeatureRows, ScoreRows};
pub use importances::ImportanceRow;
pub use item_statistics::ItemStatisticsRows;
pub use learning_curves::CurvePoint;
pub use metric_rows::{ColdStartRow, ComparisonRow, MetricRow, PerUserRow};
pub use metric_sums::{MetricMeanRow, MetricSumRow};
pub use recommendations::{ContributionRow, Recommendations};
pub use residuals::ResidualRow;
pub use shap::ShapRow;
pub use split_ratings::SplitRatings;
pub use tags::TagRow;

use crate::Table;
use crate::table::TableFile;

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

    /// The values of a file. Large tables are read piece by piece, so that no second copy of all is in memory.
    ///
    /// # Errors
    /// As [`Stored::from_table`], and where the file cannot be decoded.
    fn from_file(file: &TableFile) -> Result<Self, String> {
        Self::from_table(file.read()?)
    }
}

/// Reads a file's pieces into one value: `append` appends those of one piece to those of the pieces before, for which there is room.
fn from_pieces<T: Stored>(
    file: &TableFile,
    append: impl Fn(&mut T, T, usize) -> Result<(), String>,
) -> Result<T, String> {
    let mut whole: Option<T> = None;
    for groups in file.cuts() {
        let piece = T::from_table(file.read_groups(groups, |_| true)?)?;
        match &mut whole {
            Some(whole) => append(whole, piece, file.n_rows())?,
            none => *none = Some(piece),
        }
    }
    whole.map_or_else(|| T::from_table(file.read()?), Ok)
}

/// Appends `more` to `column`, which will hold `n_rows` in the end. The number comes from a file: it may be any.
fn extend<T>(column: &mut Vec<T>, more: Vec<T>, n_rows: usize) -> Result<(), String> {
    let room = n_rows.saturating_sub(column.len()).max(more.len());
    column.try_reserve_exact(room).map_err(|_| format!("its {n_rows} rows do not fit into memory"))?;
    column.extend(more);
    Ok(())
}
