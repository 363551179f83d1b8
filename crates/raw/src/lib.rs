//! Reads raw rating data into memory: MovieLens in every shape it was published in, and any CSV or Parquet file of
//! ratings whose columns are named.
//!
//! | found in the folder | shape | published as |
//! |---|---|---|
//! | `ratings.csv`, `movies.csv`, `tags.csv` | `shape::movielens_csv` | latest-small, latest, 20M, 25M, 32M |
//! | `ratings.dat`, `movies.dat`, `tags.dat` | `shape::double_colon` | 1M, 10M |
//! | `u.data`, `u.item`, `u.genre` | `shape::tab` | 100K |
//! | one other `.csv` or `.parquet` file | `shape::movielens_csv` or `shape::parquet` | anybody's ratings |
//!
//! Text files may be gzipped, with `.gz` behind the name. Only the ratings are required.
//!
//! Each of these has its file under `shape/`; how a field's text becomes a number is in one place, `field.rs`; what happens
//! to a malformed row is in `bad_rows.rs`. The way back, for a part of the ratings, is [`write_movielens`].

mod assemble;
mod assignments;
mod bad_rows;
mod blocks;
mod catalogue;
mod error;
mod field;
mod layout;
mod open;
mod options;
mod own_ratings;
mod plain;
mod raw_data;
mod records;
mod shape;
mod size;
mod table;
mod write;

use std::path::Path;

pub use assignments::{Assignment, read_assignments};
pub use bad_rows::{BadRow, LISTED_BAD_ROWS};
pub use catalogue::{CatalogueData, read_catalogue};
pub use error::Error;
pub use options::{Columns, DEFAULT_RATING_RANGE, Options};
pub use own_ratings::{ItemName, OwnRating, read_own_ratings};
pub use raw_data::{RawData, Tag};
pub use size::about_how_many;
pub use write::write_movielens;

use bad_rows::BadRows;

/// The file that a generator of data puts beside its ratings, so that no result is mistaken for one on real data.
pub const SYNTHETIC_MARKER: &str = "SYNTHETIC";

/// Reads the data at `location`: a folder in one of the shapes above, or a single CSV or Parquet file of ratings.
///
/// The result is sorted by (user, item), each pair once: of several ratings of one pair the one with the latest timestamp
/// stays, and of equal timestamps the one that stands later in the file.
///
/// # Errors
/// [`Error`]; [`Error::is_usage`] tells what the caller can mend (a wrong folder, a wrong column name) from broken data.
pub fn read(location: &Path, options: &Options) -> Result<RawData, Error> {
    let layout = layout::find(location)?;
    let bad_rows = || BadRows::new(options.skip_bad_rows());
    let (mut bad_ratings, mut bad_items, mut bad_tags) = (bad_rows(), bad_rows(), bad_rows());
    let (table, (catalogue, tags)) = rayon::join(
        || shape::read_ratings(&layout, options, &mut bad_ratings),
        || {
            rayon::join(
                || shape::read_catalogue(&layout, options, &mut bad_items),
                || shape::read_tags(&layout, options, &mut bad_tags),
            )
        },
    );
    // The errors and the malformed rows in the order of the files.
    let table = table?;
    if table.ratings.is_empty() {
        let (first, n_bad_rows) = bad_ratings.first_and_count();
        return Err(Error::NoRatings { file: layout.ratings, n_bad_rows, first: first.map(Box::new) });
    }
    let (catalogue, tags) = (catalogue?, tags?);
    let bad_rows = bad_ratings.and_then(bad_items).and_then(bad_tags);
    assemble::assemble(layout, table, catalogue, tags, bad_rows)
}
