//! `ImplicitEASE`: every item predicted from all the others by least squares, on who rated what.
//!
//! X is the binary matrix, user by item, of the ratings of at least `min_rating`. With `P = (X'X + regularization I)^-1`, the weights are
//! `B = I - P diag(1 / diag P)`: the least squares solution with a diagonal of zeros (Steck, "Embarrassingly shallow autoencoders for
//! sparse data", WWW 2019, equation 8). `score(u, j) = sum over the items i of u, but for j, of B_ij`. It orders items by how likely they
//! are chosen and is no number of stars. An unknown user or item scores 0.
//!
//! There are two ways to the same scores, up to rounding:
//!
//! * *dual*, where users are no more than items and than `max_items`: `P = (I - X' M X) / regularization` with `M = (X X' + regularization I)^-1`,
//!   a matrix of users (Woodbury's identity), so that `X P = M X`, and a score is `x_uj - (sum over the raters v of j of M_uv) / P_jj`. The
//!   whole catalogue has weights, and no matrix of items is needed.
//! * *primal* otherwise: P itself, over the `max_items` items with the most ratings that count (of equally many, those of smaller id). Other
//!   items score 0.
//!
//! Inverses are computed in f64 and kept in f32.

mod dual;
mod params;
mod primal;

use dataset::{Candidate, History, IdIndex, UserId};
use serde::{Deserialize, Serialize};

use crate::by_item::ItemScorer;
use crate::evidence::{Asked, Evidence};
use crate::fold_in::{KnownUser, NewUsers};
use crate::positives::positives;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, Scorer};
use dual::Dual;
pub use params::ImplicitEaseParams;
use primal::Primal;

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImplicitEase {
    users: IdIndex,
    form: Form,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Form {
    Dual(Dual),
    Primal(Primal),
}

impl ImplicitEase {
    /// Accumulates and inverts one matrix, of users or of items. Deterministic at any number of threads.
    pub fn fit(history: &History, params: &Checked<ImplicitEaseParams>) -> Self {
        let (users, items) = (history.users(), history.items());
        let rated = positives(history.by_user(), params.min_rating);
        let form = if users.len() <= items.len().min(params.max_items) {
            Form::Dual(Dual::fit(rated, items, params.regularization))
        } else {
            Form::Primal(Primal::fit(&rated, items, params))
        };
        Self { users: users.clone(), form }
    }

    /// This model with the users of `history` added.
    pub(crate) fn fold_in(
        self,
        history: &History,
        params: &Checked<ImplicitEaseParams>,
    ) -> Result<Self, KnownUser> {
        let items = match &self.form {
            Form::Dual(dual) => dual.items(),
            Form::Primal(primal) => primal.catalogue(),
        };
        let new = NewUsers::new(history, &self.users, items)?;
        let rated = positives(&new.ratings, params.min_rating);
        let form = match self.form {
            Form::Dual(dual) => Form::Dual(dual.fold_in(&new, &rated, params.regularization)),
            Form::Primal(primal) => Form::Primal(primal.fold_in(&new, &rated)),
        };
        Ok(Self { users: new.users(), form })
    }

    /// What carried the scores: `B_ij` of each of the user's items i but for j itself.
    pub(crate) fn evidence(&self, asked: &Asked<'_>, params: &Checked<ImplicitEaseParams>) -> Vec<Evidence> {
        match &self.form {
            Form::Dual(dual) => dual.evidence(self, &self.users, asked, params),
            Form::Primal(primal) => primal.evidence(self, &self.users, asked),
        }
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        let demand = Demands { model: BaseModel::ImplicitEase.name() };
        demand.ids("user", &self.users)?;
        match &self.form {
            Form::Dual(dual) => dual.validate(demand, self.users.len()),
            Form::Primal(primal) => primal.validate(demand, self.users.len()),
        }
    }
}

impl ItemScorer for ImplicitEase {
    fn items(&self) -> &IdIndex {
        match &self.form {
            Form::Dual(dual) => dual.items(),
            Form::Primal(primal) => primal.items(),
        }
    }

    fn score_items(&self, user_id: UserId, items: &[u32], out: &mut [f64]) {
        match (self.users.index_of(user_id), &self.form) {
            (Some(user), Form::Dual(dual)) => dual.score_items(user, self.users.len(), items, out),
            (Some(user), Form::Primal(primal)) => primal.score_items(user, items, out),
            (None, _) => out.fill(0.0),
        }
    }
}

impl Scorer for ImplicitEase {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        match &self.form {
            Form::Dual(dual) => dual.score(&self.users, candidates, out),
            Form::Primal(primal) => primal.score(&self.users, candidates, out),
        }
    }
}

#[cfg(test)]
mod tests;
