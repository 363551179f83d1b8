//! What is counted a rated item: all that many models and features need of the items.

use crate::{History, IdIndex};

/// Counts and sums over each item's ratings. Those of some users and those of others add up, so that they can be taken a part at a time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ItemStatistics {
    /// The items that somebody rated.
    pub items: IdIndex,
    /// How many ratings each has, at least 1.
    pub n_ratings: Vec<u32>,
    /// How many of them are relevant.
    pub n_relevant: Vec<u32>,
    /// The sum of each one's ratings, in stars.
    pub sums: Vec<f64>,
    /// The sum of their squares.
    pub sums_of_squares: Vec<f64>,
}

impl ItemStatistics {
    /// Counts the ratings of `history`; from `relevant_from` stars on a rating is relevant.
    pub fn of(history: &History, relevant_from: f64) -> Self {
        let items = history.items().clone();
        let mut statistics = Self { items, ..Self::default() };
        for item in 0..statistics.items.len() as u32 {
            let values = history.by_item().row(item).1;
            let stars = values.iter().map(|&value| f64::from(value));
            statistics.n_ratings.push(values.len() as u32);
            statistics.n_relevant.push(stars.clone().filter(|&stars| stars >= relevant_from).count() as u32);
            statistics.sums.push(stars.clone().sum());
            statistics.sums_of_squares.push(stars.map(|stars| stars * stars).sum());
        }
        statistics
    }

    /// How many ratings there are.
    pub fn n_all(&self) -> u64 {
        self.n_ratings.iter().map(|&n| u64::from(n)).sum()
    }

    /// The mean of all ratings, in stars; 0 where there is none. That of a history of the same ratings, to the bit where the sums are exact, as
    /// they are for ratings in half stars.
    pub fn mean(&self) -> f64 {
        let n = self.n_all();
        if n == 0 { 0.0 } else { self.sums.iter().sum::<f64>() / n as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rating, Ratings};

    #[test]
    fn counts_and_sums() {
        let rating = |user_id, item_id, value| Rating { user_id, item_id, value, timestamp: 0 };
        let ratings: Ratings =
            [rating(1, 10, 4.0), rating(2, 10, 2.5), rating(2, 5, 5.0)].into_iter().collect();
        let history = History::new(&ratings);
        let statistics = ItemStatistics::of(&history, 4.0);
        assert_eq!(statistics.items.ids(), [5, 10]);
        assert_eq!(
            (statistics.n_ratings.as_slice(), statistics.n_relevant.as_slice()),
            (&[1, 2][..], &[1, 1][..])
        );
        assert_eq!(statistics.sums, [5.0, 6.5]);
        assert_eq!(statistics.sums_of_squares, [25.0, 22.25]);
        assert_eq!((statistics.n_all(), statistics.mean()), (3, history.mean()));
        assert_eq!(ItemStatistics::default().mean(), 0.0);
    }
}
