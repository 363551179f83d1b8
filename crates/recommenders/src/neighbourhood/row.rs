//! How close every target is to one target, for many questions about it.

use super::Nearest;

/// How often the targets are halved by closeness: the nearest 64th is the smallest part that is told from the others.
const HALVINGS: u8 = 6;

/// The closeness of the target at each place.
///
/// Of somebody's hundreds of rated targets a few dozen are wanted. For each place it is known how often the set of all can be halved such that the
/// target there is still in the nearer half: a byte, so that most of the far ones are passed over without a look at their closeness.
#[derive(Debug, Default)]
pub struct Row {
    closeness: Vec<f64>,
    /// Empty where there were too few questions for it to pay.
    halvings: Vec<u8>,
    /// Memory for finding the halves: the bits of floats from 0 on order like the floats.
    bits: Vec<u64>,
    /// Memory for what is near enough: indices into a row of ratings.
    near: Vec<u32>,
}

impl Row {
    /// Replaces the row by that of the target at `place`; `n_looks` says how often some closeness will be looked at.
    pub fn fill(&mut self, place: u32, closeness: impl Iterator<Item = f64>, n_looks: usize) {
        self.closeness.clear();
        self.closeness.extend(closeness);
        // What is in question is no neighbour of itself.
        self.closeness[place as usize] = 0.0;
        self.halvings.clear();
        if n_looks / 4 > self.closeness.len() {
            self.halve();
        }
    }

    fn halve(&mut self) {
        self.bits.clear();
        // A closeness may be NaN where nobody rated both.
        self.bits.extend(self.closeness.iter().map(|closeness| closeness.max(0.0).to_bits()));
        let mut least = [u64::MAX; HALVINGS as usize];
        for least in &mut least {
            let half = self.bits.len() / 2;
            if half == 0 {
                break;
            }
            *least = *self.bits.select_nth_unstable_by(half - 1, |a, b| b.cmp(a)).1;
            self.bits.truncate(half);
        }
        let halvings = |closeness: &f64| {
            let bits = closeness.max(0.0).to_bits();
            least.iter().map(|&least| u8::from(bits >= least)).sum::<u8>()
        };
        self.halvings.extend(self.closeness.iter().map(halvings));
    }

    /// Adds those of the `rated` places to `nearest` that may be among the nearest `k`, in their order, with their values.
    pub fn push(&mut self, rated: &[u32], values: &[f32], k: usize, nearest: &mut Nearest) {
        // About 2k are left; more, as what was rated is near more often than not.
        let wanted = (rated.len() / (2 * k)).checked_ilog2().unwrap_or(0).min(u32::from(HALVINGS)) as u8;
        if wanted > 0 && !self.halvings.is_empty() {
            self.near.resize(self.near.len().max(rated.len()), 0);
            let mut n_near = 0;
            for (at, &place) in (0..).zip(rated) {
                // Written always and counted only where it is near: a branch would cost more.
                self.near[n_near] = at;
                n_near += usize::from(self.halvings[place as usize] >= wanted);
            }
            // With k of them, whatever is not among them is farther than all of them.
            if n_near >= k {
                for &at in &self.near[..n_near] {
                    let place = rated[at as usize];
                    nearest.push(place, self.closeness[place as usize], values[at as usize]);
                }
                return;
            }
        }
        for (&place, &value) in rated.iter().zip(values) {
            nearest.push(place, self.closeness[place as usize], value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;

    use super::*;

    #[test]
    fn what_is_passed_over_is_not_among_the_nearest() {
        // Many ties, some below 0, some NaN.
        let closeness = |place: u32| match place % 7 {
            0 => f64::NAN,
            1 => -1.0,
            _ => f64::from(place.wrapping_mul(2_654_435_761) >> 26),
        };
        let (mut looked_at_all, mut passed_over) = (Row::default(), Row::default());
        for place in [5, 700] {
            looked_at_all.fill(place, (0..1000).map(closeness), 0);
            passed_over.fill(place, (0..1000).map(closeness), 1_000_000);
            assert!(looked_at_all.halvings.is_empty() && passed_over.halvings.len() == 1000);
            for (step, k) in [(1, 1), (1, 40), (3, 2), (3, 5), (7, 3), (40, 4)] {
                let rated: Vec<u32> = (0..1000).step_by(step).collect();
                let values: Vec<f32> = rated.iter().map(|&place| place as f32).collect();
                let found = [&mut looked_at_all, &mut passed_over].map(|row| {
                    let mut nearest = Nearest::new(k);
                    row.push(&rated, &values, k, &mut nearest);
                    nearest.neighbours(|place| (place % 3, Reverse(place))).to_vec()
                });
                assert_eq!(found[0], found[1], "of every {step}th, {k}");
                assert!(
                    found[0].iter().all(|neighbour| neighbour.target != place && neighbour.closeness > 0.0)
                );
            }
        }
    }
}
