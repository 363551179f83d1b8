//! `EASE`: every item predicted from all the others by least squares.
//!
//! X holds, user by item, the residuals of the ratings from a damped baseline, 0 where there is no rating. The item weights B minimise
//! `|X - X B|² + regularization * |B|²` with a diagonal of zeros, in closed form: with `P = (X'X + regularization I)^-1`,
//! `B_ij = -P_ij / P_jj` (Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019, equation 8; there for implicit
//! feedback). `score = baseline + gain * sum over the user's items i of x_ui B_ij`.
//!
//! Only the `max_items` items with the most ratings have weights (of equally many, those of smaller id), so that cost is bounded whatever the
//! catalogue. A candidate of another item, or of an unknown user, gets the baseline, and an unknown user or item adds nothing to that.

mod params;

use std::cmp::Reverse;

use dataset::{Candidate, Csr, History};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::baseline::{Baseline, Placed};
use crate::damped_bias::DampedBiasParams;
use crate::evidence::{Asked, Evidence};
use crate::fold_in::KnownUser;
use crate::inverse::Symmetric;
use crate::scorer::score_indexed;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, Scorer};
pub use params::EaseParams;

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EaseModel {
    baseline: Baseline,
    /// The items that have weights, ascending; their places here are the columns of everything below.
    catalogue: Vec<u32>,
    /// User -> (catalogue items, residuals).
    residuals: Csr,
    /// A row an item j of the catalogue: `gain * B_ij` for every i of the catalogue.
    weights: Vec<f32>,
}

impl EaseModel {
    /// Accumulates and inverts `X'X + regularization I` over the catalogue. Deterministic at any number of threads.
    pub fn fit(
        history: &History,
        baseline: &Checked<DampedBiasParams>,
        params: &Checked<EaseParams>,
    ) -> Self {
        let baseline = Baseline::fit(history, baseline);
        let catalogue = most_rated(history.by_item(), params.max_items);
        let residuals = of_catalogue(&baseline.residuals(history), &catalogue, baseline.n_items());
        let n = catalogue.len();
        let by_item = residuals.transposed(n);
        let mut gram = Symmetric::gram(&by_item, &residuals, params.regularization);
        gram.invert(params.regularization);
        let mut weights = vec![0.0; n * n];
        weights.par_chunks_exact_mut(n.max(1)).enumerate().for_each(|(j, row)| {
            let scale = -params.gain / gram.get(j, j);
            for (i, weight) in row.iter_mut().enumerate() {
                *weight = if i == j { 0.0 } else { scale * gram.get(i, j) };
            }
        });
        Self { baseline, catalogue, residuals, weights }
    }

    /// This model with the users of `history` added.
    pub(crate) fn fold_in(
        self,
        history: &History,
        params: &Checked<DampedBiasParams>,
    ) -> Result<Self, KnownUser> {
        let (baseline, new) = self.baseline.fold_in(history, params)?;
        let of_new = of_catalogue(&baseline.residuals_of(&new), &self.catalogue, baseline.n_items());
        let residuals = new.rows(&self.residuals, &of_new);
        Ok(Self { baseline, residuals, ..self })
    }

    /// What carried the scores: what each of the user's items adds to the baseline.
    pub(crate) fn evidence(&self, asked: &Asked<'_>) -> Vec<Evidence> {
        let n = self.catalogue.len();
        asked.each(self, |candidate, score| {
            let Placed { baseline, user, item } = self.baseline.place(candidate);
            let column = item.and_then(|item| self.catalogue.binary_search(&item).ok());
            let shares = user.zip(column).into_iter().flat_map(|(user, column)| {
                let weights = &self.weights[column * n..][..n];
                let (others, values) = self.residuals.row(user);
                others.iter().zip(values).map(move |(&other, &value)| {
                    let item_id = self.baseline.items.id_at(self.catalogue[other as usize]);
                    (item_id, f64::from(weights[other as usize]) * f64::from(value))
                })
            });
            asked.items(candidate, score, baseline, shares)
        })
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        let demand = Demands { model: BaseModel::Ease.name() };
        self.baseline.validate(demand)?;
        let n = self.catalogue.len();
        let ascending = self.catalogue.windows(2).all(|pair| pair[0] < pair[1]);
        let known = self.catalogue.last().is_none_or(|&item| (item as usize) < self.baseline.n_items());
        demand.that(ascending && known, "its catalogue is out of order or has an unknown item")?;
        demand.sparse("user", &self.residuals, self.baseline.n_users(), n)?;
        demand.numbers("weights", &self.weights, n.checked_mul(n))
    }

    /// What the user's other items add to the baseline, in stars.
    fn deviation(&self, user: u32, item: u32) -> Option<f64> {
        let column = self.catalogue.binary_search(&item).ok()?;
        let n = self.catalogue.len();
        let weights = &self.weights[column * n..][..n];
        let (others, values) = self.residuals.row(user);
        let sum: f32 =
            others.iter().zip(values).map(|(&other, &value)| weights[other as usize] * value).sum();
        Some(f64::from(sum))
    }
}

impl Scorer for EaseModel {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        let baseline = &self.baseline;
        score_indexed(candidates, out, &baseline.users, [&baseline.items], |user, [item]| {
            baseline.of(user, item)
                + user.zip(item).and_then(|(user, item)| self.deviation(user, item)).unwrap_or(0.0)
        });
    }
}

/// The `n` items with the most ratings, ascending.
pub(crate) fn most_rated(by_item: &Csr, n: usize) -> Vec<u32> {
    let mut items: Vec<u32> = (0..by_item.n_rows() as u32).collect();
    items.sort_unstable_by_key(|&item| (Reverse(by_item.row(item).0.len()), item));
    items.truncate(n);
    items.sort_unstable();
    items
}

/// User -> (places in the catalogue, residuals), of the residuals of `n_items` items.
fn of_catalogue(residuals: &Csr, catalogue: &[u32], n_items: usize) -> Csr {
    let mut column_of = vec![None; n_items];
    for (column, &item) in catalogue.iter().enumerate() {
        column_of[item as usize] = Some(column as u32);
    }
    let column_of = &column_of;
    let entries = (0..residuals.n_rows() as u32).flat_map(|user| {
        let (items, values) = residuals.row(user);
        let column = move |(&item, &value): (&u32, &f32)| Some((user, column_of[item as usize]?, value));
        items.iter().zip(values).filter_map(column)
    });
    Csr::from_entries(residuals.n_rows(), entries)
}

#[cfg(test)]
mod tests;
