//! The k nearest of the targets that somebody rated.
//!
//! What is near is told by a *closeness*, any number that grows with the similarity: what is the same in all similarities
//! to one target, such as its own norm, may be left out of it.

use std::cmp::Reverse;

/// Orders equally close targets: see [`super::Sides::tie_break`].
pub type TieBreak = (u32, Reverse<u32>);

/// A target that was rated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// How near it is; above 0.
    pub closeness: f64,
    /// Which target.
    pub target: u32,
    /// What it was given.
    pub value: f32,
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
    /// What is less close than this is no neighbour.
    least: f64,
    /// Memory for finding the k-th closeness: the bits of positive floats order like the floats and select faster.
    bits: Vec<u64>,
    /// Memory for ordering equally close targets.
    tied: Vec<TieBreak>,
}

impl Nearest {
    /// Keeps the nearest `k`, at least 1.
    pub fn new(k: usize) -> Self {
        let empty = Neighbour { closeness: 0.0, target: 0, value: 0.0 };
        let slots = vec![empty; k * SLOTS_PER_PLACE];
        Self { k, slots, len: 0, least: f64::MIN_POSITIVE, bits: Vec::new(), tied: Vec::new() }
    }

    /// What is less close than this is no neighbour, as far as is known by now.
    #[inline]
    pub fn least(&self) -> f64 {
        self.least
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.len = 0;
        self.least = f64::MIN_POSITIVE;
    }

    /// Adds a target that was given `value`, where it may be among the nearest and its closeness is positive.
    #[inline]
    pub fn push(&mut self, target: u32, closeness: f64, value: f32) {
        // Written always and counted only where it is near enough: that is hard to predict, so a branch would cost more.
        self.slots[self.len] = Neighbour { closeness, target, value };
        self.len += usize::from(closeness >= self.least);
        if self.len == self.slots.len() {
            self.drop_far();
        }
    }

    /// The nearest k, in the order of pushing.
    pub fn neighbours(&mut self, tie_break: impl Fn(u32) -> TieBreak) -> &[Neighbour] {
        self.drop_far();
        self.break_ties(tie_break);
        &self.slots[..self.len]
    }

    /// Drops what is less close than the k-th.
    fn drop_far(&mut self) {
        if self.len > self.k {
            self.bits.clear();
            let kept = &self.slots[..self.len];
            self.bits.extend(kept.iter().map(|neighbour| neighbour.closeness.to_bits()));
            let least = f64::from_bits(*self.bits.select_nth_unstable(self.len - self.k).1);
            self.least = least;
            self.retain(|neighbour| neighbour.closeness >= least);
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
            let tied = self.slots[..self.len].iter().filter(|neighbour| neighbour.closeness == least);
            self.tied.extend(tied.map(|neighbour| tie_break(neighbour.target)));
            let n_places = self.k - (self.len - self.tied.len());
            let last = *self.tied.select_nth_unstable(n_places - 1).1;
            self.retain(|neighbour| neighbour.closeness > least || tie_break(neighbour.target) <= last);
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

    fn nearest(k: usize, pushed: &[(u32, f64)]) -> Vec<u32> {
        let mut nearest = Nearest::new(k);
        for &(target, closeness) in pushed {
            nearest.push(target, closeness, 1.0);
        }
        let kept = nearest.neighbours(|target| (if target == 4 { 2 } else { 1 }, Reverse(target)));
        kept.iter().map(|neighbour| neighbour.target).collect()
    }

    #[test]
    fn ties_at_the_cut_go_to_fewer_ratings_then_to_the_larger_id() {
        // Target 4 has two ratings, the others one.
        let four = [(1, 16.0), (4, 16.0), (6, 16.0), (7, 36.0)];
        assert_eq!(nearest(1, &four), [7]);
        assert_eq!(nearest(2, &four), [6, 7]);
        assert_eq!(nearest(3, &four), [1, 6, 7]);
        assert_eq!(nearest(4, &four), [1, 4, 6, 7]);
        assert_eq!(nearest(9, &four), [1, 4, 6, 7]);
    }

    #[test]
    fn many_ties_do_not_push_out_what_is_nearer() {
        let pushed: Vec<(u32, f64)> =
            (0..100).map(|target| (target, if target == 50 { 2.0 } else { 1.0 })).collect();
        assert_eq!(nearest(2, &pushed), [50, 99]);
    }

    #[test]
    fn what_is_not_close_is_no_neighbour() {
        assert!(nearest(2, &[(1, 0.0)]).is_empty());
        assert_eq!(nearest(2, &[(1, 0.0), (2, 1.0)]), [2]);
        assert_eq!(nearest(2, &[(1, -1.0), (2, 1.0), (3, f64::NAN)]), [2]);
    }

    #[test]
    fn clearing_forgets_the_threshold() {
        let mut nearest = Nearest::new(1);
        nearest.push(1, 9.0, 5.0);
        nearest.push(2, 8.0, 4.0);
        let tie_break = |target| (1, Reverse(target));
        assert_eq!(nearest.neighbours(tie_break), [Neighbour { closeness: 9.0, target: 1, value: 5.0 }]);
        nearest.clear();
        assert!(nearest.neighbours(tie_break).is_empty());
        nearest.push(3, 1.0, 2.0);
        assert_eq!(nearest.neighbours(tie_break), [Neighbour { closeness: 1.0, target: 3, value: 2.0 }]);
    }
}
