//! A table to a Parquet file.

use std::path::Path;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use rayon::prelude::*;

use super::Table;
use crate::atomic::Unfinished;
use crate::{Error, atomic};

/// Rows in a row group: 2 MB to 10 MB a group with the columns that the artifacts have, enough to read in parallel and to
/// skip by statistics, few enough to hold one in memory.
const ROW_GROUP_ROWS: usize = 1 << 17;

/// Encodes `table` for `path`, with `metadata` as the file's key-value metadata; [`Unfinished::finish`] puts the file in its place. The
/// same table gives the same bytes. Columns are encoded on the threads of the current rayon pool.
///
/// # Errors
/// [`Error::Write`].
pub fn begin_parquet(path: &Path, table: Table, metadata: &[(&str, &str)]) -> Result<Unfinished, Error> {
    let n_rows = table.n_rows();
    let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = table
        .columns
        .into_par_iter()
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
        .set_key_value_metadata(Some(metadata))
        .build();
    let schema = Arc::new(Schema::new(fields));
    atomic::begin(path, |file| {
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(into_io)?;
        let (mut writer, columns) = writer.into_serialized_writer().map_err(into_io)?;
        for (group, first) in (0..n_rows).step_by(ROW_GROUP_ROWS).enumerate() {
            let rows = ROW_GROUP_ROWS.min(n_rows - first);
            let encoders = columns.create_column_writers(group).map_err(into_io)?;
            // Every column of ours is one Parquet column, lists of texts too.
            let chunks: Vec<ArrowColumnChunk> =
                (encoders.into_par_iter().zip(schema.fields().par_iter()).zip(&arrays))
                    .map(|((encoder, field), array)| encode(encoder, field, &array.slice(first, rows)))
                    .collect::<Result<_, _>>()
                    .map_err(into_io)?;
            let mut row_group = writer.next_row_group().map_err(into_io)?;
            for chunk in chunks {
                chunk.append_to_row_group(&mut row_group).map_err(into_io)?;
            }
            row_group.close().map_err(into_io)?;
        }
        writer.close().map_err(into_io)?;
        Ok(())
    })
}

fn encode(
    mut encoder: ArrowColumnWriter,
    field: &Field,
    array: &ArrayRef,
) -> Result<ArrowColumnChunk, ParquetError> {
    for leaf in compute_leaves(field, array)? {
        encoder.write(&leaf)?;
    }
    encoder.close()
}

/// The file system's own error where there is one, so that the message says "no space left on device".
fn into_io(error: ParquetError) -> std::io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(io) => *io,
            Err(other) => std::io::Error::other(other),
        },
        other => std::io::Error::other(other),
    }
}
