//! How many ratings a user or an item has, and their mean: the same arithmetic for both sides.

use dataset::{Csr, IdIndex};

use crate::Column;

/// Count and mean of the ratings of each id of one side.
#[derive(Debug, Clone, PartialEq)]
pub struct RatingStatistics {
    ids: IdIndex,
    counts: Vec<u32>,
    means: Vec<f64>,
    /// The mean of all ratings, for an id that has none.
    overall_mean: f64,
}

impl RatingStatistics {
    /// Takes the statistics of `ratings`, whose row `r` belongs to the id at index `r`. Sums in f64, in column order.
    pub fn new(ids: &IdIndex, ratings: &Csr, overall_mean: f64) -> Self {
        let values_of = |row: usize| ratings.row(row as u32).1;
        let mean = |values: &[f32]| {
            let sum: f64 = values.iter().map(|&value| f64::from(value)).sum();
            if values.is_empty() { overall_mean } else { sum / values.len() as f64 }
        };
        Self {
            ids: ids.clone(),
            counts: (0..ids.len()).map(|row| values_of(row).len() as u32).collect(),
            means: (0..ids.len()).map(|row| mean(values_of(row))).collect(),
            overall_mean,
        }
    }

    /// `<side>_n_ratings` and `<side>_mean_rating` of each of `ids`: 0 and the overall mean where an id is unknown.
    pub fn columns(&self, side: &str, ids: impl Iterator<Item = i64>) -> Vec<Column> {
        let (counts, means) = ids
            .map(|id| match self.ids.index_of(id) {
                Some(index) => (f64::from(self.counts[index as usize]), self.means[index as usize]),
                None => (0.0, self.overall_mean),
            })
            .unzip();
        vec![
            Column { name: format!("{side}_n_ratings"), values: counts },
            Column { name: format!("{side}_mean_rating"), values: means },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_ids_have_no_ratings_and_the_overall_mean() {
        // Id 5 has 2 and 5 stars, id 8 has 4: (2 + 5 + 4) / 3 is given as the overall mean.
        let ratings = Csr::from_entries(2, [(0, 0, 2.0), (0, 1, 5.0), (1, 0, 4.0)].into_iter());
        let statistics = RatingStatistics::new(&IdIndex::new([5, 8]), &ratings, 11.0 / 3.0);
        let columns = statistics.columns("user", [8, 5, 6].into_iter());
        assert_eq!(columns[0], Column { name: "user_n_ratings".to_owned(), values: vec![1.0, 2.0, 0.0] });
        assert_eq!(columns[1].name, "user_mean_rating");
        assert_eq!(columns[1].values, [4.0, 3.5, 11.0 / 3.0]);
    }
}
