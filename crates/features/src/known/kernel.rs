//! Sums whose weights fall with the distance in time.

use super::{Seen, Timeline};

/// Sums of some values and of their weights.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Weighted {
    pub weight: f64,
    pub sum: f64,
}

impl Weighted {
    fn decayed(self, by: f64) -> Self {
        Self { weight: self.weight * by, sum: self.sum * by }
    }

    fn plus(self, other: Self) -> Self {
        Self { weight: self.weight + other.weight, sum: self.sum + other.sum }
    }

    /// `sum / (weight + damping)`; 0 where the weight is 0.
    pub fn damped_mean(self, damping: f64) -> f64 {
        if self.weight > 0.0 { self.sum / (self.weight + damping) } else { 0.0 }
    }
}

/// Weighted sums of a value of each rating in a row, with the weight `exp(-|time - at| / width)`.
///
/// The exponential makes them cheap: the sum over all earlier ratings as seen from a rating is that seen from the
/// one before, decayed by the gap, plus one term. So a sum at any time costs two look-ups, however many ratings there are.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeKernel {
    width: f64,
    /// Position -> sums over the row's ratings up to this one, as seen from it.
    left: Vec<Weighted>,
    /// Position -> sums over the row's ratings from this one on, as seen from it; empty where later ratings may not be used.
    right: Vec<Weighted>,
}

impl TimeKernel {
    /// Prepares the sums of `values`, one a position of `timeline`. `width` is in seconds, above 0.
    pub fn new(timeline: &Timeline, values: &[f64], width: f64, earlier_only: bool) -> Self {
        let own = |position: usize| Weighted { weight: 1.0, sum: values[position] };
        let n_right = if earlier_only { 0 } else { values.len() };
        let mut left = Vec::with_capacity(values.len());
        let mut right = vec![Weighted::default(); n_right];
        let mut decays = vec![0.0; values.len()]; // position -> weight of the gap to the rating before
        for row in 0..timeline.n_rows() as u32 {
            let mut sums = Weighted::default();
            for position in timeline.range(row) {
                if position > timeline.range(row).start {
                    decays[position] = kernel_weight(
                        timeline.times[position].saturating_sub(timeline.times[position - 1]),
                        width,
                    );
                }
                sums = own(position).plus(sums.decayed(decays[position]));
                left.push(sums);
            }
            if earlier_only {
                continue;
            }
            let mut sums = Weighted::default();
            for position in timeline.range(row).rev() {
                sums = own(position).plus(sums);
                right[position] = sums;
                sums = sums.decayed(decays[position]);
            }
        }
        Self { width, left, right }
    }

    /// The sums over the ratings of `seen` as seen from time `at`.
    pub fn at(&self, timeline: &Timeline, seen: Option<Seen>, at: i64) -> Weighted {
        let Some(Seen { start, before, end, .. }) = seen else { return Weighted::default() };
        let from = |position: usize| {
            kernel_weight(timeline.times[position].saturating_sub(at).saturating_abs(), self.width)
        };
        let mut total = Weighted::default();
        if before > start {
            total = self.left[before - 1].decayed(from(before - 1));
        }
        if end > before {
            total = total.plus(self.right[before].decayed(from(before)));
        }
        total
    }
}

/// `exp(-seconds / width)`, and 0 where that is below 1e-21: it would be lost beside any nearer rating, and `exp` is slow there.
fn kernel_weight(seconds: i64, width: f64) -> f64 {
    let widths = seconds as f64 / width;
    if widths < 48.0 { (-widths).exp() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use dataset::IdIndex;

    use super::*;

    #[test]
    fn two_look_ups_give_the_whole_sum() {
        let times = [0, 5, 5, 9, 40];
        let values = [1.0, -2.0, 0.5, 4.0, 3.0];
        let rating = |place: u32| (1.0, times[place as usize]);
        let timeline = Timeline::new(IdIndex::new([1]), vec![0, 5], &[0, 1, 2, 3, 4], rating, 4.0, false);
        for (at, earlier_only) in [(-3, false), (5, false), (7, false), (7, true), (5, true), (99, true)] {
            let kernel = TimeKernel::new(&timeline, &values, 10.0, earlier_only);
            let before = timeline.before(0, at);
            let seen = Seen { row: 0, start: 0, before, end: if earlier_only { before } else { 5 } };
            let got = kernel.at(&timeline, Some(seen), at);
            let (mut weight, mut sum) = (0.0, 0.0);
            for (&time, &value) in times.iter().zip(&values).filter(|(time, _)| !earlier_only || **time < at)
            {
                let w = (-((time - at).abs() as f64) / 10.0).exp();
                weight += w;
                sum += w * value;
            }
            assert!(
                (got.weight - weight).abs() < 1e-12 && (got.sum - sum).abs() < 1e-12,
                "{at} {earlier_only}"
            );
        }
    }

    #[test]
    fn without_ratings_the_mean_is_zero() {
        assert_eq!(Weighted::default().damped_mean(0.0), 0.0);
        assert_eq!(Weighted { weight: 2.0, sum: 3.0 }.damped_mean(1.0), 1.0);
    }
}
