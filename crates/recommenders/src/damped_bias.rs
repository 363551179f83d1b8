//! `DampedBias`: how generous is this user, how liked is this item, with doubt where few ratings tell.
//!
//! `score = mu + b_u + b_i`: the baseline estimates of Koren, "Factor in the neighbors: scalable and accurate collaborative
//! filtering" (TKDD 2010, section 2.1). Each offset is a damped mean of what the other side leaves over, the items first:
//! `b_i = sum over its ratings of (r - mu - b_u) / (n_i + item_damping)`, then
//! `b_u = sum over its ratings of (r - mu - b_i) / (n_u + user_damping)`,
//! repeated `passes` times from `b_u = 0`. One pass is the published sequential estimate; many converge to the least squares solution
//! with the L2 weights `item_damping` and `user_damping` (each pass cannot raise that loss).
//!
//! A user or an item without ratings adds 0: a cold item gets the user's offset alone, a cold user the item's.

use dataset::{Candidate, Csr, History, IdIndex, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::baseline::Baseline;
use crate::by_item::ItemScorer;
use crate::evidence::{Asked, Evidence};
use crate::fold_in::{KnownUser, NewUsers};
use crate::params::in_range;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, InvalidParam, Params, Scorer};

/// The hyper-parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DampedBiasParams {
    /// How many ratings without an offset every item is given besides its own, in [0, 10000].
    pub item_damping: f64,
    /// How many ratings without an offset every user is given besides its own, in [0, 10000].
    pub user_damping: f64,
    /// How many times both sides are estimated from each other, in [1, 1000].
    pub passes: usize,
}

impl Default for DampedBiasParams {
    /// Tuned on ml-latest-small by the error of five folds inside the training ratings.
    fn default() -> Self {
        Self { item_damping: 5.0, user_damping: 5.0, passes: 10 }
    }
}

impl Params for DampedBiasParams {
    fn validate(&self) -> Result<(), InvalidParam> {
        in_range("damped_bias.item_damping", self.item_damping, 0.0..=10_000.0)?;
        in_range("damped_bias.user_damping", self.user_damping, 0.0..=10_000.0)?;
        in_range("damped_bias.passes", self.passes, 1..=1000)
    }
}

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DampedBias(Baseline);

impl DampedBias {
    /// Estimates the offsets of `history`; linear in its ratings, each pass.
    pub fn fit(history: &History, params: &Checked<DampedBiasParams>) -> Self {
        Self(Baseline::fit(history, params))
    }

    /// This model with the users of `history` added.
    pub(crate) fn fold_in(
        self,
        history: &History,
        params: &Checked<DampedBiasParams>,
    ) -> Result<Self, KnownUser> {
        Ok(Self(self.0.fold_in(history, params)?.0))
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
        self.0.validate(Demands { model: BaseModel::DampedBias.name() })
    }
}

impl ItemScorer for DampedBias {
    fn items(&self) -> &IdIndex {
        ItemScorer::items(&self.0)
    }

    fn score_items(&self, user_id: UserId, items: &[u32], out: &mut [f64]) {
        self.0.score_items(user_id, items, out);
    }
}

impl Scorer for DampedBias {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        self.0.score(candidates, out);
    }
}

impl Baseline {
    /// The damped offsets of `history`; linear in its ratings, each pass.
    pub(crate) fn fit(history: &History, params: &Checked<DampedBiasParams>) -> Self {
        let mean = history.mean();
        let mut user_offsets = vec![0.0; history.users().len()];
        let mut item_offsets = vec![0.0; history.items().len()];
        for _ in 0..params.passes {
            estimate(&mut item_offsets, history.by_item(), mean, &user_offsets, params.item_damping);
            estimate(&mut user_offsets, history.by_user(), mean, &item_offsets, params.user_damping);
        }
        let (users, items) = (history.users().clone(), history.items().clone());
        Self { mean, users, items, user_offsets, item_offsets }
    }

    /// This baseline with the users of `history` added, and who they are. The estimate of the users is the last step of each pass, so that those
    /// who are added have the offsets that a fitted user with their ratings has.
    pub(crate) fn fold_in(
        self,
        history: &History,
        params: &Checked<DampedBiasParams>,
    ) -> Result<(Self, NewUsers), KnownUser> {
        let new = NewUsers::new(history, &self.users, &self.items)?;
        let mut offsets = vec![0.0; new.len()];
        estimate(&mut offsets, &new.ratings, self.mean, &self.item_offsets, params.user_damping);
        let user_offsets = new.numbers(self.user_offsets, &offsets, 1);
        Ok((Self { users: new.users(), user_offsets, ..self }, new))
    }
}

