//! Derivatives as integers.
//!
//! Floating-point sums depend on the order of adding; sums of integers do not. So each tree's derivatives are rounded to multiples of a
//! power of two and added as integers: a histogram has the same bits at any number of threads, and a child's, got by subtracting its
//! sibling's from its parent's, is exact. The first derivative keeps 30 bits below the tree's largest one, which is finer than f32 for all
//! but small derivatives. The second derivative shares a word with the count of rows: with `b` bits for the count it keeps
//! `min(30, 64 - 2 b)` bits, that is 30 bits up to 131,071 rows and 22 at two million.

use std::ops::{Add, AddAssign, Sub};

/// Rows that one fit may have: the second derivative then still keeps 8 bits.
pub(super) const MAX_ROWS: usize = (1 << 28) - 1;

/// Bits that a first derivative keeps.
const GRADIENT_BITS: i32 = 30;

/// A row that a tree is grown on, with its derivatives in units of [`FixedPoint`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TreeRow {
    /// Which of the training rows.
    pub row: u32,
    gradient: i32,
    hessian: u32,
}

/// Sums over rows: derivatives and count, exact. The first number is the sum of first derivatives, in two's complement; the second the
/// count above `count_shift` and the sum of second derivatives below, which never overflows: see [`FixedPoint::new`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(super) struct Sums(pub(super) [u64; 2]);

impl Sums {
    /// Whether no row was added.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0[1] == 0
    }
}

impl Add for Sums {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        Self([self.0[0].wrapping_add(other.0[0]), self.0[1].wrapping_add(other.0[1])])
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
        Self([self.0[0].wrapping_sub(other.0[0]), self.0[1].wrapping_sub(other.0[1])])
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
    per_gradient: f64,
    per_hessian: f64,
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
        let gradient_unit = 2f64.powi(exponent(max_gradient) - GRADIENT_BITS);
        let hessian_unit = 2f64.powi(exponent(max_hessian) - hessian_bits);
        Self {
            gradient_unit,
            hessian_unit,
            per_gradient: 1.0 / gradient_unit,
            per_hessian: 1.0 / hessian_unit,
            count_shift: 64 - count_bits as u32,
        }
    }

    /// A row with its `[first, second]` derivatives rounded. A second derivative becomes at least one unit.
    #[inline]
    pub fn round(&self, row: u32, [gradient, hessian]: [f32; 2]) -> TreeRow {
        TreeRow {
            row,
            // Units are powers of two: multiplying by the inverse is dividing.
            gradient: round(f64::from(gradient) * self.per_gradient),
            hessian: round(f64::from(hessian) * self.per_hessian).max(1) as u32,
        }
    }

    /// One row as a summand.
    #[inline]
    pub fn of_row(&self, row: TreeRow) -> Sums {
        Sums([i64::from(row.gradient) as u64, (1 << self.count_shift) + u64::from(row.hessian)])
    }

    /// The sums in plain numbers.
    #[inline]
    pub fn stats(&self, sums: Sums) -> NodeStats {
        let [gradient, count_and_hessian] = sums.0;
        let hessian = count_and_hessian & ((1 << self.count_shift) - 1);
        NodeStats {
            gradient: gradient as i64 as f64 * self.gradient_unit,
            // As i64, which converts faster; it is below 2^63.
            hessian: hessian as i64 as f64 * self.hessian_unit,
            n_rows: self.count(sums) as f64,
        }
    }

    /// How many rows were added.
    #[inline]
    pub fn count(&self, sums: Sums) -> u32 {
        (sums.0[1] >> self.count_shift) as u32
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
        let rows = derivatives.map(|derivatives| units.round(0, derivatives));
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
            let [gradient, count_and_hessian] = units.of_row(units.round(0, [-3.0, 3.0])).0;
            let all = Sums([
                (gradient as i64 * n_rows as i64) as u64,
                count_and_hessian.checked_mul(n_rows as u64).unwrap(),
            ]);
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
        assert!(units.stats(units.of_row(units.round(0, [0.0, 1e-16]))).hessian > 0.0);
    }

    #[test]
    fn exponents_are_of_the_next_power_of_two() {
        assert_eq!([0.25, 0.26, 1.0, 3.0, 1e30].map(exponent), [-2, -1, 0, 2, 100]);
    }
}
