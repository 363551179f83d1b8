//! EASE by a matrix of users: `X P = M X` with `M = (X X' + regularization I)^-1`.

use dataset::{Candidate, Csr, IdIndex};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::ImplicitEaseParams;
use crate::by_item::UNKNOWN;
use crate::evidence::{Asked, Evidence};
use crate::fold_in::NewUsers;
use crate::inverse::Symmetric;
use crate::scorer::score_indexed;
use crate::validate::Demands;
use crate::{Checked, InvalidModel, Scorer};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dual {
    items: IdIndex,
    /// Item -> (users, 1.0).
    raters: Csr,
    /// M, a row a user.
    inverse: Vec<f32>,
    /// `1 / P_jj` of each item.
    scales: Vec<f64>,
}

impl Dual {
    /// Inverts the matrix of the users of `rated`, user -> (items, 1.0).
    pub fn fit(rated: Csr, items: &IdIndex, regularization: f32) -> Self {
        let n_users = rated.n_rows();
        let raters = rated.transposed(items.len());
        let ridge = f64::from(regularization);
        let mut inverse = Symmetric::gram(&rated, &raters, ridge);
        inverse.invert(ridge);
        let scale = |item: u32| {
            let users = raters.row(item).0;
            // x_j' M x_j, from the lower triangle.
            let mut explained = 0.0;
            for (at, &user) in users.iter().enumerate() {
                let with_earlier: f64 =
                    users[..at].iter().map(|&other| inverse.get(user as usize, other as usize)).sum();
                explained += inverse.get(user as usize, user as usize) + 2.0 * with_earlier;
            }
            // P_jj is at least what the item's own column alone would make it; held there against rounding.
            let least = ridge / (ridge + users.len() as f64);
            ridge / (1.0 - explained).max(least)
        };
        let scales = (0..items.len() as u32).into_par_iter().map(scale).collect();
        let mut rows = vec![0.0; n_users * n_users];
        rows.par_chunks_exact_mut(n_users.max(1)).enumerate().for_each(|(user, row)| {
            row.iter_mut().enumerate().for_each(|(other, number)| *number = inverse.get(user, other) as f32);
        });
        Self { items: items.clone(), raters, inverse: rows, scales }
    }

    /// The items that have weights: all.
    pub fn items(&self) -> &IdIndex {
        &self.items
    }

    /// This form with the `new` users, new user -> (items, 1.0).
    ///
    /// A user's row of X P is `x P = (x - x X' M X) / regularization` (Woodbury's identity), for any row x. So a new user's row of the inverse is
    /// `-x X' M / regularization` at the fitted users, and `1 / regularization` at the user's own place, where M itself would have the sum of both. In
    /// the others' rows new users have a 0. Then [`Dual::score`] is `x B` for new users too, and the fitted users' scores stay.
    pub fn fold_in(self, new: &NewUsers, rated: &Csr, regularization: f32) -> Self {
        let n_fitted = self.inverse.len().isqrt();
        let ridge = f64::from(regularization);
        let is_new = self.folded_in(regularization);
        let of_new = (0..new.len() as u32).into_par_iter().flat_map_iter(|user| {
            let mut in_common = vec![0.0f64; n_fitted];
            for &item in rated.row(user).0 {
                let raters = self.raters.row(item).0.iter().filter(|&&rater| !is_new[rater as usize]);
                raters.for_each(|&rater| in_common[rater as usize] += 1.0);
            }
            let mut sums = vec![0.0f64; n_fitted];
            for (other, &weight) in in_common.iter().enumerate().filter(|&(_, &weight)| weight > 0.0) {
                let row = &self.inverse[other * n_fitted..][..n_fitted];
                sums.iter_mut().zip(row).for_each(|(sum, &number)| *sum += weight * f64::from(number));
            }
            sums.into_iter().map(move |sum| (-sum / ridge) as f32)
        });
        let of_new: Vec<f32> = of_new.collect();
        // Rows first; then every row gets the columns of the new users.
        let rows = new.numbers(self.inverse, &of_new, n_fitted);
        let nothing = vec![0.0; new.len()];
        let mut inverse: Vec<f32> = rows
            .chunks_exact(n_fitted.max(1))
            .flat_map(|row| new.numbers(row.to_vec(), &nothing, 1))
            .collect();
        let n_users = n_fitted + new.len();
        for user in 0..new.len() as u32 {
            let place = new.place(user) as usize;
            inverse[place * n_users + place] = ridge.recip() as f32;
        }
        let by_user = new.rows(&self.raters.transposed(n_fitted), rated);
        Self { raters: by_user.transposed(self.items.len()), inverse, ..self }
    }

