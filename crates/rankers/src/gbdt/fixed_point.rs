//! Derivatives as integers.
//!
//! Floating-point sums depend on the order of adding; sums of integers do not. So each tree's derivatives are rounded to multiples of a
//! power of two and added as integers: a histogram has the same bits at any number of threads, and a child's, got by subtracting its
//! sibling's from its parent's, is exact. The first derivative keeps 30 bits below the tree's largest one, which is finer than f32 for all
//! but small derivatives. The second derivative shares a word with the count of rows: with `b` bits for the count it keeps
//! `min(30, 64 - 2 b)` bits, that is 30 bits up to 131,071 rows and 22 at two million.

use std::ops::{Add, AddAssign, Sub};

use rayon::prelude::*;

/// Rows that one fit may have: the second derivative then still keeps 8 bits.
pub(super) const MAX_ROWS: usize = (1 << 28) - 1;

/// Bits that a first derivative keeps.
const GRADIENT_BITS: i32 = 30;

/// One row's derivatives, in units of [`FixedPoint`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RowDerivatives {
    gradient: i32,
    hessian: u32,
}

/// Sums over rows: derivatives and count, exact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sums {
    gradient: i64,
    /// The count above `count_shift`, the second derivatives below. Never overflows: see [`FixedPoint::new`].
    count_and_hessian: u64,
}

impl Sums {
    /// Whether no row was added.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.count_and_hessian == 0
    }
}

impl Add for Sums {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        Self {
            gradient: self.gradient.wrapping_add(other.gradient),
            count_and_hessian: self.count_and_hessian.wrapping_add(other.count_and_hessian),
        }
    }
}

impl AddAssign for Sums {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Sums {
    type Output = Self;

    #[inline]
    fn sub(self, other: Self) -> Self {
        Self {
            gradient: self.gradient.wrapping_sub(other.gradient),
            count_and_hessian: self.count_and_hessian.wrapping_sub(other.count_and_hessian),
        }
    }
}

/// Sums as numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NodeStats {
    /// Sum of first derivatives.
    pub gradient: f64,
    /// Sum of second derivatives.
    pub hessian: f64,
    /// How many rows.
    pub n_rows: f64,
}

/// The units of one tree's derivatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct FixedPoint {
    gradient_unit: f64,
    hessian_unit: f64,
    count_shift: u32,
}

