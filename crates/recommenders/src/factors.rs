//! Rows of latent factors, laid out for vector instructions.
#![expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the CPU's vector instructions"
)]

use fearless_simd::{Simd, f32x8, prelude::*};
use rand::Rng;
use rand_distr::{Distribution as _, StandardNormal};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Rows are padded with zeros to a multiple of this many numbers, so that inner loops run over whole blocks.
pub const LANES: usize = 8;

/// One row of factors a user or item, contiguous in memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factors {
    /// Numbers a row, padding included.
    width: usize,
    numbers: Vec<f32>,
}

impl Factors {
    /// `n_rows` rows of `n_factors` draws from N(0, std²), row by row.
    pub fn normal(n_rows: usize, n_factors: usize, std: f32, rng: &mut impl Rng) -> Self {
        let width = n_factors.next_multiple_of(LANES);
        let mut numbers = vec![0.0; n_rows * width];
        for row in numbers.chunks_exact_mut(width) {
            for number in &mut row[..n_factors] {
                let draw: f32 = StandardNormal.sample(rng);
                *number = std * draw;
            }
        }
        Self { width, numbers }
    }

    /// `n_rows` rows of zeros.
    pub fn zeros(n_rows: usize, n_factors: usize) -> Self {
        let width = n_factors.next_multiple_of(LANES);
        Self { width, numbers: vec![0.0; n_rows * width] }
    }

    /// The rows `rows`, in this order.
    pub fn select(&self, rows: &[u32]) -> Self {
        let numbers = rows.iter().flat_map(|&row| self.row(row)).copied().collect();
        Self { width: self.width, numbers }
    }

    /// The rows after `change` has added or moved some, all numbers of a row together.
    pub fn map_rows(self, change: impl FnOnce(Vec<f32>) -> Vec<f32>) -> Self {
        Self { width: self.width, numbers: change(self.numbers) }
    }

    /// Numbers a row, padding included.
    pub fn width(&self) -> usize {
        self.width
    }

    /// All rows, one after the other, to be changed.
    pub fn numbers_mut(&mut self) -> &mut [f32] {
        &mut self.numbers
    }

    /// The rows, to be changed in parallel.
    pub fn rows_mut(&mut self) -> impl IndexedParallelIterator<Item = &mut [f32]> {
        self.numbers.par_chunks_exact_mut(self.width.max(1))
    }

    /// All rows, one after the other.
    pub fn numbers(&self) -> &[f32] {
        &self.numbers
    }

    /// How many numbers `n_rows` rows are; `None` where the width cannot be.
    pub fn expected_len(&self, n_rows: usize) -> Option<usize> {
        self.width.is_multiple_of(LANES).then(|| n_rows.checked_mul(self.width))?
    }

    /// The sums over the rows of the products of two columns, [`Factors::width`] squared numbers. In f32 over blocks of rows and in f64 over blocks,
    /// so that the order is fixed and the error small.
    pub fn gram(&self) -> Vec<f64> {
        const ROWS: usize = 256;
        let mut gram = vec![0.0f64; self.width * self.width];
        let mut block = vec![0.0f32; self.width * self.width];
        for rows in self.numbers.chunks(ROWS * self.width.max(1)) {
            block.fill(0.0);
            for row in rows.chunks_exact(self.width) {
                for (&number, out) in row.iter().zip(block.chunks_exact_mut(self.width)) {
                    add(out, row, number);
                }
            }
            gram.iter_mut().zip(&block).for_each(|(sum, &number)| *sum += f64::from(number));
        }
        gram
    }

    /// The factors of row `row`.
    ///
    /// # Panics
    /// Where there is no such row.
    pub fn row(&self, row: u32) -> &[f32] {
        &self.numbers[row as usize * self.width..][..self.width]
    }

    /// The factors of row `row`, to be changed.
    ///
    /// # Panics
    /// Where there is no such row.
    pub fn row_mut(&mut self, row: u32) -> &mut [f32] {
        &mut self.numbers[row as usize * self.width..][..self.width]
    }
}

/// The inner product of two rows: one running sum a lane, then the lanes from first to last. The order is fixed, so the
/// rounding is too.
#[inline(always)]
pub fn dot(p: &[f32], q: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    for (p, q) in p.as_chunks::<LANES>().0.iter().zip(q.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            sums[lane] += p[lane] * q[lane];
        }
    }
    sums.iter().sum()
}