    /// Which users were folded in, of those who rated something: in all rows but their own they have a 0, and there `1 / regularization`. A fitted
    /// user's number there is smaller, by the share that is explained, and could round to as much only where it is not alone in its column.
    fn folded_in(&self, regularization: f32) -> Vec<bool> {
        let n_users = self.inverse.len().isqrt();
        let unexplained = f64::from(regularization).recip() as f32;
        let is_folded_in = |user: usize| {
            let mut column = self.inverse.iter().skip(user).step_by(n_users).enumerate();
            column.all(|(row, &number)| number == if row == user { unexplained } else { 0.0 })
        };
        (0..n_users).into_par_iter().map(is_folded_in).collect()
    }

    /// Whether the parts fit together.
    pub fn validate(&self, demand: Demands, n_users: usize) -> Result<(), InvalidModel> {
        demand.ids("item", &self.items)?;
        demand.sparse("item", &self.raters, self.items.len(), n_users)?;
        demand.numbers("inverse", &self.inverse, n_users.checked_mul(n_users))?;
        demand.numbers("scales", &self.scales, Some(self.items.len()))
    }

    /// What carried the scores of `model`, which is of this form: `B_ij = sum of M_vw over the raters v of i and w of j / (regularization * P_jj)` for the
    /// user's items i other than j. Costs the number of users times the raters of each candidate's item.
    pub fn evidence(
        &self,
        model: &impl Scorer,
        users: &IdIndex,
        asked: &Asked<'_>,
        params: &Checked<ImplicitEaseParams>,
    ) -> Vec<Evidence> {
        // Who was folded in is no row of X: the weights are those of the fitted users.
        let is_new = self.folded_in(params.regularization);
        let is_fitted = |&&user: &&u32| !is_new[user as usize];
        asked.each(model, |candidate, score| {
            let user = users.index_of(candidate.user_id);
            let known = user.zip(self.items.index_of(candidate.item_id));
            let shares = known.into_iter().flat_map(|(_, to)| {
                let mut sums = vec![0.0f64; users.len()];
                for &rater in self.raters.row(to).0.iter().filter(is_fitted) {
                    let row = &self.inverse[rater as usize * users.len()..][..users.len()];
                    sums.iter_mut().zip(row).for_each(|(sum, &number)| *sum += f64::from(number));
                }
                let scale = self.scales[to as usize] / f64::from(params.regularization);
                let liked = asked.rated(candidate.user_id).filter(|&(_, value)| value >= params.min_rating);
                liked.filter_map(move |(item_id, _)| {
                    let from = self.items.index_of(item_id).filter(|&from| from != to)?;
                    let raters = self.raters.row(from).0.iter().filter(is_fitted);
                    Some((item_id, scale * raters.map(|&rater| sums[rater as usize]).sum::<f64>()))
                })
            });
            asked.items(candidate, score, 0.0, shares)
        })
    }

    /// Scores each candidate, in O(raters of the item).
    pub fn score(&self, users: &IdIndex, candidates: &[Candidate], out: &mut [f64]) {
        score_indexed(candidates, out, users, [&self.items], |user, [item]| {
            user.zip(item).map_or(0.0, |(user, item)| self.of_known(user, users.len(), item))
        });
    }

    /// Scores items by their indices for one of `n_users` users.
    pub fn score_items(&self, user: u32, n_users: usize, items: &[u32], out: &mut [f64]) {
        for (slot, &item) in out.iter_mut().zip(items) {
            *slot = if item == UNKNOWN { 0.0 } else { self.of_known(user, n_users, item) };
        }
    }

    fn of_known(&self, user: u32, n_users: usize, item: u32) -> f64 {
        let row = &self.inverse[user as usize * n_users..][..n_users];
        let (mut sum, mut own) = (0.0, 0.0);
        for &rater in self.raters.row(item).0 {
            sum += f64::from(row[rater as usize]);
            own += f64::from(u8::from(rater == user));
        }
        own - sum * self.scales[item as usize]
    }
}
