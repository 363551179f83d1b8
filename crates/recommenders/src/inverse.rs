//! The inverse of a symmetric positive definite matrix.
//!
//! By sweeps (Beaton 1964; Goodnight, "A tutorial on the SWEEP operator", 1979), a block of pivots at a time: to sweep the pivots K,
//! with `D = A_KK^-1`, is `A_ij -= A_iK D A_Kj`, `A_iK = A_iK D`, `A_KK = -D`. Once every pivot is swept, A is minus its inverse. All the
//! work is one rank-[`BLOCK`] update a block, of the lower triangle only: n³ / 2 multiply-adds in all.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use dataset::Csr;
use rayon::prelude::*;

/// Pivots swept together.
const BLOCK: usize = 32;
/// Rows and columns of a tile of the update: its sums stay in registers.
const TILE: (usize, usize) = (4, 8);
/// Rows that one task updates; a multiple of [`TILE`]'s.
const TASK_ROWS: usize = 32;

/// What the numbers of a matrix may be: f32 takes half the time and memory, f64 keeps digits where the matrix is near to singular.
pub trait Real:
    Copy
    + Default
    + Send
    + Sync
    + PartialOrd
    + From<f32>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
{
}

impl Real for f32 {}
impl Real for f64 {}

/// A square symmetric matrix, row by row; a multiple of [`BLOCK`] wide.
pub struct Symmetric<T> {
    width: usize,
    numbers: Vec<T>,
}

impl<T: Real> Symmetric<T> {
    /// `scale` times the identity, at least `n` wide: what is beyond `n` only fills the last block.
    pub fn scaled_identity(n: usize, scale: T) -> Self {
        let width = n.next_multiple_of(BLOCK);
        let mut numbers = vec![T::default(); width * width];
        numbers.iter_mut().step_by(width + 1).for_each(|number| *number = scale);
        Self { width, numbers }
    }

    /// `X X' + ridge * I`, where `rows` are the rows of X and `columns` its columns: the same entries. Costs the sum over the columns of their
    /// squared number of entries; sums over the columns in ascending order.
    pub fn gram(rows: &Csr, columns: &Csr, ridge: T) -> Self {
        let n = rows.n_rows();
        let mut gram = Self::scaled_identity(n, ridge);
        gram.rows_mut().take(n).enumerate().for_each(|(row, sums)| {
            let (of_row, values) = rows.row(row as u32);
            for (&column, &value) in of_row.iter().zip(values) {
                let (others, other_values) = columns.row(column);
                let below = others.partition_point(|&other| other as usize <= row);
                for (&other, &other_value) in others[..below].iter().zip(other_values) {
                    sums[other as usize] += T::from(value) * T::from(other_value);
                }
            }
        });
        gram
    }

    /// The rows, to be filled; what is right of the diagonal is never read.
    fn rows_mut(&mut self) -> impl IndexedParallelIterator<Item = &mut [T]> {
        let width = self.width.max(1);
        self.numbers.par_chunks_exact_mut(width)
    }

    /// The entry in row `i` and column `j`, from the lower triangle.
    pub fn get(&self, i: usize, j: usize) -> T {
        self.numbers[i.max(j) * self.width + i.min(j)]
    }

    /// Replaces the matrix by its inverse. No eigenvalue is below `least` > 0: pivots, which cannot be either, are held above it against
    /// rounding.
    pub fn invert(&mut self, least: T) {
        let width = self.width;
        let mut panel = vec![T::default(); width * BLOCK];
        let mut panel_by_pivots = vec![T::default(); width * BLOCK];
        let mut panel_transposed = vec![T::default(); width * BLOCK];
        for first in (0..width).step_by(BLOCK) {
            for (i, row) in panel.chunks_exact_mut(BLOCK).enumerate() {
                for (k, number) in row.iter_mut().enumerate() {
                    *number = self.get(i, first + k);
                    panel_transposed[k * width + i] = *number;
                }
            }
            let mut pivots = [[T::default(); BLOCK]; BLOCK];
            for (pivot, row) in pivots.iter_mut().zip(panel[first * BLOCK..].chunks_exact(BLOCK)) {
                pivot.copy_from_slice(row);
            }
            let inverse = inverse_of_block(pivots, least);
            for (by_pivots, row) in panel_by_pivots.chunks_exact_mut(BLOCK).zip(panel.chunks_exact(BLOCK)) {
                by_pivots.fill(T::default());
                for (&weight, inverse_row) in row.iter().zip(&inverse) {
                    for (number, &of_inverse) in by_pivots.iter_mut().zip(inverse_row) {
                        *number += weight * of_inverse;
                    }
                }
            }
            self.update(&panel_by_pivots, &panel_transposed);
            self.write_back(first, &panel_by_pivots, &inverse);
        }
        self.numbers.par_iter_mut().for_each(|number| *number = -*number);
    }

