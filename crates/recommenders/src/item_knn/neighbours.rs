//! The k most similar of a user's items, and the mean of their ratings.
//!
//! The norm of the candidate item is the same in all of its similarities, so it decides neither their order nor a weighted
//! mean and is left out. The order is that of sum² / |r_j|², which needs no square root: ratings in half stars make both
//! exact in f64, so that two similarities that are equal as rational numbers compare equal, and the smaller id decides
//! instead of a rounding error.

use std::cmp::Ordering;

/// Similar items that the user rated, in ascending order of the item.
#[derive(Default)]
pub struct Neighbours {
    all: Vec<Neighbour>,
    ranked: Vec<Rank>,
}

struct Neighbour {
    rank: Rank,
    sum: f64,
    squared_norm: f64,
    rating: f32,
}

#[derive(Clone, Copy)]
struct Rank {
    squared_similarity: f64,
    item: u32,
}

impl Rank {
    /// The more similar item first, then the smaller one.
    fn order(&self, other: &Self) -> Ordering {
        other.squared_similarity.total_cmp(&self.squared_similarity).then(other.item.cmp(&self.item))
    }
}

impl Neighbours {
    /// Forgets all.
    pub fn clear(&mut self) {
        self.all.clear();
    }

    /// Adds `item`, whose product with the candidate item is `sum` > 0, and which the user gave `rating`.
    pub fn push(&mut self, item: u32, sum: f64, squared_norm: f64, rating: f32) {
        let rank = Rank { squared_similarity: sum * sum / squared_norm, item };
        self.all.push(Neighbour { rank, sum, squared_norm, rating });
    }

    /// The similarity-weighted mean of the ratings of the first `k` by rank, summed in the order in which they were
    /// added; `None` where there is none.
    pub fn weighted_mean(&mut self, k: usize) -> Option<f64> {
        let last = (self.all.len() > k).then(|| {
            self.ranked.clear();
            self.ranked.extend(self.all.iter().map(|neighbour| neighbour.rank));
            *self.ranked.select_nth_unstable_by(k - 1, Rank::order).1
        });
        let (mut total, mut total_weight) = (0.0, 0.0);
        for neighbour in &self.all {
            if last.is_none_or(|last| neighbour.rank.order(&last).is_le()) {
                let weight = neighbour.sum / neighbour.squared_norm.sqrt();
                total += weight * f64::from(neighbour.rating);
                total_weight += weight;
            }
        }
        (total_weight > 0.0).then(|| total / total_weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_at_the_cut_go_to_the_smaller_item() {
        let mut neighbours = Neighbours::default();
        // Similarities 12 / 3 = 4, 20 / 5 = 4 and 6 / 1 = 6, times a common factor.
        neighbours.push(1, 12.0, 9.0, 3.0);
        neighbours.push(4, 20.0, 25.0, 5.0);
        neighbours.push(7, 6.0, 1.0, 1.0);
        assert_eq!(neighbours.weighted_mean(1), Some(1.0));
        assert_eq!(neighbours.weighted_mean(2), Some((4.0 * 3.0 + 6.0 * 1.0) / 10.0));
        assert_eq!(neighbours.weighted_mean(3), Some((4.0 * 3.0 + 4.0 * 5.0 + 6.0 * 1.0) / 14.0));
        assert_eq!(neighbours.weighted_mean(9), neighbours.weighted_mean(3));
        neighbours.clear();
        assert_eq!(neighbours.weighted_mean(3), None);
    }
}
