//! The bins of many rows, one byte a value.

use rayon::prelude::*;

use super::binning::FeatureBins;
use crate::FeatureMatrix;

/// How many rows one task bins.
const BLOCK_ROWS: usize = 4096;

/// `n_rows` x `n_features` bins, row after row: a histogram reads all features of a row at once.
#[derive(Debug)]
pub(super) struct BinnedMatrix {
    bins: Vec<u8>,
    n_features: usize,
}

impl BinnedMatrix {
    /// Bins every value; `feature_bins` has one entry a feature.
    pub fn new(features: &FeatureMatrix, feature_bins: &[FeatureBins]) -> Self {
        let n_features = feature_bins.len();
        let mut bins = vec![0; features.n_rows() * n_features];
        bins.par_chunks_mut(BLOCK_ROWS * n_features).enumerate().for_each(|(block, bins)| {
            for (feature, (column, feature_bins)) in features.columns().zip(feature_bins).enumerate() {
                let values = &column[block * BLOCK_ROWS..];
                for (row, &value) in bins.chunks_exact_mut(n_features).zip(values) {
                    row[feature] = feature_bins.bin(value);
                }
            }
        });
        Self { bins, n_features }
    }

    /// The rows at `rows`, in that order.
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut bins = Vec::with_capacity(rows.len() * self.n_features);
        for &row in rows {
            bins.extend_from_slice(self.row(row));
        }
        Self { bins, n_features: self.n_features }
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.bins.len().checked_div(self.n_features).unwrap_or(0)
    }

    /// The bins of one row, feature by feature.
    #[inline]
    pub fn row(&self, row: usize) -> &[u8] {
        &self.bins[row * self.n_features..(row + 1) * self.n_features]
    }

    /// The bins of consecutive rows.
    pub fn rows(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = &[u8]> {
        self.bins[range.start * self.n_features..range.end * self.n_features].chunks_exact(self.n_features)
    }

    /// The bin of one value.
    #[inline]
    pub fn get(&self, row: usize, feature: usize) -> u8 {
        self.bins[row * self.n_features + feature]
    }
}
