//! A Parquet file to a table.

use std::path::Path;

use arrow::array::ArrayRef;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{Column, Table};
use crate::Error;

/// Where a table comes from and what it should be: all that a message needs.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The file.
    pub path: &'a Path,
    /// The schema's name that the file's metadata must hold.
    pub schema: &'a str,
    /// What makes the file.
    pub make_target: &'a str,
}

impl Source<'_> {
    /// The error that says that this file is corrupt.
    pub fn corrupt(&self, problem: impl ToString) -> Error {
        Error::Corrupt {
            path: self.path.to_owned(),
            problem: problem.to_string(),
            make_target: self.make_target.to_owned(),
        }
    }
}

/// Decodes the Parquet file whose bytes are `bytes`.
///
/// # Errors
/// [`Error::Corrupt`] where it cannot be decoded, [`Error::WrongKind`] where `podium.schema` in its metadata is another.
pub fn read_parquet(bytes: Bytes, source: Source<'_>) -> Result<Table, Error> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|error| source.corrupt(error))?;
    let found = reader
        .metadata()
        .file_metadata()
        .key_value_metadata()
        .and_then(|pairs| pairs.iter().find(|pair| pair.key == super::super::tables::SCHEMA_KEY))
        .and_then(|pair| pair.value.clone());
    if found.as_deref() != Some(source.schema) {
        return Err(Error::WrongKind {
            path: source.path.to_owned(),
            found: found.unwrap_or_else(|| "a table without podium.schema".to_owned()),
            expected: source.schema.to_owned(),
            make_target: source.make_target.to_owned(),
        });
    }
    let schema = reader.schema().clone();
    let batches = reader
        .with_batch_size(1 << 16)
        .build()
        .and_then(|batches| batches.map(|batch| batch.map_err(Into::into)).collect::<Result<Vec<_>, _>>())
        .map_err(|error| source.corrupt(error))?;
    let mut table = Table::new();
    for (at, field) in schema.fields().iter().enumerate() {
        let arrays: Vec<ArrayRef> = batches.iter().map(|batch| batch.column(at).clone()).collect();
        let column = Column::from_arrow(field.data_type(), field.is_nullable(), &arrays)
            .map_err(|problem| source.corrupt(format!("column `{}` is {problem}", field.name())))?;
        table.columns.push((field.name().clone(), column));
    }
    Ok(table)
}
