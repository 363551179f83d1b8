//! Tables to a Parquet file, row group by row group.

use std::path::Path;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::compute::concat;
use arrow::datatypes::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;

use super::Table;
use crate::Error;
use crate::atomic::{Filling, Unfinished};

/// Rows in a row group: 2 MB to 10 MB a group with the columns that the artifacts have, enough to read in parallel and to
/// skip by statistics, few enough to hold one in memory.
pub const ROW_GROUP_ROWS: usize = 1 << 17;

/// Columns whose values are nearly all different: a dictionary of them would be made and thrown away.
const ALL_DIFFERENT: [&str; 3] = ["row", "timestamp", "contribution"];

/// Encodes `table` for `path`, with `metadata` as the file's key-value metadata; [`Unfinished::finish`] puts the file in its place. The
/// same table gives the same bytes. Columns are encoded on the threads of the current rayon pool.
///
/// # Errors
/// [`Error::Write`].
pub fn begin_parquet(path: &Path, table: Table, metadata: &[(&str, &str)]) -> Result<Unfinished, Error> {
    let mut writer = TableWriter::open(path, metadata)?;
    writer.write(table)?;
    writer.close()
}

/// A Parquet file that is written piece by piece. The file's bytes depend on the rows alone and not on how they were cut into pieces, and
/// no more than a piece and a row group are in memory.
pub struct TableWriter {
    file: Option<Filling>,
    path: std::path::PathBuf,
    metadata: Vec<KeyValue>,
    open: Option<Open>,
    n_rows: u64,
}

/// What is known once the first piece has told its columns.
struct Open {
    writer: SerializedFileWriter<Filling>,
    groups: ArrowRowGroupWriterFactory,
    schema: Arc<Schema>,
    /// Rows that do not fill a row group yet: pieces, each with one array a column.
    pending: Vec<Vec<ArrayRef>>,
    n_pending: usize,
    n_groups: usize,
}

impl TableWriter {
    /// Opens a file that will stand at `path`, with `metadata` as its key-value metadata.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn open(path: &Path, metadata: &[(&str, &str)]) -> Result<Self, Error> {
        let pair = |&(key, value): &(&str, &str)| KeyValue::new(key.to_owned(), value.to_owned());
        Ok(Self {
            file: Some(Filling::open(path)?),
            path: path.to_owned(),
            metadata: metadata.iter().map(pair).collect(),
            open: None,
            n_rows: 0,
        })
    }

    /// How many rows have been written.
    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }

    /// Appends the rows of `table`. Every piece has the columns of the first, of the same types and nullability.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write(&mut self, table: Table) -> Result<(), Error> {
        let (n_rows, path) = (table.n_rows(), self.path.clone());
        self.n_rows += n_rows as u64;
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = table
            .columns
            .into_par_iter()
            .map(|(name, column)| {
                let (array, nullable) = column.into_arrow();
                (Field::new(name, array.data_type().clone(), nullable), array)
            })
            .unzip();
        self.append(fields, arrays, n_rows).map_err(|error| Error::Write { path, source: into_io(error) })
    }

    fn append(
        &mut self,
        fields: Vec<Field>,
        arrays: Vec<ArrayRef>,
        n_rows: usize,
    ) -> Result<(), ParquetError> {
        let schema = Schema::new(fields);
        let open = match (&mut self.open, self.file.take()) {
            (Some(open), _) => open,
            (none, Some(file)) => {
                none.insert(Open::new(file, Arc::new(schema.clone()), self.metadata.clone())?)
            }
            (None, None) => return Err(ParquetError::General("an earlier write failed".to_owned())),
        };
        if *open.schema != schema {
            return Err(ParquetError::General(
                "a piece of the table has other columns than the first".to_owned(),
            ));
        }
        open.pending.push(arrays);
        open.n_pending += n_rows;
        while open.n_pending >= ROW_GROUP_ROWS {
            open.write_group(ROW_GROUP_ROWS)?;
        }
        Ok(())
    }

    /// Writes what is left and ends the file; [`Unfinished::finish`] puts it in its place.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn close(mut self) -> Result<Unfinished, Error> {
        let end = |open: Option<Open>| {
            let Some(mut open) = open else {
                return Err(ParquetError::General("no table was written, not even an empty one".to_owned()));
            };
            if open.n_pending > 0 {
                open.write_group(open.n_pending)?;
            }
            open.writer.into_inner()
        };
        let file = end(self.open.take());
        file.map_err(|error| Error::Write { path: self.path, source: into_io(error) })?.close()
    }
}

impl Open {
    fn new(file: Filling, schema: Arc<Schema>, metadata: Vec<KeyValue>) -> Result<Self, ParquetError> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_key_value_metadata(Some(metadata));
        let without_dictionary = |properties: WriterPropertiesBuilder, name: &str| {
            properties.set_column_dictionary_enabled(ColumnPath::from(name), false)
        };
        let properties = ALL_DIFFERENT.into_iter().fold(properties, without_dictionary).build();
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties))?;
        let (writer, groups) = writer.into_serialized_writer()?;
        Ok(Self { writer, groups, schema, pending: Vec::new(), n_pending: 0, n_groups: 0 })
    }

    /// Writes the first `n_rows` pending rows as a row group.
    fn write_group(&mut self, n_rows: usize) -> Result<(), ParquetError> {
        // The pieces that the group takes, and what it leaves of the last of them.
        let (mut left, mut taken, mut rest) = (n_rows, Vec::new(), Vec::new());
        for piece in self.pending.drain(..) {
            let n = piece.first().map_or(0, |array| array.len());
            let of_group = n.min(left);
            let slice = |from: usize, n: usize| piece.iter().map(|array| array.slice(from, n)).collect();
            if of_group > 0 {
                taken.push(slice(0, of_group));
            }
            if of_group < n {
                rest.push(slice(of_group, n - of_group));
            }
            left -= of_group;
        }
        (self.pending, self.n_pending) = (rest, self.n_pending - n_rows);
        let taken: Vec<Vec<ArrayRef>> = taken;

        let encoders = self.groups.create_column_writers(self.n_groups)?;
        // Every column of ours is one Parquet column, lists of texts too.
        let chunks: Vec<ArrowColumnChunk> = (encoders.into_par_iter().enumerate())
            .map(|(at, encoder)| {
                let parts: Vec<&dyn arrow::array::Array> =
                    taken.iter().map(|piece| piece[at].as_ref()).collect();
                let array = if let [piece] = &taken[..] { piece[at].clone() } else { concat(&parts)? };
                encode(encoder, self.schema.field(at), &array)
            })
            .collect::<Result<_, _>>()?;
        let mut row_group = self.writer.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut row_group)?;
        }
        row_group.close()?;
        self.n_groups += 1;
        Ok(())
    }
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
