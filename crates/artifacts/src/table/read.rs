//! A Parquet file to a table.

use std::path::Path;

use arrow::array::ArrayRef;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use rayon::prelude::*;

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

/// Decodes the Parquet file whose bytes are `bytes`; columns side by side, on the threads of the current rayon pool.
///
/// # Errors
/// [`Error::Corrupt`] where it cannot be decoded, [`Error::WrongKind`] where `podium.schema` in its metadata is another.
pub fn read_parquet(bytes: Bytes, source: Source<'_>) -> Result<Table, Error> {
    let metadata = ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::default())
        .map_err(|error| source.corrupt(error))?;
    let found = metadata
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
    let fields = metadata.schema().fields();
    let columns = (0..fields.len()).into_par_iter().map(|at| {
        let name = fields[at].name();
        let column = read_column(&bytes, &metadata, at)
            .map_err(|problem| source.corrupt(format!("column `{name}` is {problem}")))?;
        Ok((name.clone(), column))
    });
    let columns: Vec<(String, Column)> = columns.collect::<Result<_, Error>>()?;
    if columns.windows(2).any(|pair| pair[0].1.len() != pair[1].1.len()) {
        return Err(source.corrupt("its columns differ in length"));
    }
    Ok(Table { columns })
}

fn read_column(bytes: &Bytes, metadata: &ArrowReaderMetadata, at: usize) -> Result<Column, String> {
    let only = ProjectionMask::roots(metadata.parquet_schema(), [at]);
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(bytes.clone(), metadata.clone())
        .with_projection(only)
        .with_batch_size(1 << 16);
    let undecodable = |error: &dyn std::fmt::Display| format!("undecodable ({error})");
    let batches = reader.build().map_err(|error| undecodable(&error))?;
    let arrays: Vec<ArrayRef> = batches
        .map(|batch| Ok(batch.map_err(|error| undecodable(&error))?.column(0).clone()))
        .collect::<Result<_, String>>()?;
    let field = &metadata.schema().fields()[at];
    Column::from_arrow(field.data_type(), field.is_nullable(), &arrays)
}
