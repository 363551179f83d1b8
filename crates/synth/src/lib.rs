//! Generates data of MovieLens' shape, for machines without the real data and for tests.
//!
//! * catalogue: items with titles, years, genres, a quality and a popularity with a long tail;
//! * activity: how many ratings each user gives, log-normal above a minimum of 20, the tail bent;
//! * popularity: how often each item is rated, by rank;
//! * scale: the published sets by name, and the marginals of sizes between and beyond;
//! * user: which items a user picks, what they give and when, from low-rank tastes tied to genres;
//! * output: the files, written user by user, so that memory follows the catalogue and not the ratings.
//!
//! Same [`Shape`], same bytes: each user has a random stream of their own.

mod activity;
mod catalogue;
mod error;
mod marginals;
mod output;
mod pick;
mod popularity;
mod scale;
mod shape;
mod tags;
mod titles;
mod user;

use std::path::Path;

pub use error::Error;
pub use output::MARKER;
pub use scale::{Scale, ScaleError};
pub use shape::{Shape, ShapeError};

/// Generates a data set of `shape` in the folder `out`: `ratings.csv`, `movies.csv`, `tags.csv`, `links.csv`, `README.txt` and the
/// marker [`MARKER`].
///
/// The files are written to a folder beside `out` that takes its place when all are there. An `out` that was generated
/// before is replaced.
///
/// # Errors
/// [`Error::NotGenerated`] where `out` exists and is neither empty nor generated; [`Error::Io`] where a file cannot be written.
pub fn generate(shape: &Shape, out: &Path) -> Result<(), Error> {
    generate_with_progress(shape, out, |_| {})
}

/// As [`generate`]; calls `progress` now and then with the number of ratings written so far.
///
/// # Errors
/// As [`generate`].
pub fn generate_with_progress(shape: &Shape, out: &Path, progress: impl FnMut(u64)) -> Result<(), Error> {
    output::write(shape, out, progress)
}
