//! One number's values over the resamples: its interval and its p-value.

use super::normal;

/// Numbers closer than this, relative to the largest, differ by rounding only.
const ROUNDING: f64 = 1e-12;

/// Where a number lies at a level of confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// The interval of `f` of the number, for a rising `f`: that of an RMSE is the root of that of its mean squared error.
    #[must_use]
    pub fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self { low: f(self.low), high: f(self.high) }
    }
}

/// A number and its values over the resamples: its bootstrap distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicates {
    estimate: f64,
    n_users: usize,
    /// Ascending, all finite; never empty.
    sorted: Vec<f64>,
    /// z0 of `BCa`: how far the median of the replicates lies from the number, in standard normal units.
    bias: f64,
    /// a of `BCa`: how fast the standard error changes with the number; a sixth of the skewness of the users' influence.
    acceleration: f64,
}

impl Replicates {
    /// The number of these users, with its values in resamples of them. `None` where fewer than two users count, or a value
    /// is not finite: then there is nothing to say about other users.
    pub(super) fn new(totals: &[f64], weights: &[f64], ratios: Vec<f64>) -> Option<Self> {
        let sum = |values: &[f64]| values.iter().fold(0.0, |sum, value| sum + value);
        let estimate = sum(totals) / sum(weights);
        let n_users = weights.iter().filter(|&&weight| weight > 0.0).count();
        let mut sorted: Vec<f64> = ratios.into_iter().filter(|ratio| !ratio.is_nan()).collect();
        if n_users < 2 || sorted.is_empty() || !estimate.is_finite() {
            return None;
        }
        sorted.sort_unstable_by(f64::total_cmp);

        // What moves the number when one user weighs a little more (the infinitesimal jackknife).
        let influences = || totals.iter().zip(weights).map(|(total, weight)| total - estimate * weight);
        let power = |n: i32| influences().map(|influence| influence.powi(n)).sum::<f64>();
        let largest = totals.iter().fold(0.0f64, |largest, total| largest.max(total.abs()));
        if influences().all(|influence| influence.abs() <= ROUNDING * largest) {
            sorted.fill(estimate); // All users agree: what differs is rounding.
        }
        let mut replicates = Self { estimate, n_users, sorted, bias: 0.0, acceleration: 0.0 };
        if replicates.sorted[0] < replicates.sorted[replicates.sorted.len() - 1] {
            let (below, up_to) = replicates.places(estimate);
            let n = replicates.sorted.len() as f64;
            // Replicates equal to the number count half.
            let share = (below + up_to) as f64 / (2.0 * n);
            replicates.bias = normal::quantile(share.clamp(1.0 / (n + 1.0), n / (n + 1.0)));
            // Squares of differences below 1e-154 underflow.
            let acceleration = power(3) / (6.0 * power(2).powf(1.5));
            replicates.acceleration = if acceleration.is_finite() { acceleration } else { 0.0 };
        }
        Some(replicates)
    }

    /// The number over all users.
    pub fn estimate(&self) -> f64 {
        self.estimate
    }

    /// How many users count in it.
    pub fn n_users(&self) -> usize {
        self.n_users
    }

    /// The values in the resamples, ascending; those without a user that counts are left out.
    pub fn sorted(&self) -> &[f64] {
        &self.sorted
    }

    /// The `BCa` interval at `level`, in (0, 1), for example .95 (Efron, 1987).
    ///
    /// Of width 0 where the number is the same for all users: a hit rate of 1 says nothing of the misses it has not met.
    pub fn interval(&self, level: f64) -> Interval {
        let end = |z: f64| {
            let z = self.bias + z;
            let slowed = 1.0 - self.acceleration * z;
            let z = if slowed > 0.0 { self.bias + z / slowed } else { z.signum() * f64::INFINITY };
            self.quantile(normal::cdf(z))
        };
        let z = normal::quantile(0.5 - 0.5 * level);
        Interval { low: end(z), high: end(-z) }
    }

    /// The two-sided p-value of the hypothesis that the number is `null`: 1 minus the level of the `BCa` interval that has
    /// `null` as an end, so that p < .05 says the same as a 95 % interval without `null`.
    ///
    /// In [2 / (resamples + 1), 1]: below that, the resamples cannot tell.
    pub fn p_value(&self, null: f64) -> f64 {
        let n = self.sorted.len() as f64;
        let smallest = 2.0 / (n + 1.0);
        let z = |share: f64| {
            let z = normal::quantile(share.clamp(1.0 / (n + 1.0), n / (n + 1.0))) - self.bias;
            let sped = 1.0 + self.acceleration * z;
            if sped > 0.0 { z / sped - self.bias } else { z.signum() * f64::INFINITY }
        };
        // The shares at which the null hypothesis stands among the replicates: a range where some are equal to it.
        let (below, up_to) = self.places(null);
        let (first, last) = if below < up_to {
            ((below + 1) as f64, up_to as f64)
        } else if below == 0 || up_to == self.sorted.len() {
            (below as f64, below as f64)
        } else {
            let (left, right) = (self.sorted[below - 1], self.sorted[below]);
            let place = below as f64 + (null - left) / (right - left);
            (place, place)
        };
        let (low, high) = (z(first / (n + 1.0)), z(last / (n + 1.0)));
        if low <= 0.0 && high >= 0.0 {
            return 1.0;
        }
        let nearer = low.abs().min(high.abs());
        (2.0 * normal::cdf(-nearer)).max(smallest)
    }

