//! What each user contributes to each number.

/// Users and numbers. Each number is a ratio of sums over the users: sum of totals / sum of weights. The mean of a metric
/// has each user's value as total and 1 as weight, or 0 and 0 where the metric is undefined for the user; an error pooled
/// over rows has the user's sum of errors as total and their rows as weight.
#[derive(Debug, Clone)]
pub struct UserSample {
    n_users: usize,
    /// Of each number: one total a user.
    pub(super) totals: Vec<Vec<f64>>,
    /// Of each number: which of the weights.
    pub(super) weights_of: Vec<usize>,
    /// The different weights, one a user each. There are few: most metrics are defined for the same users.
    pub(super) weights: Vec<Vec<f64>>,
}

impl UserSample {
    /// A sample of `n_users` users and no number yet.
    pub fn new(n_users: usize) -> Self {
        Self { n_users, totals: Vec::new(), weights_of: Vec::new(), weights: Vec::new() }
    }

    /// Adds the mean of a value over the users for whom it is `Some`.
    ///
    /// # Panics
    /// Where there is not one value a user.
    pub fn push_mean(&mut self, values: impl IntoIterator<Item = Option<f64>>) {
        let (totals, weights) =
            values.into_iter().map(|value| value.map_or((0.0, 0.0), |value| (value, 1.0))).unzip();
        self.push_ratio(totals, weights);
    }

    /// Adds the ratio of the sum of `totals` to the sum of `weights`. A user of weight 0 has no part in it; where a total
    /// is not finite, the number has no interval.
    ///
    /// # Panics
    /// Where there is not one total and one weight a user, or a weight is negative or not finite.
    pub fn push_ratio(&mut self, mut totals: Vec<f64>, weights: Vec<f64>) {
        assert_eq!(totals.len(), self.n_users, "totals");
        assert_eq!(weights.len(), self.n_users, "weights");
        for (total, weight) in totals.iter_mut().zip(&weights) {
            assert!(weight.is_finite() && *weight >= 0.0, "weight {weight}");
            if *weight == 0.0 {
                *total = 0.0;
            }
        }
        let known = self.weights.iter().position(|known| *known == weights);
        self.weights_of.push(known.unwrap_or(self.weights.len()));
        if known.is_none() {
            self.weights.push(weights);
        }
        self.totals.push(totals);
    }

    /// How many users there are.
    pub fn n_users(&self) -> usize {
        self.n_users
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.totals.len()
    }

    /// Whether there is no number.
    pub fn is_empty(&self) -> bool {
        self.totals.is_empty()
    }

    /// The totals and weights of the number at `index`.
    pub(super) fn column(&self, index: usize) -> (&[f64], &[f64]) {
        (&self.totals[index], &self.weights[self.weights_of[index]])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_same_users_share_their_weights() {
        let mut sample = UserSample::new(3);
        sample.push_mean([Some(0.5), Some(1.0), Some(0.0)]);
        sample.push_mean([Some(0.5), None, Some(0.25)]);
        sample.push_mean([Some(0.0), Some(0.0), Some(0.0)]);
        sample.push_ratio(vec![8.0, f64::NAN, 2.0], vec![4.0, 0.0, 1.0]);
        assert_eq!((sample.len(), sample.weights.len()), (4, 3));
        assert_eq!(sample.column(1), (&[0.5, 0.0, 0.25][..], &[1.0, 0.0, 1.0][..]));
        assert_eq!(sample.column(2).1, [1.0; 3]);
        assert_eq!(sample.column(3), (&[8.0, 0.0, 2.0][..], &[4.0, 0.0, 1.0][..]));
    }
}
