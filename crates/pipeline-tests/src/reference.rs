//! What the reference notebook computed on MovieLens ml-latest-small.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, Float64Array, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::workspace;

/// The folder beside the project that holds the real data and the reference's results.
fn shared() -> PathBuf {
    workspace().join("../shared")
}

/// The folder of the real raw data.
pub fn movielens() -> PathBuf {
    shared().join("ml-latest-small")
}

/// The reference's table: its split, every feature, both meta-models' probabilities.
pub fn table_file() -> PathBuf {
    shared().join("notebook/notebook-42.parquet")
}

/// Whether the data and the reference's results are there.
pub fn is_available() -> bool {
    movielens().join("ratings.csv").is_file() && table_file().is_file()
}

/// The reference's metrics, coefficients and importances.
///
/// # Panics
/// Where the file cannot be read.
pub fn results() -> serde_json::Value {
    let path = shared().join("notebook/notebook-42.json");
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Number columns of a Parquet file, by name; null is NaN. Text columns are left out.
///
/// # Panics
/// Where the file cannot be read.
pub fn numbers(path: &Path) -> BTreeMap<String, Vec<f64>> {
    let fail = |error: String| -> ! { panic!("{}: {error}", path.display()) };
    let file = File::open(path).unwrap_or_else(|error| fail(error.to_string()));
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .unwrap_or_else(|error| fail(error.to_string()));
    let mut columns = BTreeMap::<String, Vec<f64>>::new();
    for batch in reader {
        let batch = batch.unwrap_or_else(|error| fail(error.to_string()));
        for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
            if field.data_type().is_numeric() {
                columns.entry(field.name().clone()).or_default().extend(as_f64(array));
            }
        }
    }
    columns
}

fn as_f64(array: &ArrayRef) -> Vec<f64> {
    if let Some(integers) = array.as_any().downcast_ref::<Int64Array>() {
        return integers.iter().map(|value| value.map_or(f64::NAN, |value| value as f64)).collect();
    }
    let Ok(cast) = cast(array, &DataType::Float64) else { return vec![f64::NAN; array.len()] };
    let Some(floats) = cast.as_any().downcast_ref::<Float64Array>() else {
        return vec![f64::NAN; array.len()];
    };
    floats.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

/// The reference's rows of a part (`meta_train` or `test`: those with features), in ascending order of (user, item): user, item,
/// rating, and any of its number columns.
#[derive(Debug, Clone)]
pub struct Rows {
    /// (user, item), ascending.
    pub keys: Vec<(i64, i64)>,
    columns: BTreeMap<String, Vec<f64>>,
}

impl Rows {
    /// The reference's rows whose key is in `keys` (ascending).
    ///
    /// # Panics
    /// Where a key is missing.
    pub fn of(keys: &[(i64, i64)]) -> Self {
        let all = numbers(&table_file());
        let key = |row: usize| (all["userId"][row] as i64, all["movieId"][row] as i64);
        let row_of: BTreeMap<(i64, i64), usize> =
            (0..all["userId"].len()).map(|row| (key(row), row)).collect();
        let rows: Vec<usize> = keys.iter().map(|key| row_of[key]).collect();
        let columns =
            all.iter().map(|(name, values)| (name.clone(), rows.iter().map(|&row| values[row]).collect()));
        Self { keys: keys.to_vec(), columns: columns.collect() }
    }

    /// One column.
    ///
    /// # Panics
    /// Where there is none of that name.
    pub fn column(&self, name: &str) -> &[f64] {
        &self.columns[name]
    }

    /// 1 where the rating is at least 4 stars, else 0.
    pub fn labels(&self) -> Vec<f32> {
        self.column("rating").iter().map(|&rating| f32::from(u8::from(rating >= 4.0))).collect()
    }
}

/// The keys of a feature table that the pipeline wrote.
///
/// # Panics
/// Where the table cannot be read.
pub fn keys_of(table: &BTreeMap<String, Vec<f64>>) -> Vec<(i64, i64)> {
    table["user_id"].iter().zip(&table["item_id"]).map(|(&user, &item)| (user as i64, item as i64)).collect()
}
