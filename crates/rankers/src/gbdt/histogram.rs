//! Sums of derivatives in each bin of each feature, over the rows of one node.

use std::sync::{Mutex, PoisonError};

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u64x2};
use rayon::prelude::*;

use super::binned_matrix::BinnedMatrix;
use super::fixed_point::{FixedPoint, Sums, TreeRow};

/// Bins of a feature, that of missing values included: every `u8` is one.
pub(super) const BINS: usize = 256;

/// A second thread is worth its start from so many rows on.
const MIN_ROWS_PER_TASK: usize = 2048;

/// How many rows are rounded before they are added.
const ROUNDED_TOGETHER: usize = 512;

/// How many rows are fetched before they are added.
const FETCHED_TOGETHER: usize = 64;

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

    /// Adds rows: their bins, and what each of them adds. Compiled for each set of vector instructions, for two sums in one addition.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what is not inlined is not compiled for the CPU's vector instructions"
    )]
    fn add_rows<'a, S: Simd>(
        &mut self,
        simd: S,
        features: &[u32],
        rows: impl Iterator<Item = (&'a [u8], Sums)>,
    ) {
        let add = |cells: &mut FeatureHistogram, bin: u8, sums: u64x2<S>| {
            let cell = &mut cells[usize::from(bin)].0;
            *cell = (u64x2::simd_from(simd, *cell) + sums).into();
        };
        for (bins, sums) in rows {
            let sums = u64x2::simd_from(simd, sums.0);
            if features.len() < bins.len() {
                for (cells, &feature) in self.0.iter_mut().zip(features) {
                    add(cells, bins[feature as usize], sums);
                }
                continue;
            }
            // All features: nothing has to be looked up.
            let (cells4, cells) = self.0.as_chunks_mut::<4>();
            let (bins4, bins) = bins.as_chunks::<4>();
            for ([a, b, c, d], bins) in cells4.iter_mut().zip(bins4) {
                add(a, bins[0], sums);
                add(b, bins[1], sums);
                add(c, bins[2], sums);
                add(d, bins[3], sums);
            }
            for (cells, &bin) in cells.iter_mut().zip(bins) {
                add(cells, bin, sums);
            }
        }
    }
}

/// What the histograms of one tree are made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct TreeData<'a> {
    /// Every training row's bins.
    pub bins: &'a BinnedMatrix,
    /// The units of the rows' derivatives.
    pub units: FixedPoint,
    /// The features that the tree may split on, ascending.
    pub features: &'a [u32],
}

/// Makes histograms, and keeps those no longer needed for the next node; several nodes may ask at the same time.
#[derive(Debug, Default)]
pub(super) struct HistogramPool {
    free: Mutex<Vec<Histogram>>,
}

impl HistogramPool {
    fn take(&self, n_features: usize) -> Histogram {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match free {
            Some(mut histogram) => {
                histogram.clear();
                histogram
            }
            None => Histogram::zeros(n_features),
        }
    }

    /// Gives a histogram back.
    pub fn recycle(&self, histogram: Histogram) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(histogram);
    }

    /// The histogram of `rows`, ascending. Sums are exact, so it is the same however the rows are dealt out to threads.
    pub fn build(&self, data: TreeData<'_>, rows: &[TreeRow]) -> Histogram {
        let task_rows = rows.len().div_ceil(n_tasks(rows.len()));
        self.merge(data, rows.par_chunks(task_rows.max(1)), |histogram, rows| histogram.fill(data, rows))
    }

    /// Rounds the derivatives of `chosen` rows, ascending, or of all where there is no list, into `rows`; returns their histogram.
    pub fn build_root(
        &self,
        data: TreeData<'_>,
        derivatives: &[[f32; 2]],
        chosen: Option<&[u32]>,
        rows: &mut [TreeRow],
    ) -> Histogram {
        let task_rows = rows.len().div_ceil(n_tasks(rows.len()));
        self.merge(data, rows.par_chunks_mut(task_rows).enumerate(), |histogram, (task, rows)| {
            // A few at a time, which are still in the nearest cache when they are added.
            for (block, rows) in rows.chunks_mut(ROUNDED_TOGETHER).enumerate() {
                let first = task * task_rows + block * ROUNDED_TOGETHER;
                for (at, to) in rows.iter_mut().enumerate() {
                    let row = chosen.map_or((first + at) as u32, |chosen| chosen[first + at]);
                    *to = data.units.round(row, derivatives[row as usize]);
                }
                histogram.fill(data, rows);
            }
        })
    }

    /// The sum of a histogram a task.
    fn merge<T: Send>(
        &self,
        data: TreeData<'_>,
        tasks: impl IndexedParallelIterator<Item = T>,
        fill: impl Fn(&mut Histogram, T) + Sync,
    ) -> Histogram {
        let mut parts: Vec<Histogram> =
            (0..tasks.len().max(1)).map(|_| self.take(data.features.len())).collect();
        parts.par_iter_mut().zip(tasks).for_each(|(histogram, task)| fill(histogram, task));
        let mut whole = parts.swap_remove(0);
        for part in parts {
            whole.add(&part);
            self.recycle(part);
        }
        whole
    }
}

/// How many tasks so many rows are worth.
fn n_tasks(n_rows: usize) -> usize {
    (n_rows / MIN_ROWS_PER_TASK).clamp(1, rayon::current_num_threads())
}

impl Histogram {
    /// Adds rows, ascending.
    fn fill(&mut self, data: TreeData<'_>, rows: &[TreeRow]) {
        let TreeData { bins, units, features } = data;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
        let range = first.row as usize..last.row as usize + 1;
        let level = Level::new();
        if range.len() == rows.len() {
            // Without gaps: no row needs to be looked up.
            let rows = || bins.rows(range.clone()).zip(rows).map(|(bins, &row)| (bins, units.of_row(row)));
            dispatch!(level, simd => self.add_rows(simd, features, rows()));
        } else {
            for rows in rows.chunks(FETCHED_TOGETHER) {
                // A look at each row first: they wait for the memory side by side, where adding one row takes longer than fetching it.
                std::hint::black_box(rows.iter().fold(0, |all, row| all ^ bins.touch(row.row as usize)));
                let rows = || rows.iter().map(|&row| (bins.row(row.row as usize), units.of_row(row)));
                dispatch!(level, simd => self.add_rows(simd, features, rows()));
            }
        }
    }
}
