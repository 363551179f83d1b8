//! Sums over some ratings.

/// Count, sums and relevant ones of some ratings.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    /// How many ratings.
    pub n: u64,
    /// How many of them are relevant.
    pub n_relevant: u64,
    /// Their sum, in stars.
    pub sum: f64,
    /// The sum of their squares.
    pub sum_of_squares: f64,
}

impl Tally {
    /// Counts one more rating.
    pub fn add(&mut self, value: f32, relevant_from: f64) {
        let value = f64::from(value);
        self.n += 1;
        self.n_relevant += u64::from(value >= relevant_from);
        self.sum += value;
        self.sum_of_squares += value * value;
    }

    /// Counts all of `other` too.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.n_relevant += other.n_relevant;
        self.sum += other.sum;
        self.sum_of_squares += other.sum_of_squares;
    }

    /// The count.
    pub fn count(&self) -> f64 {
        self.n as f64
    }

    /// The mean, or `otherwise` where there is no rating.
    pub fn mean_or(&self, otherwise: f64) -> f64 {
        if self.n == 0 { otherwise } else { self.sum / self.count() }
    }

    /// The sum of the squared distances from the mean; never negative.
    pub fn squared_deviations(&self) -> f64 {
        if self.n == 0 { 0.0 } else { (self.sum_of_squares - self.sum * self.sum / self.count()).max(0.0) }
    }

    /// The share of relevant ratings, in [0, 1]; 0 where there is no rating.
    pub fn relevant_share(&self) -> f64 {
        if self.n == 0 { 0.0 } else { self.n_relevant as f64 / self.count() }
    }

    /// The variance (divided by n), in squared stars; 0 where there is no rating.
    pub fn variance(&self) -> f64 {
        if self.n == 0 { 0.0 } else { self.squared_deviations() / self.count() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_what_follows_from_them() {
        let mut tally = Tally::default();
        assert_eq!((tally.mean_or(3.0), tally.variance(), tally.relevant_share()), (3.0, 0.0, 0.0));
        for value in [1.0, 4.0, 4.0] {
            tally.add(value, 4.0);
        }
        assert_eq!(tally.mean_or(0.0), 3.0);
        assert_eq!(tally.squared_deviations(), 6.0); // 4 + 1 + 1
        assert_eq!(tally.variance(), 2.0);
        assert_eq!(tally.relevant_share(), 2.0 / 3.0);
    }
}
