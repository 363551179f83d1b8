//! What happens to a malformed row: it stops the reading, or it is counted and listed.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::field::Problem;

/// How many malformed rows are listed; all are counted.
pub const LISTED_BAD_ROWS: usize = 1000;

/// A row that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The file it stands in.
    pub file: PathBuf,
    /// The 1-based line of a text file, the header counted; in Parquet the 1-based row.
    pub line: u64,
    /// The column at fault.
    pub column: String,
    /// What was found and what was expected.
    pub problem: String,
    /// `line` or `row`: what [`BadRow::line`] counts.
    pub unit: &'static str,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, problem, unit } = self;
        write!(f, "{}, {unit} {line}, column {column}: {problem}", file.display())
    }
}

impl BadRow {
    /// The malformed `line` of a text file.
    pub(crate) fn in_text(file: &Path, line: u64, column: &str, problem: Problem) -> Self {
        Self::new(file, line, column, problem, "line")
    }

    /// The malformed `row`, 0-based, of a Parquet file.
    pub(crate) fn in_parquet(file: &Path, row: u64, column: &str, problem: Problem) -> Self {
        Self::new(file, row + 1, column, problem, "row")
    }

    fn new(file: &Path, line: u64, column: &str, problem: Problem, unit: &'static str) -> Self {
        Self { file: file.to_owned(), line, column: column.to_owned(), problem: problem.0, unit }
    }
}

/// The malformed rows so far.
#[derive(Debug, Clone)]
pub(crate) struct BadRows {
    skip: bool,
    listed: Vec<BadRow>,
    n: u64,
}

impl BadRows {
    pub(crate) fn new(skip: bool) -> Self {
        Self { skip, listed: Vec::new(), n: 0 }
    }

    /// Counts and lists `row` where malformed rows are skipped; an error otherwise.
    pub(crate) fn add(&mut self, row: BadRow) -> Result<(), Error> {
        if !self.skip {
            return Err(Error::BadRow(Box::new(row)));
        }
        self.n += 1;
        if self.listed.len() < LISTED_BAD_ROWS {
            self.listed.push(row);
        }
        Ok(())
    }

    /// These, and behind them those of `next`.
    pub(crate) fn and_then(mut self, next: Self) -> Self {
        self.n += next.n;
        self.listed.extend(next.listed);
        self.listed.truncate(LISTED_BAD_ROWS);
        self
    }

    /// The first malformed row, and how many there are.
    pub(crate) fn first_and_count(self) -> (Option<BadRow>, u64) {
        (self.listed.into_iter().next(), self.n)
    }

    /// The listed rows, and how many there are in all.
    pub(crate) fn into_parts(self) -> (Vec<BadRow>, u64) {
        (self.listed, self.n)
    }
}
