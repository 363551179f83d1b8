//! Ratings in Parquet, columns found by name; ids and timestamps are integers of any width (or whole floating-point numbers),
//! ratings are any numbers.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray as _, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use arrow::util::display::array_value_to_string;
use dataset::Rating;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::bad_rows::{BadRow, BadRows};
use crate::field::{self, Problem};
use crate::shape::guard::guarded;
use crate::shape::movielens_csv::Header;
use crate::table::RatingTable;
use crate::{Error, Options};

const BATCH_ROWS: usize = 1 << 16;

/// Reads a file of ratings.
pub(crate) fn read_ratings(
    file: &Path,
    options: &Options,
    bad_rows: &mut BadRows,
) -> Result<RatingTable, Error> {
    let builder = open(file)?;
    let names = column_names(&builder);
    let header = Header::new(file, &names);
    let columns = header.rating_columns(options)?;
    let mut roots = vec![columns.user, columns.item, columns.rating];
    roots.extend(columns.timestamp);
    let name = |index: usize| names[index].as_str();
    let mut table = RatingTable::default();
    for batch in batches(builder, &roots, file)? {
        let batch = batch?;
        let users = Whole::new(file, &batch, name(columns.user))?;
        let items = Whole::new(file, &batch, name(columns.item))?;
        let values = Decimal::new(file, &batch, name(columns.rating))?;
        let timestamps = columns.timestamp.map(|at| Whole::time(file, &batch, name(at))).transpose()?;
        for at in 0..batch.num_rows() {
            let row = table.n_rows;
            table.n_rows += 1;
            let parse = || {
                let user_id = field::id_number(users.get(at), || users.found(at));
                let item_id = field::id_number(items.get(at), || items.found(at));
                let value = field::rating_number(values.get(at), options.rating_range(), || values.found(at));
                let timestamp = timestamps.as_ref().map_or(Ok(0), |timestamps| {
                    field::timestamp_number(timestamps.get(at), || timestamps.found(at))
                });
                Ok(Rating {
                    user_id: user_id.map_err(|problem| (columns.user, problem))?,
                    item_id: item_id.map_err(|problem| (columns.item, problem))?,
                    value: value.map_err(|problem| (columns.rating, problem))?,
                    timestamp: timestamp.map_err(|problem| (columns.timestamp.unwrap_or(0), problem))?,
                })
            };
            match parse() {
                Ok(rating) => table.push(row, rating),
                Err((column, problem)) => {
                    bad_rows.add(BadRow::in_parquet(file, row, name(column), problem))?;
                }
            }
        }
    }
    Ok(table)
}

/// Opens a Parquet file and reads its footer.
pub(crate) fn open(file: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, Error> {
    let opened = File::open(file).map_err(|source| Error::read(file, source))?;
    guarded(file, || ParquetRecordBatchReaderBuilder::try_new(opened))
}

/// The names of the top-level columns.
pub(crate) fn column_names(builder: &ParquetRecordBatchReaderBuilder<File>) -> Vec<String> {
    builder.schema().fields().iter().map(|field| field.name().clone()).collect()
}

/// The file's rows, only the top-level columns `roots`.
pub(crate) fn batches<'a>(
    builder: ParquetRecordBatchReaderBuilder<File>,
    roots: &[usize],
    file: &'a Path,
) -> Result<impl Iterator<Item = Result<RecordBatch, Error>> + use<'a>, Error> {
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots.iter().copied());
    let builder = builder.with_projection(mask).with_batch_size(BATCH_ROWS);
    let mut reader: Option<ParquetRecordBatchReader> = Some(guarded(file, || builder.build())?);
    Ok(std::iter::from_fn(move || {
        let open = reader.as_mut()?;
        let batch = guarded(file, || Ok(open.next().transpose()?)).transpose();
        if !matches!(batch, Some(Ok(_))) {
            reader = None; // nothing more is asked of it after an error
        }
        batch
    }))
}

