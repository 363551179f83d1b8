//! Sums of derivatives in each bin of each feature, over the rows of one node.

use rayon::prelude::*;

use super::binned_matrix::BinnedMatrix;
use super::fixed_point::{FixedPoint, RowDerivatives, Sums};

/// Bins of a feature, that of missing values included: every `u8` is one.
pub(super) const BINS: usize = 256;

/// A second thread is worth its start from so many rows on.
const MIN_ROWS_PER_TASK: usize = 2048;

/// One feature's sums, bin by bin.
pub(super) type FeatureHistogram = [Sums; BINS];

/// The sums of the features that a tree may split on, in the tree's order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Histogram(Vec<FeatureHistogram>);

impl Histogram {
    fn zeros(n_features: usize) -> Self {
        Self(vec![[Sums::default(); BINS]; n_features])
    }

    /// The sums of the feature at `position` of the tree's list.
    pub fn feature(&self, position: usize) -> &FeatureHistogram {
        &self.0[position]
    }

    /// Takes a child's sums off its parent's: what is left is the other child's.
    pub fn subtract(&mut self, child: &Self) {
        for (cells, child) in self.0.as_flattened_mut().iter_mut().zip(child.0.as_flattened()) {
            *cells = *cells - *child;
        }
    }

    fn add(&mut self, other: &Self) {
        for (cells, other) in self.0.as_flattened_mut().iter_mut().zip(other.0.as_flattened()) {
            *cells += *other;
        }
    }

    fn clear(&mut self) {
        self.0.as_flattened_mut().fill(Sums::default());
    }

    /// Adds rows: their bins, and what each of them adds.
    fn add_rows<'a>(&mut self, features: &[u32], rows: impl Iterator<Item = (&'a [u8], Sums)>) {
        for (bins, sums) in rows {
            if features.len() < bins.len() {
                for (cells, &feature) in self.0.iter_mut().zip(features) {
                    cells[usize::from(bins[feature as usize])] += sums;
                }
                continue;
            }
            // All features: nothing has to be looked up.
            for (cells, &bin) in self.0.iter_mut().zip(bins) {
                cells[usize::from(bin)] += sums;
            }
        }
    }
}

/// What the histograms of one tree are made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct TreeRows<'a> {
    /// Every training row's bins.
    pub bins: &'a BinnedMatrix,
    /// Every training row's derivatives.
    pub derivatives: &'a [RowDerivatives],
    /// Their units.
    pub units: FixedPoint,
    /// The features that the tree may split on, ascending.
    pub features: &'a [u32],
}

/// Makes histograms, and keeps those no longer needed for the next node.
#[derive(Debug, Default)]
pub(super) struct HistogramPool {
    free: Vec<Histogram>,
}

impl HistogramPool {
    fn take(&mut self, n_features: usize) -> Histogram {
        match self.free.pop() {
            Some(mut histogram) => {
                histogram.clear();
                histogram
            }
            None => Histogram::zeros(n_features),
        }
    }

    /// Gives a histogram back.
    pub fn recycle(&mut self, histogram: Histogram) {
        self.free.push(histogram);
    }

    /// The histogram of `rows`, ascending. Sums are exact, so it is the same however the rows are dealt out to threads.
    pub fn build(&mut self, tree_rows: TreeRows<'_>, rows: &[u32]) -> Histogram {
        let n_tasks = (rows.len() / MIN_ROWS_PER_TASK).clamp(1, rayon::current_num_threads());
        let n_features = tree_rows.features.len();
        if n_tasks == 1 {
            let mut histogram = self.take(n_features);
            fill(&mut histogram, tree_rows, rows);
            return histogram;
        }
        let mut parts: Vec<Histogram> = (0..n_tasks).map(|_| self.take(n_features)).collect();
        parts
            .par_iter_mut()
            .zip(rows.par_chunks(rows.len().div_ceil(n_tasks)))
            .for_each(|(histogram, rows)| fill(histogram, tree_rows, rows));
        let mut whole = parts.swap_remove(0);
        for part in parts {
            whole.add(&part);
            self.recycle(part);
        }
        whole
    }
}

fn fill(histogram: &mut Histogram, tree_rows: TreeRows<'_>, rows: &[u32]) {
    let TreeRows { bins, derivatives, units, features } = tree_rows;
    let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { return };
    let range = first as usize..last as usize + 1;
    if range.len() == rows.len() {
        // Ascending and without gaps: no row needs to be looked up.
        let derivatives = derivatives[range.clone()].iter();
        histogram.add_rows(features, bins.rows(range).zip(derivatives.map(|&row| units.of_row(row))));
    } else {
        histogram.add_rows(
            features,
            rows.iter().map(|&row| (bins.row(row as usize), units.of_row(derivatives[row as usize]))),
        );
    }
}
