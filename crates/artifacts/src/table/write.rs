//! A table to a Parquet file.

use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::{Field, Schema};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::Table;
use crate::{Error, atomic};

/// Rows in a row group: 2 MB to 10 MB a group with the columns that the artifacts have, enough to read in parallel and to
/// skip by statistics, few enough to hold one in memory.
const ROW_GROUP_ROWS: usize = 1 << 17;

/// Writes `table` to `path`, whole or not at all, with `metadata` as the file's key-value metadata. The same table gives the
/// same bytes.
///
/// # Errors
/// [`Error::Write`].
pub fn write_parquet(path: &Path, table: Table, metadata: &[(&str, &str)]) -> Result<(), Error> {
    let (fields, arrays): (Vec<Field>, Vec<_>) = table
        .columns
        .into_iter()
        .map(|(name, column)| {
            let (array, nullable) = column.into_arrow();
            (Field::new(name, array.data_type().clone(), nullable), array)
        })
        .unzip();
    let metadata =
        metadata.iter().map(|&(key, value)| KeyValue::new(key.to_owned(), value.to_owned())).collect();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_key_value_metadata(Some(metadata))
        .build();
    let schema = Arc::new(Schema::new(fields));
    atomic::write(path, |file| {
        let other = std::io::Error::other;
        let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(other)?;
        let mut writer = ArrowWriter::try_new(file, schema, Some(properties)).map_err(into_io)?;
        writer.write(&batch).map_err(into_io)?;
        writer.close().map_err(into_io)?;
        Ok(())
    })
}

/// The file system's own error where there is one, so that the message says "no space left on device".
fn into_io(error: parquet::errors::ParquetError) -> std::io::Error {
    match error {
        parquet::errors::ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(io) => *io,
            Err(other) => std::io::Error::other(other),
        },
        other => std::io::Error::other(other),
    }
}
