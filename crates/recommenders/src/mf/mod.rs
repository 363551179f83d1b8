//! `MFModel`: users and items as vectors of latent factors.
//!
//! `score = mu + b_u + b_i + p_u . q_i`, with `mu` the mean rating, fitted on the squared error with L2 regularisation (Koren, Bell and
//! Volinsky, "Matrix factorization techniques for recommender systems", 2009): by stochastic gradient descent on all of it (`sgd`, `blocked`), or by
//! alternating least squares on what damped biases leave over (`als`). Where the user or the item is unknown, the score is `mu`.

mod als;
mod blocked;
mod grid;
mod item_side;
mod params;
mod ridge;
mod sgd;

use dataset::{Candidate, History, IdIndex, UserId};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::biased_factors::BiasedFactors;
use crate::by_item::ItemScorer;
use crate::evidence::{Asked, Evidence};
use crate::factors::Factors;
use crate::fold_in::{KnownUser, Penalties};
use crate::scorer::score_indexed;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, Scorer};

pub use item_side::{ITEM_DAMPING, USER_DAMPING, item_bias, residual, residuals, user_bias};
pub use params::{MfMethod, MfParams};
pub use sgd::Diverged;

/// From how many ratings on they are learnt from in blocks and in parallel.
pub const BLOCKED_FROM: usize = 1 << 18;

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MfModel(BiasedFactors);

/// A fitted model and how the fitting went.
#[derive(Debug, Clone, PartialEq)]
pub struct MfFit {
    /// The model.
    pub model: MfModel,
    /// The RMSE on the training ratings in each epoch, in stars. With descent each rating's error is the one that it saw just before it learnt from
    /// that rating, so the curve costs nothing and lies a little above the RMSE after the epoch; with least squares it is that after the
    /// alternation.
    pub learning_curve: Vec<f64>,
}

impl MfModel {
    /// Goes `params.epochs` times over the ratings of `history`, by `params.method`.
    ///
    /// The same `rng` gives the same model at any number of threads. It gives the initial factors (users, then, for the descent, items), then the
    /// orders: the descent takes the ratings in a new random order each time. Below [`BLOCKED_FROM`] ratings the order of an epoch is any;
    /// from there on it goes through blocks of users and items, with one block after the other for the ratings of a user or an item, and
    /// many at a time. Least squares draw nothing but the users' initial factors.
    ///
    /// # Errors
    /// [`Diverged`] where an error or a factor leaves the finite numbers.
    pub fn fit(
        history: &History,
        params: &Checked<MfParams>,
        mut rng: ChaCha8Rng,
    ) -> Result<MfFit, Diverged> {
        let (n_users, n_items) = (history.users().len(), history.items().len());
        let mut drawn = |n_rows| Factors::normal(n_rows, params.factors, params.init_std, &mut rng);
        let mut model = BiasedFactors {
            mean: history.mean(),
            users: history.users().clone(),
            items: history.items().clone(),
            user_biases: vec![0.0; n_users],
            item_biases: vec![0.0; n_items],
            user_factors: drawn(n_users),
            item_factors: match params.method {
                MfMethod::Sgd => drawn(n_items),
                MfMethod::Als => Factors::zeros(n_items, params.factors),
            },
        };
        let learning_curve = match params.method {
            MfMethod::Als => als::alternate(&mut model, history, params),
            MfMethod::Sgd if history.n_ratings() < BLOCKED_FROM => {
                sgd::descend(&mut model, history.by_user(), params, &mut rng)?
            }
            MfMethod::Sgd => blocked::descend(&mut model, history, params, &mut rng)?,
        };
        let model = Self(model);
        match model.validate() {
            Ok(()) => Ok(MfFit { model, learning_curve }),
            Err(_) => Err(Diverged { key: "mf", epoch: params.epochs }),
        }
    }

    /// This model with the users of `history` added, each in the optimum for the fitted items; with least squares it is the fitted users' own.
    pub(crate) fn fold_in(self, history: &History, params: &Checked<MfParams>) -> Result<Self, KnownUser> {
        if params.method == MfMethod::Als {
            return Ok(Self(self.0.fold_in_by(history, |model, rated| model.least_squares(rated, params))?));
        }
        let weight = f64::from(params.regularization);
        let penalties = Penalties { bias: weight, factors: weight, once: params.sum_of_steps().recip() };
        Ok(Self(self.0.fold_in(history, penalties)?))
    }

    /// Whether no user is known.
    pub(crate) fn has_no_users(&self) -> bool {
        self.0.users.is_empty()
    }

    /// The same without users.
    pub(crate) fn forget_users(self) -> Self {
        Self(self.0.forget_users())
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
        self.0.validate(Demands { model: BaseModel::Mf.name() })
    }
}

impl ItemScorer for MfModel {
    fn items(&self) -> &IdIndex {
        &self.0.items
    }

    fn score_items(&self, user_id: UserId, items: &[u32], out: &mut [f64]) {
        let model = &self.0;
        match model.users.index_of(user_id) {
            Some(user) => model.score_known_user(user, items, out, model.mean),
            None => out.fill(model.mean),
        }
    }
}

impl Scorer for MfModel {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        let model = &self.0;
        score_indexed(candidates, out, &model.users, [&model.items], |user, [item]| {
            user.zip(item).map_or(model.mean, |(user, item)| model.of_known(user, item))
        });
    }
}

#[cfg(test)]
mod tests;
