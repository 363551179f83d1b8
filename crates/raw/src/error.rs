//! What can go wrong while raw data is read.

use std::io;
use std::path::{Path, PathBuf};

use dataset::TooManyGenres;
use parquet::errors::ParquetError;

use crate::BadRow;

/// Why raw data could not be read. The messages say where, what was found, what was expected and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing is there.
    #[error("{}: no such file or folder; give a folder of MovieLens data or a CSV or Parquet file of ratings", .0.display())]
    NotFound(PathBuf),

    /// A folder in which no shape was recognised.
    #[error(
        "{}: no ratings found; expected ratings.csv, ratings.dat or u.data (also with .gz), or exactly one other .csv or \
         .parquet file; found {found}", folder.display()
    )]
    Unrecognised {
        /// The folder that was looked at.
        folder: PathBuf,
        /// What is in it, for the message.
        found: String,
    },

    /// The ratings file holds no (usable) rating.
    #[error("{}: no ratings in it{}; check that this is the right file", file.display(), skipped(*n_bad_rows, first.as_deref()))]
    NoRatings {
        /// The ratings file.
        file: PathBuf,
        /// How many malformed rows were skipped.
        n_bad_rows: u64,
        /// The first of them.
        first: Option<Box<BadRow>>,
    },

    /// A column that is needed is not in the file's header.
    #[error(
        "{}: no column {expected}; its columns are {found}; if they have other names, name the user, item and rating columns",
        file.display()
    )]
    MissingColumn {
        /// The file.
        file: PathBuf,
        /// The name or names that were looked for.
        expected: String,
        /// The file's columns.
        found: String,
    },

    /// An option outside its allowed range.
    #[error("{key} = {value}: expected {expected}")]
    Option {
        /// Which option.
        key: &'static str,
        /// Its value.
        value: String,
        /// What is allowed.
        expected: &'static str,
    },

    /// A malformed row, where malformed rows are not skipped.
    #[error("{0}; --skip-bad-rows would skip such rows and list them")]
    BadRow(Box<BadRow>),

    /// A malformed row of an assignments file or of own ratings; these are never skipped.
    #[error("{0}")]
    BadAssignment(Box<BadRow>),

    /// The file cannot be opened or read.
    #[error("{}: cannot be read: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        source: io::Error,
    },

    /// A line, or a quoted record, that is too long to be one.
    #[error(
        "{}, line {line}: longer than {limit} bytes; this is no text file, or a quotation mark is not closed",
        file.display()
    )]
    LineTooLong {
        /// The file.
        file: PathBuf,
        /// The 1-based line on which the record starts.
        line: u64,
        /// How many bytes a record may have.
        limit: u64,
    },

    /// A record whose quotation mark is open at the end of the file.
    #[error("{}, line {line}: a quotation mark is opened and never closed", file.display())]
    OpenQuote {
        /// The file.
        file: PathBuf,
        /// The 1-based line on which the record starts.
        line: u64,
    },

    /// A Parquet file that is truncated, corrupt or not Parquet at all.
    #[error("{}: not a readable Parquet file: {source}", file.display())]
    Parquet {
        /// The file.
        file: PathBuf,
        /// The reader's reason.
        source: ParquetError,
    },

    /// A column of a type that cannot hold what is expected.
    #[error("{}: column {column} has the type {found}, expected {expected}", file.display())]
    ColumnType {
        /// The file.
        file: PathBuf,
        /// The column.
        column: String,
        /// Its type.
        found: String,
        /// The types that are read.
        expected: &'static str,
    },

    /// More genres than a genre set can hold.
    #[error("{}: {source}", file.display())]
    Genres {
        /// The file of the catalogue.
        file: PathBuf,
        /// How many.
        source: TooManyGenres,
    },
}

impl Error {
    /// Whether the caller pointed at the wrong place or named the wrong thing (exit code 2), rather than that the data is
    /// broken or cannot be read.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::NotFound(_)
            | Self::Unrecognised { .. }
            | Self::NoRatings { .. }
            | Self::MissingColumn { .. }
            | Self::Option { .. } => true,
            Self::BadRow(_)
            | Self::BadAssignment(_)
            | Self::Read { .. }
            | Self::LineTooLong { .. }
            | Self::OpenQuote { .. }
            | Self::Parquet { .. }
            | Self::ColumnType { .. }
            | Self::Genres { .. } => false,
        }
    }

    /// The system's `source`, met at `file`.
    pub(crate) fn read(file: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound(file.to_owned()),
            _ => Self::Read { file: file.to_owned(), source },
        }
    }
}

fn skipped(n_bad_rows: u64, first: Option<&BadRow>) -> String {
    first.map_or_else(String::new, |first| {
        format!(", {n_bad_rows} malformed rows were skipped, the first: {first}")
    })
}
