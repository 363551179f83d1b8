//! The bins of many rows, one byte a value.

use rayon::prelude::*;

use super::binning::FeatureBins;
use super::byte_tree::{BLOCK_ROWS, Block};
use super::cuts::Cuts;
use crate::FeatureMatrix;

/// How many blocks one task handles.
const BLOCKS_PER_TASK: usize = 16;

/// Bytes that come from memory together.
const CACHE_LINE: usize = 64;

/// `n_rows` x `n_features` bins, twice: row after row, as a histogram reads all features of a row at once; and column after column, as a
/// split reads one feature of many rows.
#[derive(Debug)]
pub(super) struct BinnedMatrix {
    rows: Vec<u8>,
    /// Block after block of each column in turn; the last block of a column is filled up with 0.
    columns: Vec<Block>,
    n_rows: usize,
    n_features: usize,
}

impl BinnedMatrix {
    /// Bins every value; `feature_bins` has one entry a feature.
    pub fn new(features: &FeatureMatrix, feature_bins: &[FeatureBins]) -> Self {
        let cuts: Vec<Cuts> = feature_bins.iter().map(FeatureBins::cuts).collect();
        Self::from_columns(features.n_rows(), feature_bins.len(), |feature, first, block| {
            let values = &features.column(feature)[first..];
            let n = values.len().min(BLOCK_ROWS);
            cuts[feature].places(&values[..n], &mut block[..n]);
        })
    }

    /// The rows at `rows`, in that order.
    pub fn select(&self, rows: &[usize]) -> Self {
        Self::from_columns(rows.len(), self.n_features, |feature, first, block| {
            let column = self.column(feature);
            for (bin, &row) in block.iter_mut().zip(&rows[first..]) {
                *bin = column[row];
            }
        })
    }

    /// `fill(feature, first row, block)` gives the bins of each block of each column.
    fn from_columns(
        n_rows: usize,
        n_features: usize,
        fill: impl Fn(usize, usize, &mut Block) + Sync,
    ) -> Self {
        let n_blocks = n_rows.div_ceil(BLOCK_ROWS);
        let mut columns = vec![[0; BLOCK_ROWS]; n_blocks * n_features];
        columns.par_chunks_mut(BLOCKS_PER_TASK).enumerate().for_each(|(task, blocks)| {
            for (at, block) in blocks.iter_mut().enumerate() {
                let at = task * BLOCKS_PER_TASK + at;
                fill(at / n_blocks, at % n_blocks * BLOCK_ROWS, block);
            }
        });
        let mut rows = vec![0; n_rows * n_features];
        let task_rows = BLOCK_ROWS * BLOCKS_PER_TASK;
        rows.par_chunks_mut(task_rows * n_features.max(1)).enumerate().for_each(|(task, rows)| {
            for (at, rows) in rows.chunks_mut(BLOCK_ROWS * n_features).enumerate() {
                for feature in 0..n_features {
                    let block = &columns[feature * n_blocks + task * BLOCKS_PER_TASK + at];
                    for (row, &bin) in rows.chunks_exact_mut(n_features).zip(block) {
                        row[feature] = bin;
                    }
                }
            }
        });
        Self { rows, columns, n_rows, n_features }
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The bins of one row, feature by feature.
    #[inline]
    pub fn row(&self, row: usize) -> &[u8] {
        &self.rows[row * self.n_features..(row + 1) * self.n_features]
    }

    /// Looks at a row's bins, so that they come into the nearest cache; the result means nothing.
    #[inline]
    pub fn touch(&self, row: usize) -> u8 {
        let row = self.row(row);
        row.iter().step_by(CACHE_LINE).chain(row.last()).fold(0, |all, bin| all ^ bin)
    }

    /// The bins of consecutive rows.
    pub fn rows(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = &[u8]> {
        self.rows[range.start * self.n_features..range.end * self.n_features].chunks_exact(self.n_features)
    }

    /// The bins of one feature, block by block.
    #[inline]
    pub fn column_blocks(&self, feature: usize) -> &[Block] {
        let n_blocks = self.n_rows.div_ceil(BLOCK_ROWS);
        &self.columns[feature * n_blocks..(feature + 1) * n_blocks]
    }

    /// The bins of one feature, row by row; at the end there may be some more.
    pub fn column(&self, feature: usize) -> &[u8] {
        self.column_blocks(feature).as_flattened()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_are_the_same_bins() {
        let column = |step: usize| (0..700).map(|row| (row * step % 101) as f64).collect::<Vec<f64>>();
        let columns =
            vec![("a".to_owned(), column(7)), ("b".to_owned(), column(13)), ("c".to_owned(), column(1))];
        let bins: Vec<FeatureBins> =
            columns.iter().map(|(_, values)| FeatureBins::new(values.clone(), 255)).collect();
        let matrix = BinnedMatrix::new(&FeatureMatrix::from_columns(columns).unwrap(), &bins);
        assert_eq!((matrix.row(300), matrix.column(1)[300]), (&[80, 62, 98][..], 62)); // 2100, 3900 and 300 modulo 101
        let selected = matrix.select(&[699, 300]);
        assert_eq!((selected.n_rows(), selected.row(1), selected.column(2)[1]), (2, matrix.row(300), 98));
        assert!((0..700).all(|row| (0..3).all(|f| matrix.row(row)[f] == matrix.column(f)[row])));
        assert_eq!(matrix.rows(698..700).collect::<Vec<_>>(), [matrix.row(698), matrix.row(699)]);
    }
}
