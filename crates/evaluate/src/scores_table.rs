//! `scores.parquet` and `catalogue_scores.parquet`, piece by piece.

use artifacts::Error;
use artifacts::layout::{Artifact, CATALOGUE_SCORES, SCORES};
use artifacts::table::{ROW_GROUP_ROWS, TableWriter};
use artifacts::tables::{CatalogueScoreRows, ScoreRows, Stored as _};
use stage::Run;

use crate::protocol::Protocol;
use crate::rows::Rows;
use lineup::Scored;

/// Where the scores of a protocol's rows stand.
pub fn artifact(protocol: Protocol) -> Artifact {
    if protocol.ranks_catalogue() { CATALOGUE_SCORES } else { SCORES }
}

/// Begins the table of a protocol.
///
/// # Errors
/// [`Error::Write`].
pub fn begin(run: &mut Run, protocol: Protocol) -> Result<TableWriter, Error> {
    if protocol.ranks_catalogue() {
        run.begin_table::<CatalogueScoreRows>(artifact(protocol))
    } else {
        run.begin_table::<ScoreRows>(artifact(protocol))
    }
}

/// Writes every model's scores of all rows.
///
/// # Errors
/// [`Error::Write`].
pub fn write(writer: &mut TableWriter, rows: &Rows, models: &[Scored]) -> Result<(), Error> {
    let of_catalogue = rows.protocol.ranks_catalogue();
    let n_rows = rows.user_ids.len();
    // Whether ratings of the catalogue may be null is known of the whole alone.
    let at_once = if of_catalogue { n_rows.max(1) } else { ROW_GROUP_ROWS };
    for first in (0..n_rows.max(1)).step_by(at_once) {
        let piece = first..n_rows.min(first + at_once);
        let names = models.iter().map(|model| model.name.clone()).collect();
        let columns = models.iter().map(|model| model.scores[piece.clone()].to_vec()).collect();
        let ratings = rows.stars[piece.clone()].to_vec();
        let user_ids = rows.user_ids[piece.clone()].to_vec();
        let item_ids = rows.item_ids[piece].to_vec();
        writer.write(if of_catalogue {
            CatalogueScoreRows { user_ids, item_ids, ratings, names, columns }.into_table()
        } else {
            ScoreRows { user_ids, item_ids, ratings, names, columns }.into_table()
        })?;
    }
    Ok(())
}
