//! Tables in memory and as Parquet: zstd, statistics on, no index columns, types that DuckDB, Polars, pandas and Spark read
//! without a cast.

mod column;
mod positional;
mod read;
mod write;

pub use column::Column;
pub use positional::Positional;
pub use read::{Source, TableFile, read_parquet};
pub use write::{ROW_GROUP_ROWS, TableWriter, begin_parquet};

/// Named columns of equal length, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    columns: Vec<(String, Column)>,
}

impl Table {
    /// A table without columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same table with one more column at its end.
    ///
    /// # Panics
    /// Where the column's length differs from that of the columns before it, or its name stands already: a mistake in the
    /// calling stage, not in a file.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, column: impl Into<Column>) -> Self {
        let (name, column) = (name.into(), column.into());
        assert!(
            self.columns.is_empty() || column.len() == self.n_rows(),
            "column `{name}` has another length"
        );
        assert!(self.column(&name).is_none(), "column `{name}` stands twice");
        self.columns.push((name, column));
        self
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// The columns by name, in order.
    pub(crate) fn into_columns(self) -> Vec<(String, Column)> {
        self.columns
    }

    /// The columns in order.
    pub fn columns(&self) -> &[(String, Column)] {
        &self.columns
    }

    /// The column called `name`.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(n, _)| n == name).map(|(_, column)| column)
    }

    /// Takes the column called `name` out of the table, as a `T`.
    ///
    /// # Errors
    /// Says in words that the column is missing or holds another type.
    pub fn take<T>(&mut self, name: &str) -> Result<Vec<T>, String>
    where
        Column: TryIntoVec<T>,
    {
        let column = self.remove(name)?;
        let found = column.type_name();
        column
            .try_into_vec()
            .map_err(|expected| format!("column `{name}` holds {found}, expected {expected}"))
    }

    /// Takes the column of text called `name` out of the table, each text as `parse` understands it; `expected` says in words what that is.
    ///
    /// # Errors
    /// Says in words that the column is missing, holds another type, or which text `parse` does not understand.
    pub fn take_parsed<T>(
        &mut self,
        name: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, String> {
        let parsed = self.remove(name)?.parse(parse);
        parsed.map_err(|found| format!("column `{name}` holds {found}, expected {expected}"))
    }

    fn remove(&mut self, name: &str) -> Result<Column, String> {
        let at = self.columns.iter().position(|(n, _)| n == name);
        let at = at.ok_or_else(|| format!("column `{name}` is missing"))?;
        Ok(self.columns.remove(at).1)
    }
}

/// A column as a plain vector of one type.
pub trait TryIntoVec<T> {
    /// The values.
    ///
    /// # Errors
    /// The name of the expected type, where the column holds another.
    fn try_into_vec(self) -> Result<Vec<T>, &'static str>;
}
