//! `RidgeContent`: what in an item does this user like more than others do.
//!
//! For each user, a ridge regression (Hoerl and Kennard, Technometrics 12, 1970) of the residuals of [`crate::damped_bias`] on the features
//! of the items rated: `w_u = (X'X + penalty * I)^-1 X'e`, one row of X a rating, solved by Cholesky's decomposition of
//! one small matrix a user. `score = mu + b_u + b_i + w_u . x_i`. A content-based profile (Pazzani and Billsus, "Content-based
//! recommendation systems", 2007) that can say "dramas, but not the popular ones".
//!
//! The features, in `item_features`: genres (a vector of length 1), year, damped mean and popularity of the item (standardised), and a
//! constant. The penalty is the same for all users, so little is believed of users with few ratings.
//!
//! * A user without ratings, or an item that is in neither the catalogue nor the ratings, gets the baseline's score.
//! * A cold item of the catalogue is scored by its genres and year: `mu + b_u + w_u . x_i`.
//! * An item that is not in the catalogue has no genre and the mean year.

mod item_features;

use dataset::{Candidate, Csr, History, Items};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::baseline::{Baseline, Placed};
use crate::damped_bias::DampedBiasParams;
use crate::evidence::{Asked, Evidence};
use crate::fold_in::KnownUser;
use crate::params::in_range;
use crate::scorer::score_indexed;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, InvalidParam, Params, Scorer};
use item_features::ItemFeatures;

/// The hyper-parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RidgeParams {
    /// The weight of the squared coefficients in the loss (L2), in [0.001, 1000000].
    pub penalty: f64,
    /// The standard deviation that year, damped mean and popularity are scaled to, in [0, 100]: the larger, the less their
    /// coefficients are held back. A genre of an item with one genre counts 1.
    pub numeric_scale: f64,
}

impl Default for RidgeParams {
    /// Tuned on ml-latest-small by the error of five folds inside the training ratings.
    fn default() -> Self {
        Self { penalty: 7.0, numeric_scale: 0.5 }
    }
}

impl Params for RidgeParams {
    fn validate(&self) -> Result<(), InvalidParam> {
        in_range("ridge.penalty", self.penalty, 1e-3..=1e6)?;
        in_range("ridge.numeric_scale", self.numeric_scale, 0.0..=100.0)
    }
}

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RidgeContent {
    baseline: Baseline,
    features: ItemFeatures,
    /// As many coefficients a user as there are features.
    coefficients: Vec<f64>,
}

impl RidgeContent {
    /// Fits the baseline to `history`, then each user's coefficients. Costs a user the squared number of features that an item
    /// has (a handful) times the user's ratings, and the cubed number of all features.
    pub fn fit(
        history: &History,
        items: &Items,
        baseline: &Checked<DampedBiasParams>,
        params: &Checked<RidgeParams>,
    ) -> Self {
        let baseline = Baseline::fit(history, baseline);
        let residuals = baseline.residuals(history);
        let features = ItemFeatures::new(history, items, &baseline, params.numeric_scale);
        let rows = features.rows_of(history.items());
        let coefficients = coefficients(&features, &rows, &residuals, params.penalty);
        Self { baseline, features, coefficients }
    }

    /// This model with the users of `history` added.
    pub(crate) fn fold_in(
        self,
        history: &History,
        baseline: &Checked<DampedBiasParams>,
        params: &Checked<RidgeParams>,
    ) -> Result<Self, KnownUser> {
        let (baseline, new) = self.baseline.fold_in(history, baseline)?;
        let rows = self.features.rows_of(&baseline.items);
        let of_new = coefficients(&self.features, &rows, &baseline.residuals_of(&new), params.penalty);
        let coefficients = new.numbers(self.coefficients, &of_new, self.features.len());
        Ok(Self { baseline, coefficients, ..self })
    }

    /// What carried the scores: each feature's coefficient times its value.
    pub(crate) fn evidence(&self, asked: &Asked<'_>) -> Vec<Evidence> {
        let n_features = self.features.len();
        asked.each(self, |candidate, score| {
            let Placed { baseline, user, .. } = self.baseline.place(candidate);
            let known = user.zip(self.features.items().index_of(candidate.item_id));
            let shares = known.into_iter().flat_map(|(user, item)| {
                let coefficients = &self.coefficients[user as usize * n_features..][..n_features];
                let share =
                    |(feature, value)| (self.features.trait_of(feature), coefficients[feature] * value);
                self.features.of(item).map(share)
            });
            asked.traits(score, baseline, shares)
        })
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        let demand = Demands { model: BaseModel::Ridge.name() };
        self.baseline.validate(demand)?;
        self.features.validate(demand)?;
        let expected = self.baseline.n_users().checked_mul(self.features.len());
        demand.numbers("coefficients", &self.coefficients, expected)
    }
}

/// The coefficients of each row of `residuals`, user after user.
fn coefficients(features: &ItemFeatures, rows: &[u32], residuals: &Csr, penalty: f64) -> Vec<f64> {
    let mut coefficients = vec![0.0; residuals.n_rows() * features.len()];
    coefficients.par_chunks_exact_mut(features.len()).enumerate().for_each(|(user, coefficients)| {
        let solution = regress(features, rows, residuals, user as u32, penalty);
        // The penalty makes the matrix positive definite; should rounding undo that, the user keeps the baseline.
        if let Some(solution) = solution {
            coefficients.copy_from_slice(solution.as_slice());
        }
    });
    coefficients
}

/// One user's coefficients; `rows` tells where each item of the residuals stands among the features.
fn regress(
    features: &ItemFeatures,
    rows: &[u32],
    residuals: &Csr,
    user: u32,
    penalty: f64,
) -> Option<DVector<f64>> {
    let n_features = features.len();
    let mut gram = DMatrix::from_diagonal_element(n_features, n_features, penalty);
    let mut moments = DVector::zeros(n_features);
    let mut present = Vec::with_capacity(n_features);
    let (items, values) = residuals.row(user);
    for (&item, &residual) in items.iter().zip(values) {
        present.clear();
        present.extend(features.of(rows[item as usize]));
        for (at, &(feature, value)) in present.iter().enumerate() {
            moments[feature] += value * f64::from(residual);
            // Features ascend: this is the lower triangle, which is all that the decomposition reads.
            for &(earlier, other) in &present[..=at] {
                gram[(feature, earlier)] += value * other;
            }
        }
    }
    gram.cholesky().map(|cholesky| cholesky.solve(&moments))
}

impl Scorer for RidgeContent {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        let n_features = self.features.len();
        let items = [&self.baseline.items, self.features.items()];
        score_indexed(candidates, out, &self.baseline.users, items, |user, [rated, item]| {
            let baseline = self.baseline.of(user, rated);
            let (Some(user), Some(item)) = (user, item) else {
                return baseline;
            };
            let coefficients = &self.coefficients[user as usize * n_features..][..n_features];
            baseline
                + self.features.of(item).map(|(feature, value)| coefficients[feature] * value).sum::<f64>()
        });
    }
}

#[cfg(test)]
mod tests;
