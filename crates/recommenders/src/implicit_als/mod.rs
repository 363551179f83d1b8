//! `ImplicitALS`: who is likely to watch what, from who watched what.
//!
//! A preference `p_ui` is 1 where u rated i at least `min_rating` and 0 elsewhere, the confidence in it `c_ui = 1 + alpha * r_ui` and 1 elsewhere.
//! Factors x and y minimise `sum over all pairs of c_ui (p_ui - x_u . y_i)² + regularization * (sum of |x_u|² + sum of |y_i|²)` by alternating
//! least squares, users first: Hu, Koren and Volinsky, "Collaborative filtering for implicit feedback datasets", ICDM 2008. `score = x_u . y_i`.
//! `regularization` is the paper's lambda, the same for all users and items however many ratings they have. The Python library `implicit`
//! minimises the same loss where it is given `1 + alpha * r_ui` as its matrix and an `alpha` of 1.
//!
//! The score orders items by how likely they are chosen, not by how much they are liked, and is no number of stars. An unknown user or item
//! scores 0.
//!
//! What all pairs have in common, `Y'Y`, is summed once for all users, so that a round costs O(ratings * factors² + (users + items) *
//! factors³).

mod params;

use dataset::{Candidate, Csr, History, IdIndex, UserId};
use fearless_simd::{Level, dispatch};
use nalgebra::DMatrix;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::by_item::{ItemScorer, UNKNOWN};
use crate::evidence::{Asked, Evidence, Observed, Regression};
use crate::factors::{self, Factors};
use crate::fold_in::{KnownUser, NewUsers};
use crate::normal_equations::NormalEquations;
use crate::scorer::score_indexed;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, Scorer};
pub use params::ImplicitAlsParams;

/// The standard deviation of the first item factors; the first round forgets their size.
const INIT_STD: f32 = 0.1;

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImplicitAls {
    users: IdIndex,
    items: IdIndex,
    user_factors: Factors,
    item_factors: Factors,
}

impl ImplicitAls {
    /// Solves for users and items in turns, `params.rounds` times. Deterministic at any number of threads. `rng` gives the first item factors.
    pub fn fit(history: &History, params: &Checked<ImplicitAlsParams>, mut rng: ChaCha8Rng) -> Self {
        let (users, items) = (history.users().clone(), history.items().clone());
        let mut user_factors = Factors::zeros(users.len(), params.factors);
        let mut item_factors = Factors::normal(items.len(), params.factors, INIT_STD, &mut rng);
        for _ in 0..params.rounds {
            solve(&mut user_factors, history.by_user(), &item_factors, params);
            solve(&mut item_factors, history.by_item(), &user_factors, params);
        }
        Self { users, items, user_factors, item_factors }
    }

    /// This model with the users of `history` added: one solution each, the items' factors being those that the fit ended with.
    pub(crate) fn fold_in(
        self,
        history: &History,
        params: &Checked<ImplicitAlsParams>,
    ) -> Result<Self, KnownUser> {
        let new = NewUsers::new(history, &self.users, &self.items)?;
        let width = self.item_factors.width();
        let mut of_new = Factors::zeros(new.len(), width);
        solve(&mut of_new, &new.ratings, &self.item_factors, params);
        let user_factors =
            self.user_factors.map_rows(|numbers| new.numbers(numbers, of_new.numbers(), width));
        Ok(Self { users: new.users(), user_factors, ..self })
    }

    /// What carried the scores: what each of the user's items adds to the user's regression on the items' last factors.
    pub(crate) fn evidence(&self, asked: &Asked<'_>, params: &Checked<ImplicitAlsParams>) -> Vec<Evidence> {
        let width = self.item_factors.width();
        let mut penalties = DMatrix::from_row_slice(width, width, &self.item_factors.gram());
        for at in 0..width {
            penalties[(at, at)] += f64::from(params.regularization);
        }
        let regression = |user_id| {
            self.users.index_of(user_id)?;
            let liked = asked.rated(user_id).filter(|&(_, value)| value >= params.min_rating);
            let observed = liked.filter_map(|(item_id, value)| {
                let vector = self.item_factors.row(self.items.index_of(item_id)?);
                let beyond = f64::from(params.alpha * value.max(0.0));
                Some(Observed { item_id, vector, weight: beyond, moment: 1.0 + beyond })
            });
            Regression::new(penalties.clone(), observed.collect())
        };
        asked.each_user(self, |candidates, scores| {
            let regression = regression(candidates[0].user_id);
            let take_apart = |(&candidate, &score): (&Candidate, &f64)| {
                let item = self.items.index_of(candidate.item_id);
                let known = regression.as_ref().zip(item).into_iter();
                let shares =
                    known.flat_map(|(regression, item)| regression.parts(self.item_factors.row(item)));
                asked.items(candidate, score, 0.0, shares)
            };
            candidates.iter().zip(scores).map(take_apart).collect()
        })
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        let demand = Demands { model: BaseModel::ImplicitAls.name() };
        demand.ids("user", &self.users)?;
        demand.ids("item", &self.items)?;
        let same_width = self.user_factors.width() == self.item_factors.width();
        demand.that(same_width, "its users and items have different numbers of factors")?;
        let (users, items) = (&self.user_factors, &self.item_factors);
        demand.numbers("user factors", users.numbers(), users.expected_len(self.users.len()))?;
        demand.numbers("item factors", items.numbers(), items.expected_len(self.items.len()))
    }
}

/// Each row's best factors, those of the columns being given.
fn solve(rows: &mut Factors, ratings: &Csr, columns: &Factors, params: &ImplicitAlsParams) {
    let gram = columns.gram();
    let each = rows.rows_mut().enumerate();
    each.for_each_init(
        || NormalEquations::new(columns.width()), // the padding is always 0, and so are its solutions
        |equations, (row, out)| {
            equations.restart(&gram);
            let (rated, values) = ratings.row(row as u32);
            for (&column, &value) in
                rated.iter().zip(values).filter(|&(_, &value)| value >= params.min_rating)
            {
                // A rating below 0 would make the confidence negative and the loss unbounded.
                let beyond = params.alpha * value.max(0.0);
                equations.observe(columns.row(column), beyond, 1.0 + beyond);
            }
            equations.solve(params.regularization, out);
        },
    );
}

impl ItemScorer for ImplicitAls {
    fn items(&self) -> &IdIndex {
        &self.items
    }

    fn score_items(&self, user_id: UserId, items: &[u32], out: &mut [f64]) {
        match self.users.index_of(user_id) {
            Some(user) => dispatch!(Level::new(), simd => {
                let of_user = self.user_factors.row(user);
                for (slot, &item) in out.iter_mut().zip(items) {
                    let dot = |item| f64::from(factors::dot_simd(simd, of_user, self.item_factors.row(item)));
                    *slot = if item == UNKNOWN { 0.0 } else { dot(item) };
                }
            }),
            None => out.fill(0.0),
        }
    }
}

impl Scorer for ImplicitAls {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        score_indexed(candidates, out, &self.users, [&self.items], |user, [item]| {
            user.zip(item).map_or(0.0, |(user, item)| {
                f64::from(factors::dot(self.user_factors.row(user), self.item_factors.row(item)))
            })
        });
    }
}

#[cfg(test)]
mod tests;
