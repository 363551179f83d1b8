//! What a rating would be without any taste: the part that other models leave out of what they look at.
//!
//! `baseline = mu + b_u + b_i` with damped offsets, `b_i = sum over i's ratings of (r - mu - b_u) / (n_i + ITEM_DAMPING)` and the same with
//! the sides changed, by a few rounds of turns from `b_u = 0` (Koren, "Factor in the neighbors", TKDD 2010, section 2.1; the rounds are
//! Gauss-Seidel steps to the ridge regression on both offsets).

use dataset::{Candidate, Csr, History, IdIndex};
use serde::{Deserialize, Serialize};

use crate::InvalidModel;
use crate::validate::Demands;

/// How many ratings at the mean an item's offset is damped by. Chosen by 5-fold error on ml-latest-small; anything from 2 to 8 is as good
/// within 0.002 stars, so that it is no parameter.
const ITEM_DAMPING: f64 = 3.0;
/// The same for a user's.
const USER_DAMPING: f64 = 5.0;
/// More change the offsets by less than 0.01 stars.
const ROUNDS: usize = 3;

/// The fitted offsets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    mean: f64,
    users: IdIndex,
    items: IdIndex,
    user_offsets: Vec<f64>,
    item_offsets: Vec<f64>,
}

/// A candidate's baseline, and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// In stars.
    pub baseline: f64,
    /// The user's index, where the user has ratings.
    pub user: Option<u32>,
    /// The item's index, where the item has ratings.
    pub item: Option<u32>,
}

impl Baseline {
    /// Fits the offsets, in [`ROUNDS`] passes over each side.
    pub fn fit(history: &History) -> Self {
        let mean = history.mean();
        let mut user_offsets = vec![0.0; history.users().len()];
        let mut item_offsets = vec![0.0; history.items().len()];
        for _ in 0..ROUNDS {
            item_offsets = offsets(history.by_item(), mean, &user_offsets, ITEM_DAMPING);
            user_offsets = offsets(history.by_user(), mean, &item_offsets, USER_DAMPING);
        }
        Self {
            mean,
            users: history.users().clone(),
            items: history.items().clone(),
            user_offsets,
            item_offsets,
        }
    }

    /// How far `value`, given by `user` to `item`, is above the baseline.
    pub fn residual(&self, user: u32, item: u32, value: f32) -> f32 {
        let baseline = self.mean + self.user_offsets[user as usize] + self.item_offsets[item as usize];
        (f64::from(value) - baseline) as f32
    }

    /// Looks up a candidate; an unknown user or item adds 0.
    pub fn place(&self, candidate: Candidate) -> Placed {
        let user = self.users.index_of(candidate.user_id);
        let item = self.items.index_of(candidate.item_id);
        let offset = |offsets: &[f64], index: Option<u32>| index.map_or(0.0, |index| offsets[index as usize]);
        let baseline = self.mean + offset(&self.user_offsets, user) + offset(&self.item_offsets, item);
        Placed { baseline, user, item }
    }

    /// How many users are known.
    pub fn n_users(&self) -> usize {
        self.users.len()
    }

    /// How many items are known.
    pub fn n_items(&self) -> usize {
        self.items.len()
    }

    /// Whether the parts fit together.
    pub fn validate(&self, demand: Demands) -> Result<(), InvalidModel> {
        demand.number("mean", self.mean)?;
        demand.ids("user", &self.users)?;
        demand.ids("item", &self.items)?;
        demand.numbers("user offsets", &self.user_offsets, Some(self.users.len()))?;
        demand.numbers("item offsets", &self.item_offsets, Some(self.items.len()))
    }
}

/// Each row's damped mean of what mean and the other side leave over.
fn offsets(ratings: &Csr, mean: f64, others: &[f64], damping: f64) -> Vec<f64> {
    (0..ratings.n_rows() as u32)
        .map(|row| {
            let (columns, values) = ratings.row(row);
            let left = columns.iter().zip(values);
            let sum: f64 = left.map(|(&other, &value)| f64::from(value) - mean - others[other as usize]).sum();
            sum / (columns.len() as f64 + damping)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use dataset::{Rating, Ratings};

    use super::*;

    #[test]
    fn offsets_are_damped_and_take_turns() {
        // One rating of 5 stars and one of 1, of different users and items: mu = 3, leftovers 2 and -2.
        let rating = |user_id, item_id, value| Rating { user_id, item_id, value, timestamp: 0 };
        let ratings: Ratings = [rating(1, 10, 5.0), rating(2, 20, 1.0)].into_iter().collect();
        let baseline = Baseline::fit(&History::new(&ratings));
        let (mut user, mut item) = (0.0, 0.0);
        for _ in 0..ROUNDS {
            item = (2.0 - user) / 4.0;
            user = (2.0 - item) / 6.0;
        }
        let ask = |user_id, item_id| baseline.place(Candidate { user_id, item_id, at: 0 }).baseline;
        assert_eq!(ask(1, 10), 3.0 + user + item);
        assert_eq!(ask(2, 10), 3.0 - user + item);
        assert_eq!([ask(1, 99), ask(9, 20), ask(9, 99)], [3.0 + user, 3.0 - item, 3.0]);
        assert_eq!(baseline.residual(0, 0, 5.0), (2.0 - user - item) as f32);
    }
}