/// The least `e` with `value <= 2^e`, for a value that is finite and at least 0.
fn exponent(value: f32) -> i32 {
    let value = f64::from(value.max(f32::MIN_POSITIVE));
    let floor = ((value.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    if value == 2f64.powi(floor) { floor } else { floor + 1 }
}

/// `value` rounded to the nearest integer; `value` is below 2^31 in size. After adding 1.5 * 2^52, the low bits of an f64 are that integer.
#[inline]
fn round(value: f64) -> i32 {
    (value + 6_755_399_441_055_744.0).to_bits() as i32
}

impl FixedPoint {
    /// Units for `n_rows` rows, at most [`MAX_ROWS`], whose derivatives are at most these in size.
    ///
    /// The count of `n < 2^b` rows takes the upper `b` bits. Each second derivative is at most `2^(64 - 2 b)` units, so that all of them
    /// together are below `2^(64 - b)`, where the count begins.
    pub fn new(n_rows: usize, max_gradient: f32, max_hessian: f32) -> Self {
        let count_bits = (usize::BITS - n_rows.leading_zeros()) as i32;
        let hessian_bits = (64 - 2 * count_bits).min(30);
        Self {
            gradient_unit: 2f64.powi(exponent(max_gradient) - GRADIENT_BITS),
            hessian_unit: 2f64.powi(exponent(max_hessian) - hessian_bits),
            count_shift: 64 - count_bits as u32,
        }
    }

    /// Rounds many rows' `[first, second]` derivatives. A second derivative becomes at least one unit.
    pub fn round_rows(&self, derivatives: &[[f32; 2]], out: &mut [RowDerivatives]) {
        const BLOCK_ROWS: usize = 16_384;
        let (per_gradient, per_hessian) = (1.0 / self.gradient_unit, 1.0 / self.hessian_unit);
        out.par_chunks_mut(BLOCK_ROWS).zip(derivatives.par_chunks(BLOCK_ROWS)).for_each(
            |(out, derivatives)| {
                for (out, &[gradient, hessian]) in out.iter_mut().zip(derivatives) {
                    out.gradient = round(f64::from(gradient) * per_gradient);
                    out.hessian = round(f64::from(hessian) * per_hessian).max(1) as u32;
                }
            },
        );
    }

    /// One row as a summand.
    #[inline]
    pub fn of_row(&self, row: RowDerivatives) -> Sums {
        Sums {
            gradient: i64::from(row.gradient),
            count_and_hessian: (1 << self.count_shift) + u64::from(row.hessian),
        }
    }

    /// The sums in plain numbers.
    #[inline]
    pub fn stats(&self, sums: Sums) -> NodeStats {
        let hessian = sums.count_and_hessian & ((1 << self.count_shift) - 1);
        NodeStats {
            gradient: sums.gradient as f64 * self.gradient_unit,
            // As i64, which converts faster; it is below 2^63.
            hessian: hessian as i64 as f64 * self.hessian_unit,
            n_rows: self.count(sums) as f64,
        }
    }

    /// How many rows were added.
    #[inline]
    pub fn count(&self, sums: Sums) -> u32 {
        (sums.count_and_hessian >> self.count_shift) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_come_back_as_numbers() {
        // Multiples of 1/8 are exact: 0.5 - 0.25 + 1 = 1.25, 0.25 + 0.125 + 0.25 = 0.625.
        let derivatives = [[0.5f32, 0.25], [-0.25, 0.125], [1.0, 0.25]];
        let units = FixedPoint::new(3, 1.0, 0.25);
        let mut rows = [RowDerivatives::default(); 3];
        units.round_rows(&derivatives, &mut rows);
        let total = rows.iter().fold(Sums::default(), |sum, &row| sum + units.of_row(row));
        assert_eq!(units.stats(total), NodeStats { gradient: 1.25, hessian: 0.625, n_rows: 3.0 });
        let rest = total - units.of_row(rows[0]);
        assert_eq!(units.stats(rest), NodeStats { gradient: 0.75, hessian: 0.375, n_rows: 2.0 });
        assert!((rest - units.of_row(rows[1]) - units.of_row(rows[2])).is_empty());
    }

    #[test]
    fn the_largest_sums_fit() {
        for n_rows in [1, 131_071, 2_000_000, MAX_ROWS] {
            let units = FixedPoint::new(n_rows, 3.0, 3.0);
            let mut row = [RowDerivatives::default()];
            units.round_rows(&[[-3.0, 3.0]], &mut row);
            let one = units.of_row(row[0]);
            let all = Sums {
                gradient: one.gradient * n_rows as i64,
                count_and_hessian: one.count_and_hessian.checked_mul(n_rows as u64).unwrap(),
            };
            let stats = units.stats(all);
            assert_eq!(
                stats,
                NodeStats {
                    gradient: -3.0 * n_rows as f64,
                    hessian: 3.0 * n_rows as f64,
                    n_rows: n_rows as f64
                }
            );
        }
    }

    #[test]
    fn a_vanishing_hessian_still_counts() {
        let units = FixedPoint::new(10, 1.0, 0.25);
        let mut row = [RowDerivatives::default()];
        units.round_rows(&[[0.0, 1e-16]], &mut row);
        assert!(units.stats(units.of_row(row[0])).hessian > 0.0);
    }

    #[test]
    fn exponents_are_of_the_next_power_of_two() {
        assert_eq!([0.25, 0.26, 1.0, 3.0, 1e30].map(exponent), [-2, -1, 0, 2, 100]);
    }
}