/// The sum of the lanes in the order that costs the least: halves, quarters, eighths.
#[inline(always)]
pub fn sum_of_halves<S: Simd>(lanes: f32x8<S>) -> f32 {
    let (low, high) = lanes.split();
    let halves: [f32; LANES / 2] = (low + high).into();
    (halves[0] + halves[2]) + (halves[1] + halves[3])
}

/// [`dot`], compiled for the CPU's vector instructions.
#[inline(always)]
pub fn dot_simd<S: Simd>(simd: S, p: &[f32], q: &[f32]) -> f32 {
    let sums: [f32; LANES] = lanes_of_dot(simd, p, q).into();
    sums.iter().sum()
}

/// The inner product of two rows by [`sum_of_halves`], which is done sooner than [`dot_simd`] and rounds in another place.
#[inline(always)]
pub fn dot_by_halves<S: Simd>(simd: S, p: &[f32], q: &[f32]) -> f32 {
    sum_of_halves(lanes_of_dot(simd, p, q))
}

/// One running sum a lane.
#[inline(always)]
fn lanes_of_dot<S: Simd>(simd: S, p: &[f32], q: &[f32]) -> f32x8<S> {
    let mut sums = f32x8::splat(simd, 0.0);
    for (p, q) in p.as_chunks::<LANES>().0.iter().zip(q.as_chunks::<LANES>().0) {
        sums += f32x8::simd_from(simd, *p) * f32x8::simd_from(simd, *q);
    }
    sums
}

/// One step of gradient descent on `error² / 2 + regularization * (|p|² + |q|²) / 2`: each row moves by the other's old value.
#[inline(always)]
pub fn step<S: Simd>(
    simd: S,
    p: &mut [f32],
    q: &mut [f32],
    error: f32,
    learning_rate: f32,
    regularization: f32,
) {
    let all = |number| f32x8::splat(simd, number);
    let (error, learning_rate, regularization) = (all(error), all(learning_rate), all(regularization));
    for (p, q) in p.as_chunks_mut::<LANES>().0.iter_mut().zip(q.as_chunks_mut::<LANES>().0) {
        let (old_p, old_q) = (f32x8::simd_from(simd, *p), f32x8::simd_from(simd, *q));
        *p = (old_p + learning_rate * (error * old_q - regularization * old_p)).into();
        *q = (old_q + learning_rate * (error * old_p - regularization * old_q)).into();
    }
}

/// `to += the sum of weight * row` over the rows `rows` of `factors`, added one after the other.
#[inline(always)]
pub fn add_rows<S: Simd>(simd: S, to: &mut [f32], factors: &Factors, rows: &[u32], weights: &[f32]) {
    let mut at = 0;
    // As many sums at a time as stay in registers.
    while at < to.len() {
        let (some, numbers) = (&mut to[at..], &factors.numbers[at..]);
        at += match some.len() / LANES {
            0 => return,
            1 => add_columns::<S, 1>(simd, some, numbers, factors.width, rows, weights),
            2 => add_columns::<S, 2>(simd, some, numbers, factors.width, rows, weights),
            3 => add_columns::<S, 3>(simd, some, numbers, factors.width, rows, weights),
            _ => add_columns::<S, 4>(simd, some, numbers, factors.width, rows, weights),
        };
    }
}

/// The first `CHUNKS` times [`LANES`] columns of [`add_rows`]; gives how many these are.
#[inline(always)]
fn add_columns<S: Simd, const CHUNKS: usize>(
    simd: S,
    to: &mut [f32],
    numbers: &[f32],
    width: usize,
    rows: &[u32],
    weights: &[f32],
) -> usize {
    let to = &mut to.as_chunks_mut::<LANES>().0[..CHUNKS];
    let mut sums: [f32x8<S>; CHUNKS] = std::array::from_fn(|chunk| f32x8::simd_from(simd, to[chunk]));
    for (&row, &weight) in rows.iter().zip(weights) {
        let row = &numbers[row as usize * width..][..CHUNKS * LANES];
        let weight = f32x8::splat(simd, weight);
        for (sum, row) in sums.iter_mut().zip(row.as_chunks::<LANES>().0) {
            *sum += weight * f32x8::simd_from(simd, *row);
        }
    }
    for (to, sum) in to.iter_mut().zip(sums) {
        *to = sum.into();
    }
    CHUNKS * LANES
}

