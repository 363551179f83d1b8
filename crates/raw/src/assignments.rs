//! A split made elsewhere: which part, and which fold, each row of the ratings file belongs to.

use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray as _};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use dataset::split::Part;

use crate::bad_rows::BadRow;
use crate::field::{self, FOLD, Problem};
use crate::shape::{movielens_csv, parquet, text};
use crate::{Error, open};

/// What an assignments file says of one row of the ratings file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// Its part.
    pub part: Part,
    /// Its fold, where the file has one.
    pub fold: Option<u8>,
}

const ROW: &str = "row";
const SPLIT: &str = "split";
const FOLD_COLUMN: &str = "fold";
const PARTS: &str = "base_train, meta_train or test";

/// Reads a CSV (gzipped or not) or Parquet file with the columns `row` (the 0-based data row of the ratings file, see
/// [`crate::RawData::rows`]), `split` (`base_train`, `meta_train` or `test`) and, optionally, `fold` (0 to 255, may be empty);
/// rows in any order, further columns are ignored.
///
/// The result has `n_rows` entries (see [`crate::RawData::n_rows`]), `None` for rows the file says nothing of.
///
/// # Errors
/// [`Error`], where the file is missing, lacks a column, or names an unknown part, a row twice, or a row that is not below
/// `n_rows`. Malformed rows are never skipped.
pub fn read_assignments(path: &Path, n_rows: u64) -> Result<Vec<Option<Assignment>>, Error> {
    let mut table = Table { of_row: vec![None; n_rows as usize] };
    if open::is_parquet(path)? {
        read_parquet(path, &mut table)?;
    } else {
        read_csv(path, &mut table)?;
    }
    Ok(table.of_row)
}

/// The assignments so far, by row.
struct Table {
    of_row: Vec<Option<Assignment>>,
}

impl Table {
    fn add(&mut self, row: i64, assignment: Assignment) -> Result<(), Problem> {
        let n_rows = self.of_row.len();
        let slot = usize::try_from(row).ok().and_then(|row| self.of_row.get_mut(row));
        match slot {
            None => Err(Problem::new(
                &row.to_string(),
                &format!("a row of the ratings file, which has {n_rows} (the first is 0)"),
            )),
            Some(Some(_)) => Err(Problem::new(&format!("{row} a second time"), "each row once")),
            Some(empty) => {
                *empty = Some(assignment);
                Ok(())
            }
        }
    }
}

fn part(name: &str) -> Result<Part, Problem> {
    let shown = || format!("\"{}\"", name.chars().take(40).collect::<String>().escape_debug());
    Part::from_name(name).ok_or_else(|| Problem::new(&shown(), PARTS))
}

fn read_csv(path: &Path, table: &mut Table) -> Result<(), Error> {
    let (mut records, names) = movielens_csv::open(path)?;
    let header = movielens_csv::Header::new(path, &names);
    let row = header.require(&[ROW])?;
    let split = header.require(&[SPLIT])?;
    let fold = header.find(&[FOLD_COLUMN]);
    while let Some(record) = records.next()? {
        let mut parse = || {
            text::check_len(&record, &names)?;
            let number = field::id(record.get(row)).map_err(|problem| (ROW, problem))?;
            let name = field::text(record.get(split)).map_err(|problem| (SPLIT, problem))?;
            let part = part(name.trim()).map_err(|problem| (SPLIT, problem))?;
            let fold = fold.map(|at| record.get(at).trim_ascii()).filter(|field| !field.is_empty());
            let fold = fold.map(field::fold).transpose().map_err(|problem| (FOLD_COLUMN, problem))?;
            table.add(number, Assignment { part, fold }).map_err(|problem| (ROW, problem))
        };
        parse().map_err(|(column, problem)| {
            Error::BadAssignment(Box::new(BadRow::in_text(path, record.line, column, problem)))
        })?;
    }
    Ok(())
}

fn read_parquet(path: &Path, table: &mut Table) -> Result<(), Error> {
    let builder = parquet::open(path)?;
    let names = parquet::column_names(&builder);
    let header = movielens_csv::Header::new(path, &names);
    let mut roots = vec![header.require(&[ROW])?, header.require(&[SPLIT])?];
    let fold = header.find(&[FOLD_COLUMN]);
    roots.extend(fold);
    let mut row = 0;
    for batch in parquet::batches(builder, &roots, path)? {
        let batch = batch?;
        let numbers = parquet::Whole::new(path, &batch, ROW)?;
        let names = parquet::column(path, &batch, SPLIT, "text", strings)?;
        let names = names.as_string::<i32>();
        let folds = fold.map(|_| parquet::Whole::new(path, &batch, FOLD_COLUMN)).transpose()?;
        for at in 0..batch.num_rows() {
            let mut parse = || {
                let number = field::id_number(numbers.get(at), || numbers.found(at));
                let number = number.map_err(|problem| (ROW, problem))?;
                let part = if names.is_null(at) { Err(parquet::null(PARTS)) } else { part(names.value(at)) };
                let part = part.map_err(|problem| (SPLIT, problem))?;
                let fold = folds.as_ref().map_or(Ok(None), |folds| fold_at(folds, at));
                let fold = fold.map_err(|problem| (FOLD_COLUMN, problem))?;
                table.add(number, Assignment { part, fold }).map_err(|problem| (ROW, problem))
            };
            parse().map_err(|(column, problem)| {
                Error::BadAssignment(Box::new(BadRow::in_parquet(path, row, column, problem)))
            })?;
            row += 1;
        }
    }
    Ok(())
}

/// The fold in row `at`; a null is none.
fn fold_at(folds: &parquet::Whole, at: usize) -> Result<Option<u8>, Problem> {
    if folds.is_null(at) {
        return Ok(None);
    }
    let fold = folds.get(at).and_then(|fold| u8::try_from(fold).ok());
    fold.map(Some).ok_or_else(|| Problem::new(&folds.found(at), FOLD))
}

/// `array` as plain strings, where it holds strings in any encoding.
fn strings(array: &ArrayRef) -> Option<ArrayRef> {
    let kind = match array.data_type() {
        DataType::Dictionary(_, values) => values,
        kind => kind,
    };
    let is_text = matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    is_text.then(|| cast(array, &DataType::Utf8).ok()).flatten()
}
