//! A ridge regression on rows of factors: f32 numbers, sums in f64.

use fearless_simd::{Level, Simd, dispatch, f64x4, prelude::*};

use crate::factors::Factors;

/// Numbers a vector. The rows of [`Factors`] are padded to a multiple.
const LANES: usize = 4;

/// The normal equations of one regression; memory that the next one uses again.
pub struct Ridge {
    level: Level,
    /// How many coefficients there are; those of the padding come out as 0.
    width: usize,
    /// The sum of `v v'`; row by row, the lower triangle.
    gram: Vec<f64>,
    /// The sum of `target * v`, then the solution.
    right: Vec<f64>,
    vector: Vec<f64>,
}

impl Ridge {
    /// For rows of `width` numbers.
    pub fn new(width: usize) -> Self {
        let zeros = |n: usize| vec![0.0; n];
        Self {
            level: Level::new(),
            width,
            gram: zeros(width * width),
            right: zeros(width),
            vector: zeros(width),
        }
    }

    /// Writes to `out` the x that minimises `sum of (target - x . row)² + penalty * |x|²` over the `observed` rows of `factors` with their targets.
    /// The sums run in the order of `observed`, so that the same observations give the same bits.
    ///
    /// `penalty` > 0 makes the matrix positive definite; without observations the answer is 0.
    pub fn solve(
        &mut self,
        factors: &Factors,
        observed: impl Iterator<Item = (u32, f32)>,
        penalty: f64,
        out: &mut [f32],
    ) {
        self.gram.fill(0.0);
        self.right.fill(0.0);
        let level = self.level;
        dispatch!(level, simd => self.observe(simd, factors, observed));
        self.eliminate(penalty);
        out.iter_mut().zip(&self.right).for_each(|(to, &number)| *to = number as f32);
    }

    /// Sums up the observations.
    #[expect(
        clippy::inline_always,
        reason = "what is not inlined is not compiled for the CPU's vector instructions"
    )]
    #[inline(always)]
    fn observe<S: Simd>(&mut self, simd: S, factors: &Factors, observed: impl Iterator<Item = (u32, f32)>) {
        let Self { width, gram, right, vector, .. } = self;
        for (row, target) in observed {
            vector.iter_mut().zip(factors.row(row)).for_each(|(to, &number)| *to = f64::from(number));
            add(simd, right, vector, f64::from(target));
            for (at, sums) in gram.chunks_exact_mut(*width).enumerate() {
                // Up to the diagonal, and on to the end of a block of lanes.
                let end = (at + 1).next_multiple_of(LANES);
                add(simd, &mut sums[..end], &vector[..end], vector[at]);
            }
        }
    }

    /// Cholesky's factor in the place of the matrix, the solution in that of the right side.
    fn eliminate(&mut self, penalty: f64) {
        let (n, a, x) = (self.width, &mut self.gram, &mut self.right);
        for i in 0..n {
            let (above, rest) = a.split_at_mut(i * n);
            let row = &mut rest[..n];
            for j in 0..i {
                let other = &above[j * n..][..n];
                let sum: f64 = row[..j].iter().zip(&other[..j]).map(|(a, b)| a * b).sum();
                row[j] = (row[j] - sum) / other[j];
            }
            let squares: f64 = row[..i].iter().map(|number| number * number).sum();
            // At least the penalty but for rounding, so it is held there.
            row[i] = (row[i] + penalty - squares).max(penalty).sqrt();
        }
        for i in 0..n {
            let row = &a[i * n..][..n];
            let sum: f64 = row[..i].iter().zip(&x[..i]).map(|(a, b)| a * b).sum();
            x[i] = (x[i] - sum) / row[i];
        }
        for i in (0..n).rev() {
            x[i] /= a[i * n + i];
            let (before, solved) = x.split_at_mut(i);
            before.iter_mut().zip(&a[i * n..]).for_each(|(number, weight)| *number -= weight * solved[0]);
        }
    }
}

/// `to += weight * row`.
#[expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the CPU's vector instructions"
)]
#[inline(always)]
fn add<S: Simd>(simd: S, to: &mut [f64], row: &[f64], weight: f64) {
    let weight = f64x4::splat(simd, weight);
    for (to, row) in to.as_chunks_mut::<LANES>().0.iter_mut().zip(row.as_chunks::<LANES>().0) {
        *to = (f64x4::simd_from(simd, *to) + weight * f64x4::simd_from(simd, *row)).into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_observations_by_hand() {
        // v = (1, 0) and (1, 1) with targets 1 and 2; penalty 1: [[3, 1], [1, 2]] x = [3, 2], so x = (4, 3) / 5.
        let mut factors = Factors::zeros(2, 2);
        factors.row_mut(0)[0] = 1.0;
        factors.row_mut(1)[..2].copy_from_slice(&[1.0, 1.0]);
        let mut ridge = Ridge::new(factors.width());
        let mut found = vec![9.0; 8];
        ridge.solve(&factors, [(0, 1.0), (1, 2.0)].into_iter(), 1.0, &mut found);
        assert_eq!(found, [0.8, 0.6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        ridge.solve(&factors, std::iter::empty(), 1.0, &mut found);
        assert_eq!(found, [0.0; 8]);
    }

    #[test]
    fn the_gradient_is_zero_at_the_solution() {
        let factors = Factors::normal(40, 13, 1.0, &mut dataset::rng::stream(1, "test/ridge"));
        let observed: Vec<(u32, f32)> = (0..40).map(|row| (row, (row * 7 % 11) as f32 - 5.0)).collect();
        let mut found = vec![0.0; factors.width()];
        Ridge::new(factors.width()).solve(&factors, observed.iter().copied(), 0.7, &mut found);
        let product = |row: u32| -> f64 {
            factors.row(row).iter().zip(&found).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
        };
        for (at, &coefficient) in found[..13].iter().enumerate() {
            let of_errors: f64 = observed
                .iter()
                .map(|&(row, target)| (f64::from(target) - product(row)) * f64::from(factors.row(row)[at]))
                .sum();
            assert!((of_errors - 0.7 * f64::from(coefficient)).abs() < 1e-5, "{at}: {of_errors}");
        }
        assert_eq!(found[13..], [0.0; 3]);
    }
}
