//! The rows of a block of targets in the matrix of all pairs of targets, computed sparsely.

use dataset::Csr;
use fearless_simd::{Level, Simd, dispatch};

use super::{Lanes, Places};

/// For a block of targets at a time: the sums over everyone who rated one of them, for every target.
///
/// Kept by each thread and used again for the next block, so that nothing is allocated a block.
pub struct Block<'a, L: Lanes> {
    level: Level,
    places: &'a Places<'a>,
    /// A cell a place.
    cells: Vec<L>,
    /// Who rated a target of the block, ascending, and what each gave.
    raters: Vec<(u32, L::Own)>,
    /// Memory for merging the targets' raters: who, in which lane, what.
    entries: Vec<(u32, u32, f32)>,
}

impl<'a, L: Lanes> Block<'a, L> {
    /// Room for the rows of `n_targets`, at their `places`.
    pub fn new(n_targets: usize, places: &'a Places<'a>) -> Self {
        let cells = vec![L::default(); n_targets];
        Self { level: Level::new(), places, cells, raters: Vec::new(), entries: Vec::new() }
    }

    /// Replaces the rows by those of `targets`, at most [`Lanes::LANES`] of them. Sums over the raters in ascending order.
    ///
    /// # Panics
    /// Where a target is no row of `by_target`, or there are more targets than [`Block::new`] was told.
    pub fn fill(&mut self, targets: impl Iterator<Item = u32>, by_target: &Csr) {
        self.clear();
        self.entries.clear();
        for (lane, target) in targets.enumerate().take(L::LANES) {
            let (others, values) = by_target.row(target);
            self.entries
                .extend(others.iter().zip(values).map(|(&other, &value)| (other, lane as u32, value)));
        }
        // Ascending runs, one a lane: merged, not sorted anew.
        self.entries.sort_by_key(|&(other, _, _)| other);
        for of_rater in self.entries.chunk_by(|a, b| a.0 == b.0) {
            let mut own = L::Own::default();
            for &(_, lane, value) in of_rater {
                L::give(&mut own, lane as usize, value);
            }
            self.raters.push((of_rater[0].0, own));
        }
        dispatch!(self.level, simd => accumulate(simd, &mut self.cells, &self.raters, self.places));
    }

    /// A cell a place.
    pub fn cells(&self) -> &[L] {
        &self.cells
    }

    /// Back to zeros, by the cheaper way: along the cells that were touched, or from end to end.
    fn clear(&mut self) {
        let touched: usize = self.raters.iter().map(|&(other, _)| self.places.row(other).0.len()).sum();
        if touched * 4 < self.cells.len() {
            for &(other, _) in &self.raters {
                for &place in self.places.row(other).0 {
                    self.cells[place as usize] = L::default();
                }
            }
        } else {
            self.cells.fill(L::default());
        }
        self.raters.clear();
    }
}

/// Adds everything that each of `raters` rated to the cells.
///
/// Compiled for each set of vector instructions. They differ in how many lanes they take at once and not in any bit of what they give.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the CPU's vector instructions"
)]
fn accumulate<S: Simd, L: Lanes>(_: S, cells: &mut [L], raters: &[(u32, L::Own)], places: &Places<'_>) {
    for (other, own) in raters {
        let (row, values) = places.row(*other);
        for (&place, &value) in row.iter().zip(values) {
            cells[place as usize].add(own, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Agreements, Common, HalfStarProducts, Products, Sides};
    use super::*;

    /// User 0 rated items 0, 1 with 2, 3; user 1 rated items 1, 2 with 4, 5.
    fn sides(n_items: usize) -> Sides {
        let by_user = [(0, 0, 2.0), (0, 1, 3.0), (1, 1, 4.0), (1, 2, 5.0)];
        Sides::new(Csr::from_entries(2, by_user.into_iter()), n_items)
    }

    /// The sums of item 0 to 2 with items 0 to 2, `n_lanes` items at once.
    fn sums<L: Lanes>(n_lanes: usize, n_items: usize) -> Vec<[L::CoRating; 3]> {
        let sides = sides(n_items);
        let places = Places::most_rated_first(&sides.by_other, n_items);
        assert_eq!([0, 1, 2].map(|item| places.of(item)), [1, 0, 2]);
        let mut block = Block::<L>::new(n_items, &places);
        let mut rows = Vec::new();
        for targets in [0, 1, 2].chunks(n_lanes) {
            block.fill(targets.iter().copied(), &sides.by_target);
            let row = |lane| [1, 0, 2].map(|place: usize| block.cells()[place].of(lane));
            rows.extend((0..targets.len()).map(row));
        }
        rows
    }

    #[test]
    fn rows_do_not_leak_into_one_another() {
        // With item 0: 2 * 2, 2 * 3; with item 1: 3 * 2, 3 * 3 + 4 * 4, 4 * 5; with item 2: 5 * 4, 5 * 5.
        let rows = [[4.0, 6.0, 0.0], [6.0, 25.0, 20.0], [0.0, 20.0, 25.0]];
        for n_items in [3, 1000] {
            for n_lanes in [1, 2, 3] {
                assert_eq!(sums::<HalfStarProducts>(n_lanes, n_items), rows);
                assert_eq!(sums::<Products>(n_lanes, n_items), rows);
            }
            assert_eq!(sums::<Common>(2, n_items), [[1, 1, 0], [1, 2, 1], [0, 1, 1]]);
        }
    }

    #[test]
    fn agreement_counts_who_rated_both() {
        let found = sums::<Agreements<2>>(2, 3);
        let found = found.into_iter().map(|row| row.map(|sums| (sums.product, sums.n_common)));
        assert_eq!(found.collect::<Vec<_>>()[1], [(6.0, 1.0), (25.0, 2.0), (20.0, 1.0)]);
    }

    #[test]
    fn half_stars_are_told_from_other_values() {
        let exact =
            |values: &[f32], max_squared_norm| HalfStarProducts::are_exact(values.iter(), max_squared_norm);
        assert!(exact(&[0.5, 3.0, -1.5], 4_194_304.0));
        assert!(!exact(&[0.5, 3.25], 20.0) && !exact(&[0.5], 4_194_305.0) && !exact(&[f32::INFINITY], 1.0));
    }
}
