//! From values to bins: where one bin of a feature ends and the next begins.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::cuts::Cuts;
pub(super) use super::cuts::MISSING as MISSING_BIN;
use super::sampling::sample_rows;
use crate::FeatureMatrix;

/// Above this many rows, edges are taken from a random sample of this size.
const MAX_BINNING_ROWS: usize = 50_000;

/// One feature's bins: bin `b` holds the values above `edges[b - 1]` and up to `edges[b]`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FeatureBins {
    /// Ascending; one fewer than there are bins.
    edges: Vec<f64>,
    /// Smallest and largest value, `None` where all are missing.
    range: Option<[f64; 2]>,
}

impl FeatureBins {
    /// Bins of about equally many of `values` each, at most `max_bins`. Every distinct value has its own bin where there are no more
    /// of them than bins; values that are the same as f32 count as one. Edges lie halfway between neighbouring values, or next to that, where
    /// [`edge`] says. `values` are finite or NaN, in any order.
    pub fn new(mut values: Vec<f64>, max_bins: usize) -> Self {
        values.retain(|value| !value.is_nan());
        values.sort_unstable_by(f64::total_cmp);
        let range = values.first().zip(values.last()).map(|(&min, &max)| [min, max]);
        let are_singles = values.iter().all(|&value| f64::from(value as f32) == value);
        let runs: Vec<&[f64]> = values.chunk_by(|&a, &b| a as f32 == b as f32).collect();
        let mut edges = Vec::new();
        let mut bins_left = max_bins;
        let mut values_left = values.len();
        let mut in_bin = 0;
        for (at, run) in runs.iter().enumerate() {
            in_bin += run.len();
            let Some(next) = runs.get(at + 1) else { break };
            let runs_left = runs.len() - at - 1;
            // Close the bin where it is as near to its share as it would be with the next value.
            let share = values_left as f64 / bins_left as f64;
            let full = in_bin as f64 >= share || (in_bin + next.len()) as f64 - share > share - in_bin as f64;
            if bins_left > 1 && (full || runs_left < bins_left) {
                edges.push(edge(run[run.len() - 1], next[0], are_singles));
                values_left -= in_bin;
                bins_left -= 1;
                in_bin = 0;
            }
        }
        Self { edges, range }
    }

    /// How many bins values fall in: at least 1.
    pub fn n_bins(&self) -> usize {
        self.edges.len() + 1
    }

    /// The edges, to look up many values: a value's place is its bin.
    pub fn cuts(&self) -> Cuts {
        Cuts::new(&self.edges)
    }

    /// The bin of a value.
    #[cfg(test)]
    pub fn bin(&self, value: f64) -> u8 {
        let mut bin = [0];
        self.cuts().places(&[value], &mut bin);
        bin[0]
    }

    /// The largest value that goes left where bins up to `bin` do. After the last bin: every number goes left, and what is
    /// missing goes right.
    pub fn threshold(&self, bin: u8) -> f64 {
        self.edges.get(usize::from(bin)).copied().unwrap_or(f64::MAX)
    }

    /// Smallest and largest value, `None` where all are missing.
    pub fn range(&self) -> Option<[f64; 2]> {
        self.range
    }
}

/// A number `t` with `low <= t < high`, in the middle or next to it, where the two are different f32.
///
/// Where not all values are f32, it is one at which rounding to f32 changes from one number to the next: then whatever goes left here goes left
/// in an engine that holds features as f32, and no row of no table ends in another leaf there.
fn edge(low: f64, high: f64, are_singles: bool) -> f64 {
    let middle = f64::midpoint(low, high);
    let at_most = |x: f64| {
        let nearest = x as f32;
        if f64::from(nearest) > x { nearest.next_down() } else { nearest }
    };
    let below = at_most(middle);
    let places = [below, below.next_down(), below.next_up()].map(last_that_rounds_down);
    let place = places.into_iter().find(|&place| low <= place && place < high);
    match place {
        Some(place) if !are_singles => place,
        _ if middle < high => middle,
        _ => low,
    }
}

/// The largest f64 that is `single` when rounded to f32: halfway to the next one, which goes to the even one of the two.
fn last_that_rounds_down(single: f32) -> f64 {
    let half = f64::midpoint(single.into(), single.next_up().into());
    if half as f32 == single { half } else { half.next_down() }
}

