//! The best split of a node: over features, bins, and the side of the missing values.

use super::binning::{FeatureBins, MISSING_BIN};
use super::fixed_point::{FixedPoint, NodeStats, Sums};
use super::histogram::Histogram;
use super::params::{Criterion, GbdtParams};

/// A split must gain more than this share of what its children score: less is rounding.
const MIN_RELATIVE_GAIN: f64 = 1e-12;

/// Rows whose `feature` is in bins 0 to `bin` go left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    /// In the criterion's unit.
    pub gain: f64,
    /// Which feature.
    pub feature: u32,
    /// The last bin that goes left.
    pub bin: u8,
    /// Where missing values go: to the side that gains more; where the node has none, to the side with more rows.
    pub default_left: bool,
    /// The left child's sums.
    pub left: Sums,
}

/// Finds splits and values leaves under one set of parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Splitter<'a> {
    params: &'a GbdtParams,
    feature_bins: &'a [FeatureBins],
}

impl<'a> Splitter<'a> {
    pub fn new(params: &'a GbdtParams, feature_bins: &'a [FeatureBins]) -> Self {
        Self { params, feature_bins }
    }

    /// The split of largest gain among `features`; of equal ones, that of the first feature and the lowest bin. `None` where no split
    /// gains enough and leaves enough on both sides.
    pub fn best(
        &self,
        histogram: &Histogram,
        total: Sums,
        units: FixedPoint,
        features: &[u32],
    ) -> Option<Candidate> {
        match self.params.criterion {
            Criterion::FriedmanMse => self.best_by(histogram, total, units, features, friedman_gain),
            Criterion::Newton => {
                let (l1, l2) = (self.params.lambda_l1, self.params.lambda_l2);
                self.best_by(histogram, total, units, features, |left, right, total| {
                    newton_gain(left, right, total, l1, l2)
                })
            }
        }
    }

    fn best_by(
        &self,
        histogram: &Histogram,
        total: Sums,
        units: FixedPoint,
        features: &[u32],
        gain: impl Fn(NodeStats, NodeStats, NodeStats) -> f64 + Copy,
    ) -> Option<Candidate> {
        let mut best = None;
        for (position, &feature) in features.iter().enumerate() {
            let n_bins = self.feature_bins[feature as usize].n_bins();
            let cells = histogram.feature(position);
            let missing = cells[usize::from(MISSING_BIN)];
            let mut scan = Scan { params: self.params, total, units, feature, best };
            if missing.is_empty() {
                scan.run(&cells[..n_bins - 1], MissingGo::Nowhere, gain);
            } else {
                // After the last bin, too: that splits the missing values from all others.
                scan.run(&cells[..n_bins], MissingGo::Right, gain);
                scan.run(&cells[..n_bins - 1], MissingGo::Left(missing), gain);
            }
            best = scan.best;
        }
        best
    }

    /// The Newton step of a leaf, `-T(G) / (H + lambda_l2)` with `T` the soft threshold at `lambda_l1`, times the learning rate.
    pub fn leaf_value(&self, stats: NodeStats) -> f64 {
        let step =
            -soft_threshold(stats.gradient, self.params.lambda_l1) / (stats.hessian + self.params.lambda_l2);
        step * self.params.learning_rate
    }
}

/// What becomes of a node's missing values during one scan.
#[derive(Debug, Clone, Copy)]
enum MissingGo {
    /// There are none.
    Nowhere,
    /// They go left; these are their sums.
    Left(Sums),
    /// They go right.
    Right,
}

/// One feature's bins from left to right.
struct Scan<'a> {
    params: &'a GbdtParams,
    total: Sums,
    units: FixedPoint,
    feature: u32,
    best: Option<Candidate>,
}