/// The column `name` of `batch` and its type's error, where `cast` finds it unfit.
pub(crate) fn column<T>(
    file: &Path,
    batch: &RecordBatch,
    name: &str,
    expected: &'static str,
    cast: impl FnOnce(&ArrayRef) -> Option<T>,
) -> Result<T, Error> {
    let array = batch.column_by_name(name).ok_or_else(|| Error::MissingColumn {
        file: file.to_owned(),
        expected: name.to_owned(),
        found: "others".to_owned(),
    })?;
    cast(array).ok_or_else(|| Error::ColumnType {
        file: file.to_owned(),
        column: name.to_owned(),
        found: array.data_type().to_string(),
        expected,
    })
}

/// A column of whole numbers of any type.
pub(crate) struct Whole {
    original: ArrayRef,
    numbers: Numbers,
}

enum Numbers {
    Integers(ArrayRef),
    /// Floating-point numbers, of which only the whole ones count.
    Floats(ArrayRef),
}

impl Whole {
    const EXPECTED: &'static str = "integers, or floating-point numbers that are whole";

    /// The column of ids or row numbers called `name`.
    pub(crate) fn new(file: &Path, batch: &RecordBatch, name: &str) -> Result<Self, Error> {
        column(file, batch, name, Self::EXPECTED, |array| {
            let numbers = match array.data_type() {
                // A u64 too large for an i64 becomes null, and so a problem.
                kind if kind.is_integer() => Numbers::Integers(cast(array, &DataType::Int64).ok()?),
                kind if kind.is_floating() => Numbers::Floats(cast(array, &DataType::Float64).ok()?),
                _ => return None,
            };
            Some(Self { original: array.clone(), numbers })
        })
    }

    /// The column of times called `name`: whole seconds, or a timestamp type, cut to seconds.
    fn time(file: &Path, batch: &RecordBatch, name: &str) -> Result<Self, Error> {
        column(file, batch, name, "whole seconds or timestamps", |array| {
            let DataType::Timestamp(unit, _) = array.data_type() else { return None };
            let per_second = match unit {
                TimeUnit::Second => 1,
                TimeUnit::Millisecond => 1_000,
                TimeUnit::Microsecond => 1_000_000,
                TimeUnit::Nanosecond => 1_000_000_000,
            };
            let ticks = cast(array, &DataType::Int64).ok()?;
            let seconds =
                ticks.as_primitive::<Int64Type>().unary::<_, Int64Type>(|at| at.div_euclid(per_second));
            Some(Self { original: array.clone(), numbers: Numbers::Integers(std::sync::Arc::new(seconds)) })
        })
        .or_else(|_| Self::new(file, batch, name))
    }

    /// The number in row `at`; `None` where it is null, too large or not whole.
    pub(crate) fn get(&self, at: usize) -> Option<i64> {
        match &self.numbers {
            Numbers::Integers(array) => {
                array.is_valid(at).then(|| array.as_primitive::<Int64Type>().value(at))
            }
            Numbers::Floats(array) => {
                const EXACT: f64 = (1u64 << 53) as f64;
                let number = array.is_valid(at).then(|| array.as_primitive::<Float64Type>().value(at))?;
                (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
            }
        }
    }

    /// Whether row `at` is null.
    pub(crate) fn is_null(&self, at: usize) -> bool {
        self.original.is_null(at)
    }

    /// What stands in row `at`, for a message.
    pub(crate) fn found(&self, at: usize) -> String {
        shown(&self.original, at)
    }
}

/// A column of numbers of any type.
struct Decimal {
    original: ArrayRef,
    numbers: ArrayRef,
}

impl Decimal {
    fn new(file: &Path, batch: &RecordBatch, name: &str) -> Result<Self, Error> {
        column(file, batch, name, "numbers", |array| {
            let fits = array.data_type().is_numeric();
            let numbers = fits.then(|| cast(array, &DataType::Float64).ok())??;
            Some(Self { original: array.clone(), numbers })
        })
    }

    fn get(&self, at: usize) -> Option<f64> {
        self.numbers.is_valid(at).then(|| self.numbers.as_primitive::<Float64Type>().value(at))
    }

    fn found(&self, at: usize) -> String {
        shown(&self.original, at)
    }
}

/// The value in row `at` as text.
fn shown(array: &ArrayRef, at: usize) -> String {
    if array.is_null(at) {
        return "null".to_owned();
    }
    array_value_to_string(array, at).unwrap_or_else(|error| error.to_string())
}

/// What is wrong with a null.
pub(crate) fn null(expected: &str) -> Problem {
    Problem::new("null", expected)
}
