//! The k most similar of a user's items, and the mean of their ratings.
//!
//! The norm of the candidate item is the same in all of its similarities, so it decides neither their order nor a weighted
//! mean and is left out. Neighbours are ordered by the squared similarity `sum² / |r_j|²`, which needs no square root: ratings
//! in half stars make both parts exact in f64, so that similarities that are equal as rational numbers compare equal, and
//! the documented order decides instead of a rounding error.

use std::cmp::Reverse;

/// Orders equally similar items: the one with fewer ratings first, then the one of larger id.
pub type TieBreak = (u32, Reverse<u32>);

/// An item that the user rated.
#[derive(Debug, Clone, Copy)]
struct Neighbour {
    squared_similarity: f64,
    item: u32,
    rating: f32,
}

/// How many slots there are a place among the nearest: with more, the far ones are dropped less often and later.
const SLOTS_PER_PLACE: usize = 4;

/// The nearest k of the neighbours pushed so far.
#[derive(Debug)]
pub struct Nearest {
    k: usize,
    /// The first `len` slots hold the nearest k, whatever ties with the last of them, and some that were pushed since; in
    /// the order of pushing. There is always a free slot behind them.
    slots: Vec<Neighbour>,
    len: usize,
    /// What is less similar than this is no neighbour.
    least: f64,
    /// Memory for finding the k-th similarity: the bits of positive floats order like the floats and select faster.
    bits: Vec<u64>,
    /// Memory for ordering equally similar items.
    tied: Vec<TieBreak>,
}

impl Nearest {
    /// Keeps the nearest `k`, at least 1.
    pub fn new(k: usize) -> Self {
        let empty = Neighbour { squared_similarity: 0.0, item: 0, rating: 0.0 };
        let slots = vec![empty; k * SLOTS_PER_PLACE];
        Self { k, slots, len: 0, least: f64::MIN_POSITIVE, bits: Vec::new(), tied: Vec::new() }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.len = 0;
        self.least = f64::MIN_POSITIVE;
    }

    /// Adds an item that the user gave `rating`, where it may be among the nearest and its similarity is positive.
    #[inline]
    pub fn push(&mut self, item: u32, squared_similarity: f64, rating: f32) {
        // Written always and counted only where it is near enough: that is hard to predict, so a branch would cost more.
        self.slots[self.len] = Neighbour { squared_similarity, item, rating };
        self.len += usize::from(squared_similarity >= self.least);
        if self.len == self.slots.len() {
            self.drop_far();
        }
    }

    /// The similarity-weighted mean of the nearest k ratings, summed in the order of pushing; `None` where there is no
    /// neighbour.
    pub fn mean(&mut self, tie_break: impl Fn(u32) -> TieBreak) -> Option<f64> {
        self.drop_far();
        self.break_ties(tie_break);
        let (mut total, mut total_weight) = (0.0, 0.0);
        for neighbour in &self.slots[..self.len] {
            let weight = neighbour.squared_similarity.sqrt();
            total += weight * f64::from(neighbour.rating);
            total_weight += weight;
        }
        (total_weight > 0.0).then(|| total / total_weight)
    }

    /// Drops what is less similar than the k-th.
    fn drop_far(&mut self) {
        if self.len > self.k {
            self.bits.clear();
            let kept = &self.slots[..self.len];
            self.bits.extend(kept.iter().map(|neighbour| neighbour.squared_similarity.to_bits()));
            let least = f64::from_bits(*self.bits.select_nth_unstable(self.len - self.k).1);
            self.least = least;
            self.retain(|neighbour| neighbour.squared_similarity >= least);
            // Where many tie, there is little to drop: make room, so that this does not run again at once.
            if self.len > self.slots.len() / 2 {
                self.slots.resize(self.len * SLOTS_PER_PLACE, self.slots[0]);
            }
        }
    }

    /// Leaves k of what ties with the k-th.
    fn break_ties(&mut self, tie_break: impl Fn(u32) -> TieBreak) {
        if self.len > self.k {
            let least = self.least;
            self.tied.clear();
            let tied =
                self.slots[..self.len].iter().filter(|neighbour| neighbour.squared_similarity == least);
            self.tied.extend(tied.map(|neighbour| tie_break(neighbour.item)));
            let n_places = self.k - (self.len - self.tied.len());
            let last = *self.tied.select_nth_unstable(n_places - 1).1;
            self.retain(|neighbour| {
                neighbour.squared_similarity > least || tie_break(neighbour.item) <= last
            });
        }
    }

    /// Moves the neighbours for which `keep` holds to the front, in their order.
    fn retain(&mut self, keep: impl Fn(&Neighbour) -> bool) {
        let mut len = 0;
        for at in 0..self.len {
            let neighbour = self.slots[at];
            self.slots[len] = neighbour;
            len += usize::from(keep(&neighbour));
        }
        self.len = len;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(k: usize, neighbours: &[(u32, f64, f32)]) -> Option<f64> {
        let mut nearest = Nearest::new(k);
        for &(item, squared, rating) in neighbours {
            nearest.push(item, squared, rating);
        }
        nearest.mean(|item| (if item == 4 { 2 } else { 1 }, Reverse(item)))
    }

    #[test]
    fn ties_at_the_cut_go_to_fewer_ratings_then_to_the_larger_item() {
        // Similarities 4, 4, 4 and 6; item 4 has two ratings, the others one.
        let four = [(1, 16.0, 3.0), (4, 16.0, 5.0), (6, 16.0, 2.0), (7, 36.0, 1.0)];
        assert_eq!(mean(1, &four), Some(1.0));
        assert_eq!(mean(2, &four), Some((4.0 * 2.0 + 6.0 * 1.0) / 10.0));
        assert_eq!(mean(3, &four), Some((4.0 * 3.0 + 4.0 * 2.0 + 6.0 * 1.0) / 14.0));
        assert_eq!(mean(4, &four), Some((4.0 * 3.0 + 4.0 * 5.0 + 4.0 * 2.0 + 6.0 * 1.0) / 18.0));
        assert_eq!(mean(9, &four), mean(4, &four));
    }

    #[test]
    fn what_is_not_similar_is_no_neighbour() {
        assert_eq!(mean(2, &[(1, 0.0, 5.0)]), None);
        assert_eq!(mean(2, &[(1, 0.0, 5.0), (2, 1.0, 3.0)]), Some(3.0));
    }

    #[test]
    fn clearing_forgets_the_threshold() {
        let mut nearest = Nearest::new(1);
        nearest.push(1, 9.0, 5.0);
        nearest.push(2, 8.0, 4.0);
        let tie_break = |item| (1, Reverse(item));
        assert_eq!(nearest.mean(tie_break), Some(5.0));
        nearest.clear();
        assert_eq!(nearest.mean(tie_break), None);
        nearest.push(3, 1.0, 2.0);
        assert_eq!(nearest.mean(tie_break), Some(2.0));
    }
}