    /// How many replicates lie below `value`, and how many below or at it, but for rounding.
    fn places(&self, value: f64) -> (usize, usize) {
        let ends = self.sorted[0].abs().max(self.sorted[self.sorted.len() - 1].abs());
        let margin = ROUNDING * ends.max(self.estimate.abs());
        let below = self.sorted.partition_point(|&replicate| replicate < value - margin);
        (below, self.sorted.partition_point(|&replicate| replicate <= value + margin))
    }

    /// The replicate at `share` of the way: at place share × (n + 1), counted from 1, between two replicates in proportion.
    fn quantile(&self, share: f64) -> f64 {
        let last = self.sorted.len() - 1;
        let place = (share * (self.sorted.len() + 1) as f64 - 1.0).clamp(0.0, last as f64);
        let (left, part) = (place as usize, place.fract());
        let (low, high) = (self.sorted[left], self.sorted[last.min(left + 1)]);
        if part == 0.0 { low } else { low + part * (high - low) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64], ratios: Vec<f64>) -> Replicates {
        Replicates::new(values, &vec![1.0; values.len()], ratios).unwrap()
    }

    /// Symmetric replicates -1, -.9, ..., 1 of the mean of -1, 0, 1: no bias, no acceleration.
    fn symmetric() -> Replicates {
        of(&[-1.0, 0.0, 1.0], (-10..=10).map(|tenth| f64::from(tenth) / 10.0).collect())
    }

    #[test]
    fn without_bias_and_skewness_the_interval_is_that_of_the_percentiles() {
        let replicates = symmetric();
        assert_eq!((replicates.bias, replicates.acceleration), (0.0, 0.0));
        // level 9/11: shares 1/11 and 10/11, times 22 are places 2 and 20 of 21, counted from 1
        let interval = replicates.interval(9.0 / 11.0);
        assert!((interval.low + 0.9).abs() < 1e-12 && (interval.high - 0.9).abs() < 1e-12, "{interval:?}");
    }

    #[test]
    fn the_p_value_is_that_of_the_interval_that_ends_there() {
        let replicates = symmetric();
        assert!((replicates.p_value(-0.9) - 2.0 / 11.0).abs() < 1e-12);
        assert!((replicates.p_value(0.95) - 2.0 * 1.5 / 22.0).abs() < 1e-12); // place 20.5 of 22
        assert_eq!(replicates.p_value(0.0), 1.0);
        assert!((replicates.p_value(7.0) - 2.0 / 22.0).abs() < 1e-12); // beyond all replicates
        let skewed = of(&[0.0, 0.0, 1.0, 4.0], (0..999).map(|i| f64::from(i * i) / 2e5).collect());
        for level in [0.5, 0.8, 0.9, 0.95] {
            let Interval { low, high } = skewed.interval(level);
            for end in [low, high] {
                let p = skewed.p_value(end);
                assert!((p - (1.0 - level)).abs() < 1e-9, "{level}: {p} at {end}");
            }
        }
    }

    #[test]
    fn bias_and_acceleration_by_hand() {
        // values 0, 0, 3: mean 1, influences -1, -1, 2: sum of cubes 6, of squares 6: 6 / (6 × 6^1.5) = 6^-1.5
        let replicates = of(&[0.0, 0.0, 3.0], vec![0.0, 1.0, 1.0, 2.0]);
        assert!((replicates.acceleration - 6.0f64.powf(-1.5)).abs() < 1e-15);
        assert_eq!(replicates.bias, 0.0); // one below, two equal, one above
        let replicates = of(&[0.0, 0.0, 3.0], vec![0.0, 0.0, 0.0, 2.0]);
        assert!((normal::cdf(replicates.bias) - 0.75).abs() < 1e-14);
    }

    #[test]
    fn users_who_agree_have_no_scatter() {
        // .1 three times: sums are rounded, the mean is not exactly .1
        let replicates = of(&[0.1; 3], vec![0.1, 0.1 - 1e-17, (0.1 + 0.1 + 0.1) / 3.0]);
        let estimate = replicates.estimate();
        assert_eq!(replicates.interval(0.95), Interval { low: estimate, high: estimate });
        assert_eq!(replicates.p_value(0.0), 0.5); // 2 / (3 + 1), the smallest of 3 resamples
        assert_eq!(of(&[0.0; 3], vec![0.0; 3]).p_value(0.0), 1.0);
    }

    #[test]
    fn one_user_says_nothing_of_others() {
        assert_eq!(Replicates::new(&[0.5, 0.0], &[1.0, 0.0], vec![0.5, f64::NAN]), None);
        assert_eq!(Replicates::new(&[], &[], vec![f64::NAN]), None);
        assert_eq!(Replicates::new(&[1.0, f64::NAN], &[1.0; 2], vec![1.0, f64::NAN]), None);
    }
}
