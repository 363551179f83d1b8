//! One row of the products of targets with targets, computed sparsely.

use super::Sides;

/// What is summed up about a pair of targets over those who rated both.
pub trait CoRating: Copy + Default + Send + Sync {
    /// Adds one who gave `own` to the row's target and `other` to the other target.
    fn add(&mut self, own: f32, other: f32);
}

/// The sum of the products, in f64: exact for ratings in half stars.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ProductSum(pub f64);

impl CoRating for ProductSum {
    #[inline]
    fn add(&mut self, own: f32, other: f32) {
        self.0 += f64::from(own) * f64::from(other);
    }
}

/// The sum of the products, and the number of those who rated both. Two f32 side by side (the number is exact below 2^24):
/// half the memory of a row, which is what its filling waits for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Agreement {
    /// The sum of the products.
    pub product: f32,
    /// How many rated both.
    pub n_common: f32,
}

impl CoRating for Agreement {
    #[inline]
    fn add(&mut self, own: f32, other: f32) {
        self.product += own * other;
        self.n_common += 1.0;
    }
}

/// The number of those who rated both.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Common(pub u32);

impl CoRating for Common {
    #[inline]
    fn add(&mut self, _: f32, _: f32) {
        self.0 += 1;
    }
}

/// For one target at a time: the sums over everyone who rated it, for every target.
///
/// Kept by each thread and used again for the next target, so that nothing is allocated a target.
pub struct CoRatings<C> {
    sums: Vec<C>,
    /// The target whose row `sums` holds, if any.
    filled_for: Option<u32>,
}

impl<C: CoRating> CoRatings<C> {
    /// Room for the row of `n_targets`.
    pub fn new(n_targets: usize) -> Self {
        Self { sums: vec![C::default(); n_targets], filled_for: None }
    }

    /// Replaces the row by that of `target`. Sums over the others in ascending order.
    ///
    /// # Panics
    /// Where `target` is no row of `sides`, or they have more targets than [`CoRatings::new`] was told.
    pub fn fill(&mut self, target: u32, sides: &Sides) {
        self.clear(sides);
        let (others, values) = sides.by_target.row(target);
        for (&other, &own) in others.iter().zip(values) {
            let (targets, values) = sides.by_other.row(other);
            for (&target, &value) in targets.iter().zip(values) {
                self.sums[target as usize].add(own, value);
            }
        }
        self.filled_for = Some(target);
    }

    /// What is summed up for the row's target and `target`.
    #[inline]
    pub fn with(&self, target: u32) -> C {
        self.sums[target as usize]
    }

    /// Back to zeros, by the cheaper way: along the entries that were touched, or from end to end.
    fn clear(&mut self, sides: &Sides) {
        let Some(target) = self.filled_for.take() else {
            return;
        };
        let others = sides.by_target.row(target).0;
        let touched: usize = others.iter().map(|&other| sides.by_other.row(other).0.len()).sum();
        if touched * 4 < self.sums.len() {
            for &other in others {
                for &target in sides.by_other.row(other).0 {
                    self.sums[target as usize] = C::default();
                }
            }
        } else {
            self.sums.fill(C::default());
        }
    }
}

#[cfg(test)]
mod tests {
    use dataset::Csr;

    use super::*;

    /// User 0 rated items 0, 1 with 2, 3; user 1 rated items 1, 2 with 4, 5.
    fn sides(n_items: usize) -> Sides {
        let by_user = [(0, 0, 2.0), (0, 1, 3.0), (1, 1, 4.0), (1, 2, 5.0)];
        Sides::new(Csr::from_entries(2, by_user.into_iter()), n_items)
    }

    #[test]
    fn rows_do_not_leak_into_one_another() {
        for n_items in [3, 1000] {
            let mut row = CoRatings::<ProductSum>::new(n_items);
            let mut sums_of = |item| {
                row.fill(item, &sides(n_items));
                [0, 1, 2].map(|other| row.with(other).0)
            };
            assert_eq!(sums_of(0), [4.0, 6.0, 0.0]);
            assert_eq!(sums_of(1), [6.0, 25.0, 20.0]); // 3 * 2, 3 * 3 + 4 * 4, 4 * 5
            assert_eq!(sums_of(2), [0.0, 20.0, 25.0]);
        }
    }

    #[test]
    fn agreement_counts_who_rated_both() {
        let mut row = CoRatings::<Agreement>::new(3);
        row.fill(1, &sides(3));
        let found = [0, 1, 2].map(|other| (row.with(other).product, row.with(other).n_common));
        assert_eq!(found, [(6.0, 1.0), (25.0, 2.0), (20.0, 1.0)]);
    }
}