/// The bins of every feature. Draws from `rng` only where there are more than 50,000 rows.
pub(super) fn bin_features(
    features: &FeatureMatrix,
    max_bins: usize,
    rng: &mut ChaCha8Rng,
) -> Vec<FeatureBins> {
    let n_rows = features.n_rows();
    let sample = (n_rows > MAX_BINNING_ROWS).then(|| sample_rows(n_rows, MAX_BINNING_ROWS, || rng.random()));
    (0..features.n_features())
        .into_par_iter()
        .map(|feature| {
            let column = features.column(feature);
            let values = match &sample {
                Some(rows) => rows.iter().map(|&row| column[row as usize]).collect(),
                None => column.to_vec(),
            };
            FeatureBins::new(values, max_bins)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn few_distinct_values_get_a_bin_each() {
        let bins = FeatureBins::new(vec![2.0, 1.0, 4.0, f64::NAN, 2.0], 3);
        assert_eq!(bins.edges, [1.5, 3.0]);
        assert_eq!([1.0, 1.5, 1.6, 3.0, 9.0, f64::NAN].map(|v| bins.bin(v)), [0, 0, 1, 1, 2, MISSING_BIN]);
        assert_eq!((bins.threshold(1), bins.threshold(2)), (3.0, f64::MAX));
        assert_eq!(bins.range(), Some([1.0, 4.0]));
    }

    #[test]
    fn a_heavy_value_does_not_starve_the_others() {
        // 900 zeros and the numbers 1 to 100 in 11 bins: the zeros take one, the rest about 10 each.
        let values = (0..1000).map(|i| f64::from((i - 899).max(0))).collect();
        let bins = FeatureBins::new(values, 11);
        assert_eq!((bins.n_bins(), bins.edges[0]), (11, 0.5));
        assert!(bins.edges.windows(2).all(|pair| (9.0..=11.0).contains(&(pair[1] - pair[0]))), "{bins:?}");
    }

    #[test]
    fn no_value_at_all_is_one_bin() {
        let bins = FeatureBins::new(vec![f64::NAN; 3], 255);
        assert_eq!((bins.n_bins(), bins.range()), (1, None));
    }

    #[test]
    fn neighbouring_f32_are_told_apart_and_neighbouring_f64_are_not() {
        let low = 1.0f32;
        let high = low.next_up();
        let bins = FeatureBins::new(vec![low.into(), high.into()], 2);
        assert_eq!((bins.bin(low.into()), bins.bin(high.into())), (0, 1));
        assert_eq!(FeatureBins::new(vec![1.0, 1.0f64.next_up()], 2).n_bins(), 1);
    }

    proptest! {
        #[test]
        fn no_value_changes_its_bin_when_rounded_to_f32(
            mut values in prop::collection::vec(prop_oneof![-1e3..1e3f64, 1.0..1.000_001f64, 1e-50..1e-40f64], 2..200),
            others in prop::collection::vec(0..100_000usize, 0..200),
            max_bins in 2usize..=255,
        ) {
            let bins = FeatureBins::new(values.clone(), max_bins);
            // Next to the edges, where it matters.
            let near = |at: usize| bins.edges.get(at % 256).map(|&edge| edge * (1.0 + (at as f64 - 5e4) * 1e-13));
            values.extend(others.into_iter().filter_map(near));
            values.extend(bins.edges.iter().flat_map(|edge| [*edge, edge.next_up(), edge.next_down()]));
            for value in values {
                prop_assert_eq!(bins.bin(value), bins.bin((value as f32).into()), "{}", value);
            }
        }

        #[test]
        fn bins_keep_the_order_and_the_limit(
            values in prop::collection::vec(-50i32..50, 1..300),
            max_bins in 2usize..=255,
        ) {
            let mut values: Vec<f64> = values.into_iter().map(|v| f64::from(v) / 8.0).collect();
            let bins = FeatureBins::new(values.clone(), max_bins);
            prop_assert!(bins.n_bins() <= max_bins);
            values.sort_unstable_by(f64::total_cmp);
            for pair in values.windows(2) {
                prop_assert!(bins.bin(pair[0]) <= bins.bin(pair[1]));
            }
            for &value in &values {
                let bin = bins.bin(value);
                prop_assert!(value <= bins.threshold(bin));
                prop_assert!(bin == 0 || value > bins.threshold(bin - 1));
            }
            values.dedup();
            if values.len() <= max_bins {
                prop_assert_eq!(bins.n_bins(), values.len());
            }
        }
    }
}