/// Each row's damped mean of what the mean and the columns' offsets leave over.
fn estimate(offsets: &mut [f64], ratings: &Csr, mean: f64, of_columns: &[f64], damping: f64) {
    for (row, offset) in offsets.iter_mut().enumerate() {
        let (columns, values) = ratings.row(row as u32);
        let left_over =
            |(&column, &value): (&u32, &f32)| f64::from(value) - mean - of_columns[column as usize];
        let total: f64 = columns.iter().zip(values).map(left_over).sum();
        *offset = total / (values.len() as f64 + damping);
    }
}

#[cfg(test)]
mod tests {
    use dataset::{Rating, Ratings};

    use super::*;

    fn history() -> History {
        let rating = |(user_id, item_id, value)| Rating { user_id, item_id, value, timestamp: 0 };
        let ratings: Ratings = [(1, 10, 5.0), (1, 20, 3.0), (2, 10, 1.0)].map(rating).into_iter().collect();
        History::new(&ratings)
    }

    fn fitted(item_damping: f64, user_damping: f64, passes: usize) -> DampedBias {
        let params = DampedBiasParams { item_damping, user_damping, passes };
        DampedBias::fit(&history(), &params.check().unwrap())
    }

    #[test]
    fn one_pass_takes_the_items_first() {
        // mu = 3. Items: 10: (2 - 2) / (2 + 2) = 0; 20: 0 / 3 = 0. Users: 1: (2 + 0) / (2 + 1) = 2/3; 2: -2 / (1 + 1) = -1.
        let model = fitted(2.0, 1.0, 1);
        let ask = |user_id, item_id| model.scores(&[Candidate { user_id, item_id, at: 0 }])[0];
        assert_eq!(
            [ask(1, 10), ask(2, 20), ask(1, 99), ask(9, 20), ask(9, 99)],
            [3.0 + 2.0 / 3.0, 2.0, 3.0 + 2.0 / 3.0, 3.0, 3.0]
        );
        // Second pass, items: 10: (2 - 2/3 - 2 + 1) / 4 = 1/12; 20: (0 - 2/3) / 3 = -2/9.
        // Users: 1: (2 - 1/12 + 2/9) / 3 = 77/108; 2: (-2 - 1/12) / 2 = -25/24.
        let model = fitted(2.0, 1.0, 2);
        let scores = model.scores(&[
            Candidate { user_id: 1, item_id: 10, at: 0 },
            Candidate { user_id: 2, item_id: 20, at: 0 },
        ]);
        assert!((scores[0] - (3.0 + 77.0 / 108.0 + 1.0 / 12.0)).abs() < 1e-12);
        assert!((scores[1] - (3.0 - 25.0 / 24.0 - 2.0 / 9.0)).abs() < 1e-12);
    }

    #[test]
    fn many_passes_minimise_the_damped_squared_error() {
        let model = fitted(2.0, 1.0, 1000);
        let residuals = model.0.residuals(&history());
        let sum = |rows: &Csr, row| rows.row(row).1.iter().map(|&value| f64::from(value)).sum::<f64>();
        // The gradient of sum of squared residuals / 2 + 1 * sum of b_u² / 2 + 2 * sum of b_i² / 2 is 0.
        for user in 0..2 {
            assert!((sum(&residuals, user) - model.0.user_offsets[user as usize]).abs() < 1e-6);
        }
        assert!((f64::from(residuals.get(0, 1).unwrap()) - 2.0 * model.0.item_offsets[1]).abs() < 1e-6);
    }

    #[test]
    fn values_out_of_range_are_refused() {
        let message = |params: DampedBiasParams| params.check().unwrap_err().to_string();
        let good = DampedBiasParams::default();
        assert_eq!(
            message(DampedBiasParams { item_damping: -1.0, ..good }),
            "damped_bias.item_damping is -1, must be in [0, 10000]"
        );
        assert_eq!(
            message(DampedBiasParams { user_damping: f64::NAN, ..good }),
            "damped_bias.user_damping is NaN, must be in [0, 10000]"
        );
        assert_eq!(
            message(DampedBiasParams { passes: 0, ..good }),
            "damped_bias.passes is 0, must be in [1, 1000]"
        );
    }
}
