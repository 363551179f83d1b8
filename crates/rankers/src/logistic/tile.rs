//! A few hundred standardised rows in the processor's cache.

use nalgebra::DVector;
use ndarray::{ArrayView2, ShapeBuilder as _};

use super::scaling::Scaling;
use crate::FeatureMatrix;

/// How many rows are in the processor's cache at a time.
pub(super) const TILE_ROWS: usize = 512;

/// The memory of one task: a tile of standardised rows, column after column, the last column all 1.
pub(super) struct Tile {
    pub values: Vec<f64>,
    /// Of label 1, one a row.
    pub log_odds: Vec<f64>,
    /// The derivative of each row's log-loss by its log-odds.
    pub slopes: Vec<f64>,
    /// The square root of the second derivative.
    pub roots: Vec<f64>,
}

impl Tile {
    /// `dim` is the number of features plus 1.
    pub fn new(dim: usize) -> Self {
        let rows = || Vec::with_capacity(TILE_ROWS);
        Self { values: Vec::with_capacity(TILE_ROWS * dim), log_odds: rows(), slopes: rows(), roots: rows() }
    }

    /// Fills the tile with these rows, standardised.
    pub fn load(&mut self, rows: &[usize], features: &FeatureMatrix, scaling: &Scaling) {
        self.values.clear();
        let (first, last) = (rows[0], rows[rows.len() - 1]);
        let adjacent = last - first + 1 == rows.len();
        for (feature, column) in features.columns().enumerate() {
            let standardise = scaling.of_feature(feature);
            if adjacent {
                self.values.extend(column[first..=last].iter().map(|&value| standardise(value)));
            } else {
                self.values.extend(rows.iter().map(|&row| standardise(column[row])));
            }
        }
        self.values.resize(self.values.len() + rows.len(), 1.0);
    }

    /// The values as `n_rows` x `dim`.
    pub fn view(&self, n_rows: usize, dim: usize) -> ArrayView2<'_, f64> {
        ArrayView2::from_shape((n_rows, dim).f(), &self.values)
            .unwrap_or_else(|_| unreachable!("load fills all columns"))
    }

    /// The rows' log-odds of label 1.
    pub fn score(&mut self, n_rows: usize, weights: &DVector<f64>) {
        self.log_odds.clear();
        self.log_odds.resize(n_rows, 0.0);
        for (column, &weight) in self.values.chunks_exact(n_rows).zip(weights.iter()) {
            self.log_odds.iter_mut().zip(column).for_each(|(log_odds, value)| *log_odds += weight * value);
        }
    }
}
