//! Sparse rows: the ratings grouped by one side.

use serde::{Deserialize, Serialize};

/// Compressed sparse rows: row `r` holds the entries `offsets[r]..offsets[r + 1]`, in ascending column order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Csr {
    offsets: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Csr {
    /// Groups `(row, column, value)` entries by row; each row's entries are sorted by column.
    /// Linear in the entries plus the sorting of each row.
    ///
    /// # Panics
    /// Where a row is not below `n_rows`.
    pub fn from_entries(n_rows: usize, entries: impl Iterator<Item = (u32, u32, f32)> + Clone) -> Self {
        let mut offsets = vec![0usize; n_rows + 1];
        for (row, _, _) in entries.clone() {
            offsets[row as usize + 1] += 1;
        }
        for row in 0..n_rows {
            offsets[row + 1] += offsets[row];
        }
        let mut next = offsets.clone();
        let (mut columns, mut values) = (vec![0u32; offsets[n_rows]], vec![0f32; offsets[n_rows]]);
        for (row, column, value) in entries {
            let slot = &mut next[row as usize];
            (columns[*slot], values[*slot]) = (column, value);
            *slot += 1;
        }
        let mut pairs: Vec<(u32, f32)> = Vec::new();
        for range in offsets.windows(2).map(|pair| pair[0]..pair[1]) {
            let (columns, values) = (&mut columns[range.clone()], &mut values[range]);
            if columns.is_sorted() {
                continue;
            }
            pairs.clear();
            pairs.extend(columns.iter().copied().zip(values.iter().copied()));
            pairs.sort_by_key(|&(column, _)| column);
            for ((column, value), pair) in columns.iter_mut().zip(values).zip(&pairs) {
                (*column, *value) = *pair;
            }
        }
        Self { offsets, columns, values }
    }

    /// The entries grouped by column: row `c` of the answer holds what stands in column `c`, of `n_columns` in all.
    ///
    /// # Panics
    /// Where a column is not below `n_columns`.
    #[must_use]
    pub fn transposed(&self, n_columns: usize) -> Self {
        let entries = (0..self.n_rows() as u32).flat_map(|row| {
            let (columns, values) = self.row(row);
            columns.iter().zip(values).map(move |(&column, &value)| (column, row, value))
        });
        Self::from_entries(n_columns, entries)
    }

    /// How many rows there are, empty ones included.
    pub fn n_rows(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// How many entries there are.
    pub fn n_entries(&self) -> usize {
        self.columns.len()
    }

    /// The columns of all entries, row after row.
    pub fn columns(&self) -> &[u32] {
        &self.columns
    }

    /// The values of all entries, row after row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Where the entries of row `row` stand among all entries.
    ///
    /// # Panics
    /// Where `row` is not below [`Csr::n_rows`].
    pub fn range(&self, row: u32) -> std::ops::Range<usize> {
        self.offsets[row as usize]..self.offsets[row as usize + 1]
    }

    /// The columns and values of row `row`.
    ///
    /// # Panics
    /// Where `row` is not below [`Csr::n_rows`].
    pub fn row(&self, row: u32) -> (&[u32], &[f32]) {
        let range = self.range(row);
        (&self.columns[range.clone()], &self.values[range])
    }

    /// The value at (`row`, `column`), or `None` where there is no entry.
    pub fn get(&self, row: u32, column: u32) -> Option<f32> {
        let (columns, values) = self.row(row);
        columns.binary_search(&column).ok().map(|at| values[at])
    }

    /// Whether offsets, columns and values fit together and every column is below `n_columns`: what must hold
    /// of a structure that came from a file.
    pub fn is_consistent(&self, n_columns: usize) -> bool {
        self.offsets.first() == Some(&0)
            && self.offsets.last() == Some(&self.columns.len())
            && self.columns.len() == self.values.len()
            && self.offsets.windows(2).all(|pair| pair[0] <= pair[1])
            && self.columns.iter().all(|&column| (column as usize) < n_columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_grouped_and_sorted_by_column() {
        let entries = [(1u32, 2u32, 4.0f32), (0, 1, 3.0), (1, 0, 5.0)];
        let csr = Csr::from_entries(3, entries.iter().copied());
        assert_eq!(csr.row(0), (&[1][..], &[3.0][..]));
        assert_eq!(csr.row(1), (&[0, 2][..], &[5.0, 4.0][..]));
        assert_eq!(csr.row(2), (&[][..], &[][..]));
        assert_eq!(csr.get(1, 2), Some(4.0));
        assert_eq!(csr.get(1, 1), None);
        assert_eq!(csr.transposed(3).row(2), (&[1][..], &[4.0][..]));
        assert_eq!(csr.transposed(3).transposed(3), csr);
        assert!(csr.is_consistent(3));
        assert!(!csr.is_consistent(2));
    }
}
