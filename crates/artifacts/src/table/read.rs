//! A Parquet file to tables: the whole of it, some of its columns, or one row group after the other.

use std::fs::File;
use std::ops::Range;
use std::path::Path;

use arrow::array::ArrayRef;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use rayon::prelude::*;

use super::positional::Positional;
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

/// Row groups that are decoded at a time where a table is read piece by piece.
const GROUPS_AT_A_TIME: usize = 4;

/// The whole table in the file at the source's path.
///
/// # Errors
/// [`Error::Read`] where it cannot be read, [`Error::Corrupt`] where it cannot be decoded, [`Error::WrongKind`] where `podium.schema` in its
/// metadata is another.
pub fn read_parquet(source: Source<'_>) -> Result<Table, Error> {
    let read = |error| Error::Read { path: source.path.to_owned(), source: error };
    let file = File::open(source.path).and_then(Positional::new).map_err(read)?;
    TableFile::open(file, source)?.read().map_err(|problem| source.corrupt(problem))
}

/// An open Parquet file. Its rows stay on the disk until they are asked for.
#[derive(Debug)]
pub struct TableFile {
    file: Positional,
    metadata: ArrowReaderMetadata,
}

impl TableFile {
    /// Reads the footer of `file`.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where it cannot be decoded, [`Error::WrongKind`] where `podium.schema` in its metadata is another.
    pub fn open(file: Positional, source: Source<'_>) -> Result<Self, Error> {
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default())
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
        Ok(Self { file, metadata })
    }

    /// How many rows the file has, as its footer says.
    pub fn n_rows(&self) -> usize {
        self.metadata.metadata().row_groups().iter().map(|group| group.num_rows().max(0) as usize).sum()
    }

    /// How many row groups there are.
    pub fn n_groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    /// The names of all columns, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.metadata.schema().fields().iter().map(|field| field.name().as_str())
    }

    /// The whole table; columns are decoded side by side, on the threads of the current rayon pool.
    ///
    /// # Errors
    /// Says in words what is wrong with the file.
    pub fn read(&self) -> Result<Table, String> {
        self.read_groups(0..self.n_groups(), |_| true)
    }

    /// Of the row groups `groups` those columns whose names satisfy `is_wanted`, in the file's order.
    ///
    /// # Errors
    /// Says in words what is wrong with the file.
    pub fn read_groups(
        &self,
        groups: Range<usize>,
        is_wanted: impl Fn(&str) -> bool + Sync,
    ) -> Result<Table, String> {
        let wanted: Vec<(usize, &str)> =
            self.names().enumerate().filter(|(_, name)| is_wanted(name)).collect();
        let columns = wanted.into_par_iter().map(|(at, name)| {
            let column = self.read_column(at, groups.clone());
            Ok((name.to_owned(), column.map_err(|problem| format!("column `{name}` is {problem}"))?))
        });
        let columns: Vec<(String, Column)> = columns.collect::<Result<_, String>>()?;
        if columns.windows(2).any(|pair| pair[0].1.len() != pair[1].1.len()) {
            return Err("its columns differ in length".to_owned());
        }
        Ok(Table { columns })
    }

    /// The file cut into runs of row groups, of some hundred thousand rows each: enough to decode side by side, few enough to hold.
    pub fn cuts(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let n_groups = self.n_groups();
        (0..n_groups)
            .step_by(GROUPS_AT_A_TIME)
            .map(move |first| first..n_groups.min(first + GROUPS_AT_A_TIME))
    }

    fn read_column(&self, at: usize, groups: Range<usize>) -> Result<Column, String> {
        let only = ProjectionMask::roots(self.metadata.parquet_schema(), [at]);
        let reader =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), self.metadata.clone())
                .with_projection(only)
                .with_row_groups(groups.collect())
                .with_batch_size(1 << 16);
        let undecodable = |error: &dyn std::fmt::Display| format!("undecodable ({error})");
        let batches = reader.build().map_err(|error| undecodable(&error))?;
        let arrays: Vec<ArrayRef> = batches
            .map(|batch| Ok(batch.map_err(|error| undecodable(&error))?.column(0).clone()))
            .collect::<Result<_, String>>()?;
        let field = &self.metadata.schema().fields()[at];
        Column::from_arrow(field.data_type(), field.is_nullable(), &arrays)
    }
}