impl Scan<'_> {
    /// Tries a split after each of `cells`, and keeps it where it gains more than the best so far.
    fn run(
        &mut self,
        cells: &[Sums],
        missing: MissingGo,
        gain_of: impl Fn(NodeStats, NodeStats, NodeStats) -> f64,
    ) {
        let (min_rows, min_weight) = (self.params.min_leaf_rows as f64, self.params.min_child_weight);
        let total = self.units.stats(self.total);
        let mut best_gain = self.best.map_or(self.params.min_split_gain, |best| best.gain);
        let mut left_sums = if let MissingGo::Left(sums) = missing { sums } else { Sums::default() };
        for (bin, &cell) in cells.iter().enumerate() {
            // An empty bin makes the same two children as the bin before it.
            if cell.is_empty() {
                continue;
            }
            left_sums += cell;
            let left = self.units.stats(left_sums);
            if left.n_rows < min_rows || left.hessian < min_weight {
                continue;
            }
            let right = self.units.stats(self.total - left_sums);
            // Further bins only take more away from the right.
            if right.n_rows < min_rows || right.hessian < min_weight {
                break;
            }
            let gain = gain_of(left, right, total);
            if gain > best_gain {
                best_gain = gain;
                let default_left = match missing {
                    MissingGo::Nowhere => left.n_rows >= right.n_rows,
                    MissingGo::Left(_) => true,
                    MissingGo::Right => false,
                };
                let (feature, bin) = (self.feature, bin as u8);
                self.best = Some(Candidate { gain, feature, bin, default_left, left: left_sums });
            }
        }
    }
}

/// [`Criterion::FriedmanMse`], with the means' difference over one denominator.
#[inline]
fn friedman_gain(left: NodeStats, right: NodeStats, total: NodeStats) -> f64 {
    let difference = left.gradient * total.n_rows - total.gradient * left.n_rows;
    difference * difference / (left.n_rows * right.n_rows * total.n_rows)
}

/// [`Criterion::Newton`]; 0 where the gain is no more than rounding.
#[inline]
fn newton_gain(left: NodeStats, right: NodeStats, total: NodeStats, l1: f64, l2: f64) -> f64 {
    let score = |stats: NodeStats| {
        let pull = soft_threshold(stats.gradient, l1);
        pull * pull / (stats.hessian + l2)
    };
    let children = score(left) + score(right);
    let gain = children - score(total);
    if gain > MIN_RELATIVE_GAIN * children { gain } else { 0.0 }
}

/// `x` moved towards 0 by `threshold`, and no further.
#[inline]
fn soft_threshold(x: f64, threshold: f64) -> f64 {
    (x.abs() - threshold).max(0.0).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats(gradient: f64, hessian: f64, n_rows: f64) -> NodeStats {
        NodeStats { gradient, hessian, n_rows }
    }

    #[test]
    fn friedman_gain_is_the_means_apart() {
        // Left: 2 rows of sum 3, mean 1.5; right: 3 rows of sum -6, mean -2. 2 * 3 / 5 * 3.5^2 = 14.7.
        let gain = friedman_gain(stats(3.0, 0.0, 2.0), stats(-6.0, 0.0, 3.0), stats(-3.0, 0.0, 5.0));
        assert!((gain - 14.7).abs() < 1e-12, "{gain}");
    }

    #[test]
    fn newton_gain_is_penalised() {
        // T(3) = 2, T(-6) = -5, T(-3) = -2 at l1 = 1; 4 / (1 + 1) + 25 / (4 + 1) - 4 / (5 + 1) = 2 + 5 - 2/3.
        let gain = newton_gain(stats(3.0, 1.0, 2.0), stats(-6.0, 4.0, 3.0), stats(-3.0, 5.0, 5.0), 1.0, 1.0);
        assert!((gain - (7.0 - 2.0 / 3.0)).abs() < 1e-12, "{gain}");
        // Two halves of the same mean gain nothing.
        assert_eq!(
            newton_gain(stats(1.0, 3.0, 1.0), stats(1.0, 3.0, 1.0), stats(2.0, 6.0, 2.0), 0.0, 0.0),
            0.0
        );
    }

    #[test]
    fn a_soft_threshold_stops_at_zero() {
        assert_eq!([3.0, -3.0, 0.5].map(|x| soft_threshold(x, 1.0)), [2.0, -2.0, 0.0]);
    }

    #[test]
    fn leaf_values_are_shrunken_newton_steps() {
        let params =
            GbdtParams { lambda_l1: 1.0, lambda_l2: 2.0, learning_rate: 0.1, ..GbdtParams::default() };
        // -(5 - 1) / (6 + 2) * 0.1
        assert_eq!(Splitter::new(&params, &[]).leaf_value(stats(5.0, 6.0, 9.0)), -0.05);
    }
}
