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
    /// of them than bins. Edges lie halfway between neighbouring values. `values` are finite or NaN, in any order.
    pub fn new(mut values: Vec<f64>, max_bins: usize) -> Self {
        values.retain(|value| !value.is_nan());
        values.sort_unstable_by(f64::total_cmp);
        let range = values.first().zip(values.last()).map(|(&min, &max)| [min, max]);
        let runs: Vec<(f64, usize)> = values.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).collect();
        let mut edges = Vec::new();
        let mut bins_left = max_bins;
        let mut values_left = values.len();
        let mut in_bin = 0;
        for (at, &(value, count)) in runs.iter().enumerate() {
            in_bin += count;
            let Some(&(next_value, next_count)) = runs.get(at + 1) else { break };
            let runs_left = runs.len() - at - 1;
            // Close the bin where it is as near to its share as it would be with the next value.
            let share = values_left as f64 / bins_left as f64;
            let full = in_bin as f64 >= share || (in_bin + next_count) as f64 - share > share - in_bin as f64;
            if bins_left > 1 && (full || runs_left < bins_left) {
                edges.push(midpoint(value, next_value));
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

/// A number `t` with `low <= t < high`, in the middle where f64 has one there.
fn midpoint(low: f64, high: f64) -> f64 {
    let middle = f64::midpoint(low, high);
    if middle < high { middle } else { low }
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
    fn neighbouring_floats_are_told_apart() {
        let low = 1.0f64;
        let high = low.next_up();
        let bins = FeatureBins::new(vec![low, high], 2);
        assert_eq!((bins.bin(low), bins.bin(high)), (0, 1));
    }

    proptest! {
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
