//! Tables that are written from, and read back as, one struct a row.

/// Implements [`Stored`](super::Stored) for `Vec<Row>`: each column is a field, under the field's name.
macro_rules! stored_rows {
    ($row:ident, $schema:literal, { $($field:ident),* $(,)? }) => {
        impl $crate::tables::Stored for Vec<$row> {
            const SCHEMA: &'static str = $schema;

            fn into_table(self) -> $crate::Table {
                $(let mut $field = Vec::with_capacity(self.len());)*
                for row in self {
                    $($field.push(row.$field);)*
                }
                let table = $crate::Table::new();
                $(let table = table.with(stringify!($field), $field);)*
                table
            }

            fn from_table(mut table: $crate::Table) -> Result<Self, String> {
                $(let mut $field = table.take(stringify!($field))?.into_iter();)*
                let mut rows = Self::new();
                while let ($(Some($field),)*) = ($($field.next(),)*) {
                    rows.push($row { $($field),* });
                }
                Ok(rows)
            }
        }
    };
}
pub(super) use stored_rows;