    /// `A -= left * right`, on the lower triangle and a little beside it.
    fn update(&mut self, left: &[T], right: &[T]) {
        let width = self.width;
        let tasks = self.numbers.par_chunks_mut(TASK_ROWS * width).zip(left.par_chunks(TASK_ROWS * BLOCK));
        tasks.enumerate().for_each(|(task, (rows, left))| {
            let strips = rows.chunks_exact_mut(TILE.0 * width).zip(left.chunks_exact(TILE.0 * BLOCK));
            for (strip, (rows, left)) in strips.enumerate() {
                let end = task * TASK_ROWS + (strip + 1) * TILE.0;
                for column in (0..end).step_by(TILE.1) {
                    let sums = tile(left, right, width, column);
                    for (row, sums) in rows.chunks_exact_mut(width).zip(&sums) {
                        for (number, sum) in row[column..column + TILE.1].iter_mut().zip(sums) {
                            *number -= *sum;
                        }
                    }
                }
            }
        });
    }

    /// Puts the swept rows and columns of the block in their places, below the diagonal.
    fn write_back(&mut self, first: usize, panel: &[T], inverse: &[[T; BLOCK]; BLOCK]) {
        let width = self.width;
        for i in 0..width {
            let swept = &panel[i * BLOCK..][..BLOCK];
            if i < first {
                for (k, &number) in swept.iter().enumerate() {
                    self.numbers[(first + k) * width + i] = number;
                }
            } else if i < first + BLOCK {
                let row = &mut self.numbers[i * width + first..][..BLOCK];
                row.iter_mut()
                    .zip(&inverse[i - first])
                    .for_each(|(number, of_inverse)| *number = -*of_inverse);
            } else {
                self.numbers[i * width + first..][..BLOCK].copy_from_slice(swept);
            }
        }
    }
}

/// Four rows of `left` times eight columns of `right`.
#[inline]
fn tile<T: Real>(left: &[T], right: &[T], width: usize, column: usize) -> [[T; TILE.1]; TILE.0] {
    let zeros = [T::default(); TILE.1];
    let mut sums = [zeros; TILE.0];
    for k in 0..BLOCK {
        // Always there: the width is a multiple of a block, and so of a tile. A fixed size keeps the sums in registers.
        let right: &[T; TILE.1] = right[k * width + column..].first_chunk().unwrap_or(&zeros);
        for (row, sums) in sums.iter_mut().enumerate() {
            let weight = left[row * BLOCK + k];
            for (sum, &of_right) in sums.iter_mut().zip(right) {
                *sum += weight * of_right;
            }
        }
    }
    sums
}

/// The inverse of one block of pivots, one pivot after the other.
fn inverse_of_block<T: Real>(mut a: [[T; BLOCK]; BLOCK], least: T) -> [[T; BLOCK]; BLOCK] {
    for k in 0..BLOCK {
        let pivot = a[k][k];
        let inverse = T::from(1.0) / if pivot > least { pivot } else { least };
        let pivot_row = a[k];
        for (i, row) in a.iter_mut().enumerate() {
            if i != k {
                let weight = row[k] * inverse;
                for (number, &of_pivot) in row.iter_mut().zip(&pivot_row) {
                    *number -= weight * of_pivot;
                }
                row[k] = weight;
            }
        }
        a[k] = pivot_row.map(|number| number * inverse);
        a[k][k] = -inverse;
    }
    a.map(|row| row.map(|number| -number))
}

#[cfg(test)]
mod tests {
    use rand::RngExt as _;

    use super::*;

    #[test]
    fn the_inverse_of_two_by_two() {
        // [[2, 1], [1, 3]]: determinant 5, inverse [[3, -1], [-1, 2]] / 5
        let mut matrix = Symmetric::scaled_identity(2, 2.0f32);
        matrix.rows_mut().enumerate().filter(|(row, _)| *row == 1).for_each(|(_, row)| {
            row[0] = 1.0;
            row[1] = 3.0;
        });
        matrix.invert(0.1);
        for ((i, j), expected) in [((0, 0), 0.6), ((0, 1), -0.2), ((1, 0), -0.2), ((1, 1), 0.4)] {
            assert!((matrix.get(i, j) - expected).abs() < 1e-6, "{i}, {j}: {}", matrix.get(i, j));
        }
    }

    #[test]
    fn a_matrix_times_its_inverse_is_the_identity() {
        // X'X + I of a random X, over several blocks, tiles and tasks.
        let n = 150;
        let mut rng = dataset::rng::stream(1, "test/inverse");
        let x: Vec<Vec<f64>> =
            (0..40).map(|_| (0..n).map(|_| rng.random_range(-1.0..1.0)).collect()).collect();
        let entry = |i: usize, j: usize| {
            x.iter().map(|row| row[i] * row[j]).sum::<f64>() + f64::from(u8::from(i == j))
        };
        let mut matrix = Symmetric::scaled_identity(n, 1.0f32);
        matrix.rows_mut().enumerate().filter(|(i, _)| *i < n).for_each(|(i, row)| {
            (0..=i).for_each(|j| row[j] = entry(i, j) as f32);
        });
        matrix.invert(1.0);
        for i in 0..n {
            for j in 0..n {
                let product: f64 = (0..n).map(|k| entry(i, k) * f64::from(matrix.get(k, j))).sum();
                assert!((product - f64::from(u8::from(i == j))).abs() < 1e-3, "{i}, {j}: {product}");
            }
        }
    }
}
