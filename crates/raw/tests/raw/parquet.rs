//! Ratings in Parquet: column types, nulls, broken files.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Decimal128Array, Float32Array, Float64Array, Int8Array, Int32Array, Int64Array,
    RecordBatch, StringArray, TimestampMillisecondArray, UInt16Array, UInt64Array,
};
use parquet::arrow::ArrowWriter;
use raw::{DEFAULT_RATING_RANGE, Error, Options, RawData};

use crate::rows;

/// Writes one table.
pub(crate) fn write(file: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(file).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn read(columns: Vec<(&str, ArrayRef)>, skip_bad_rows: bool) -> Result<RawData, Error> {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("my.parquet"), columns);
    raw::read(folder.path(), &Options::new(None, DEFAULT_RATING_RANGE, skip_bad_rows).unwrap())
}

fn array(array: impl Array + 'static) -> ArrayRef {
    Arc::new(array)
}

#[test]
fn numbers_of_any_width() {
    let stars = Decimal128Array::from(vec![35, 40]).with_precision_and_scale(3, 1).unwrap();
    let ratings: [ArrayRef; 3] =
        [array(Float32Array::from(vec![3.5, 4.0])), array(Float64Array::from(vec![3.5, 4.0])), array(stars)];
    let users: [ArrayRef; 3] = [
        array(Int8Array::from(vec![2, 1])),
        array(UInt64Array::from(vec![2, 1])),
        array(Float64Array::from(vec![2.0, 1.0])),
    ];
    let timestamps: [ArrayRef; 3] = [
        array(Int32Array::from(vec![20, 10])),
        array(Int64Array::from(vec![20, 10])),
        array(TimestampMillisecondArray::from(vec![20_999, 10_000])),
    ];
    for ((rating, user), timestamp) in ratings.into_iter().zip(users).zip(timestamps) {
        let other = array(StringArray::from(vec!["ignored", "too"]));
        let item = array(UInt16Array::from(vec![9, 9]));
        let columns = vec![
            ("other", other),
            ("rating", rating),
            ("timestamp", timestamp),
            ("user_id", user),
            ("item_id", item),
        ];
        let data = read(columns, false).unwrap();
        assert_eq!(rows(&data), [(1, 9, 4.0, 10), (2, 9, 3.5, 20)]);
        assert_eq!(data.rows, [1, 0]);
    }
}

#[test]
fn nulls_and_numbers_out_of_range_are_malformed_rows() {
    let columns = || {
        let users = UInt64Array::from(vec![Some(1), None, Some(u64::MAX), Some(4), Some(5)]);
        let items = Float64Array::from(vec![Some(1.0), Some(1.0), Some(1.0), Some(1.5), Some(1.0)]);
        let ratings = Float64Array::from(vec![Some(5.0), Some(5.0), Some(5.0), Some(5.0), Some(f64::NAN)]);
        vec![("user_id", array(users)), ("item_id", array(items)), ("rating", array(ratings))]
    };
    let error = read(columns(), false).unwrap_err().to_string();
    assert!(
        error.contains("my.parquet, row 2, column user_id: found null, expected a whole number"),
        "{error}"
    );
    let data = read(columns(), true).unwrap();
    assert_eq!((rows(&data), data.n_rows), (vec![(1, 1, 5.0, 0)], 5));
    let listed: Vec<(u64, &str, &str)> = data
        .bad_rows
        .iter()
        .map(|bad| (bad.line, bad.column.as_str(), bad.problem.split(',').next().unwrap()))
        .collect();
    assert_eq!(
        listed,
        [
            (2, "user_id", "found null"),
            (3, "user_id", "found 18446744073709551615"),
            (4, "item_id", "found 1.5"),
            (5, "rating", "found NaN"),
        ]
    );
}

#[test]
fn a_column_of_text_is_no_id() {
    let columns = vec![
        ("user_id", array(StringArray::from(vec!["1"]))),
        ("item_id", array(Int32Array::from(vec![1]))),
        ("rating", array(Int32Array::from(vec![1]))),
    ];
    let error = read(columns, true).unwrap_err().to_string();
    assert!(error.contains("column user_id has the type Utf8, expected integers"), "{error}");
}

#[test]
fn a_broken_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ratings.parquet");
    let ids = || array(Int32Array::from((0..200).collect::<Vec<i32>>()));
    let stars = array(Float32Array::from((0..200).map(|row| (row % 10) as f32 / 2.0).collect::<Vec<f32>>()));
    write(&file, vec![("user_id", ids()), ("item_id", ids()), ("rating", stars)]);
    let whole = fs::read(&file).unwrap();
    let data = raw::read(&file, &Options::default()).unwrap();
    assert_eq!(data.ratings.len(), 200);

    for length in (0..whole.len()).step_by(7) {
        fs::write(&file, &whole[..length]).unwrap();
        let error = raw::read(&file, &Options::default()).unwrap_err();
        assert!(matches!(error, Error::Parquet { .. }) && !error.is_usage(), "{length} bytes: {error}");
    }
    // A flipped byte is an error or other data, never a panic.
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= [0x01, 0x80, 0xff][at % 3];
        fs::write(&file, &bytes).unwrap();
        let _ = raw::read(&file, &Options::default());
    }
}