/// `to = kept * to + weight * row`.
#[inline(always)]
pub fn shrink_and_add<S: Simd>(simd: S, to: &mut [f32], kept: f32, row: &[f32], weight: f32) {
    let (kept, weight) = (f32x8::splat(simd, kept), f32x8::splat(simd, weight));
    for (to, row) in to.as_chunks_mut::<LANES>().0.iter_mut().zip(row.as_chunks::<LANES>().0) {
        *to = (f32x8::simd_from(simd, *to) * kept + weight * f32x8::simd_from(simd, *row)).into();
    }
}

/// `to += weight * row`.
#[inline(always)]
pub fn add(to: &mut [f32], row: &[f32], weight: f32) {
    for (to, row) in to.as_chunks_mut::<LANES>().0.iter_mut().zip(row.as_chunks::<LANES>().0) {
        let (old, row) = (*to, *row); // copies, for the compiler to see that they do not overlap
        *to = std::array::from_fn(|lane| old[lane] + weight * row[lane]);
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::*;

    #[test]
    fn a_step_uses_both_old_values() {
        let mut p = [2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        let mut q = [4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0];
        assert_eq!(dot(&p, &q), 11.0);
        let level = Level::new();
        assert_eq!(dispatch!(level, simd => dot_simd(simd, &p, &q)), 11.0);
        dispatch!(level, simd => step(simd, &mut p, &mut q, 0.5, 0.5, 0.25));
        // p: 2 + .5 * (.5 * 4 - .25 * 2) = 2.75;  1 + .5 * (.5 * 3 - .25 * 1) = 1.625
        // q: 4 + .5 * (.5 * 2 - .25 * 4) = 4;     3 + .5 * (.5 * 1 - .25 * 3) = 2.875
        assert_eq!(p, [2.75, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.625]);
        assert_eq!(q, [4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.875]);
    }

    #[test]
    fn rows_are_added_in_order_at_any_width() {
        for n_factors in [3, 8, 16, 24, 32, 40, 72] {
            let factors = Factors::normal(5, n_factors, 1.0, &mut dataset::rng::stream(1, "test/factors"));
            let (rows, weights) = ([4, 0, 4, 2], [0.5, -3.0, 0.1, 2.0]);
            let mut expected = factors.row(1).to_vec();
            for (&row, &weight) in rows.iter().zip(&weights) {
                add(&mut expected, factors.row(row), weight);
            }
            let mut found = factors.row(1).to_vec();
            dispatch!(Level::new(), simd => add_rows(simd, &mut found, &factors, &rows, &weights));
            assert_eq!(found, expected, "{n_factors} factors");
            for number in &mut expected {
                *number *= 0.7;
            }
            add(&mut expected, factors.row(3), 0.3);
            dispatch!(Level::new(), simd => shrink_and_add(simd, &mut found, 0.7, factors.row(3), 0.3));
            assert_eq!(found, expected, "{n_factors} factors");
        }
    }

    #[test]
    fn gram_is_the_product_with_the_transpose() {
        let mut factors = Factors::zeros(600, 2);
        for row in 0..600 {
            factors.row_mut(row)[..2].copy_from_slice(&[2.0, (row % 2) as f32]);
        }
        let gram = factors.gram();
        assert_eq!([gram[0], gram[1], gram[8], gram[9]], [2400.0, 600.0, 600.0, 300.0]); // 8 numbers a row
        assert!(Factors::zeros(0, 2).gram().iter().all(|&number| number == 0.0));
    }

    #[test]
    fn initial_factors_have_the_asked_spread_and_zero_padding() {
        let factors = Factors::normal(2000, 10, 0.1, &mut dataset::rng::stream(1, "test/factors"));
        assert_eq!(factors.width(), 16);
        let drawn = || (0..2000).flat_map(|row| &factors.row(row)[..10]).map(|&number| f64::from(number));
        let mean = drawn().sum::<f64>() / 20_000.0;
        let std = (drawn().map(|number| number * number).sum::<f64>() / 20_000.0).sqrt();
        assert!(mean.abs() < 0.004, "{mean}"); // standard error .0007
        assert!((std - 0.1).abs() < 0.003, "{std}"); // standard error .0005
        assert!((0..2000).all(|row| factors.row(row)[10..] == [0.0; 6]));
    }
}
