//! `BiasModel`: how generous is this user, how liked is this item.
//!
//! `score = mu + b_u + b_i`, with `mu` the mean rating, `b_u = mean(ratings of u) - mu` and
//! `b_i = mean(ratings of i) - mu`.
//! A user or an item without ratings adds 0.

use dataset::{Candidate, Csr, History, IdIndex, UserId};
use serde::{Deserialize, Serialize};

use crate::baseline::Baseline;
use crate::by_item::ItemScorer;
use crate::evidence::{Asked, Evidence};
use crate::fold_in::{KnownUser, NewUsers};
use crate::validate::Demands;
use crate::{BaseModel, InvalidModel, Scorer};

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BiasModel(pub(crate) Baseline);

impl BiasModel {
    /// Takes the means of `history`, in one pass over each side.
    pub fn fit(history: &History) -> Self {
        let mean = history.mean();
        Self(Baseline {
            mean,
            users: history.users().clone(),
            items: history.items().clone(),
            user_offsets: offsets(history.by_user(), mean),
            item_offsets: offsets(history.by_item(), mean),
        })
    }

    /// This model with the users of `history` added.
    pub(crate) fn fold_in(self, history: &History) -> Result<Self, KnownUser> {
        let Self(fitted) = self;
        let new = NewUsers::new(history, &fitted.users, &fitted.items)?;
        let user_offsets = new.numbers(fitted.user_offsets, &offsets(&new.ratings, fitted.mean), 1);
        Ok(Self(Baseline { users: new.users(), user_offsets, ..fitted }))
    }

    /// What carried the scores.
    pub(crate) fn evidence(&self, asked: &Asked<'_>) -> Vec<Evidence> {
        self.0.evidence(self, asked)
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        self.0.validate(Demands { model: BaseModel::Bias.name() })
    }
}

impl ItemScorer for BiasModel {
    fn items(&self) -> &IdIndex {
        ItemScorer::items(&self.0)
    }

    fn score_items(&self, user_id: UserId, items: &[u32], out: &mut [f64]) {
        self.0.score_items(user_id, items, out);
    }
}

impl Scorer for BiasModel {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        self.0.score(candidates, out);
    }
}

/// Each row's mean, less the mean of all; a history's index has no row without a rating.
fn offsets(ratings: &Csr, mean: f64) -> Vec<f64> {
    (0..ratings.n_rows() as u32)
        .map(|row| {
            let values = ratings.row(row).1;
            values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64 - mean
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use dataset::{Rating, Ratings};

    use super::*;

    fn rating(user_id: i64, item_id: i64, value: f32) -> Rating {
        Rating { user_id, item_id, value, timestamp: 0 }
    }

    fn candidate(user_id: i64, item_id: i64) -> Candidate {
        Candidate { user_id, item_id, at: 0 }
    }

    #[test]
    fn score_is_the_mean_and_both_offsets() {
        // mu = (5 + 3 + 1) / 3 = 3; user 1: 4 - 3 = 1; user 2: 1 - 3 = -2; item 10: 3 - 3 = 0; item 20: 3 - 3 = 0
        let ratings: Ratings =
            [rating(1, 10, 5.0), rating(1, 20, 3.0), rating(2, 10, 1.0)].into_iter().collect();
        let model = BiasModel::fit(&History::new(&ratings));
        let asked =
            [candidate(1, 10), candidate(2, 20), candidate(1, 99), candidate(9, 20), candidate(9, 99)];
        assert_eq!(model.scores(&asked), [4.0, 1.0, 4.0, 3.0, 3.0]);
    }

    #[test]
    fn a_missing_or_infinite_offset_is_unsound() {
        let ratings: Ratings = [rating(1, 10, 5.0)].into_iter().collect();
        let model = BiasModel::fit(&History::new(&ratings));
        assert_eq!(model.validate(), Ok(()));
        let damaged = |baseline| BiasModel(baseline).validate();
        let short = Baseline { user_offsets: vec![], ..model.0.clone() };
        assert_eq!(
            damaged(short).unwrap_err().to_string(),
            "the BiasModel model is unsound: the number of its user offsets is wrong"
        );
        assert!(damaged(Baseline { item_offsets: vec![f64::INFINITY], ..model.0.clone() }).is_err());
        assert!(damaged(Baseline { mean: f64::NAN, ..model.0 }).is_err());
    }
}
