//! `MFModel`: users and items as vectors of latent factors.
//!
//! `score = mu + b_u + b_i + p_u . q_i`, with `mu` the mean rating, fitted by stochastic gradient descent on the squared error
//! with L2 regularisation (Koren, Bell and Volinsky, "Matrix factorization techniques for recommender systems", 2009).
//! Where the user or the item is unknown, the score is `mu`.

mod factors;
mod params;
mod sgd;

use dataset::{Candidate, History, IdIndex};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::scorer::score_each;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, Scorer};
use factors::Factors;
pub use params::MfParams;
pub use sgd::Diverged;

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MfModel {
    mean: f64,
    users: IdIndex,
    items: IdIndex,
    user_biases: Vec<f32>,
    item_biases: Vec<f32>,
    user_factors: Factors,
    item_factors: Factors,
}

/// A fitted model and how the fitting went.
#[derive(Debug, Clone, PartialEq)]
pub struct MfFit {
    /// The model.
    pub model: MfModel,
    /// The RMSE on the training ratings in each epoch, in stars. Each rating's error is the one that the descent saw just
    /// before it learnt from that rating, so the curve costs nothing and lies a little above the RMSE after the epoch.
    pub learning_curve: Vec<f64>,
}

impl MfModel {
    /// Descends `params.epochs` times over the ratings of `history`, each time in a new random order.
    ///
    /// Sequential, so that the same `rng` gives the same model. `rng` gives the initial factors (users, then items), then
    /// the orders.
    ///
    /// # Errors
    /// [`Diverged`] where an error or a factor leaves the finite numbers.
    pub fn fit(
        history: &History,
        params: &Checked<MfParams>,
        mut rng: ChaCha8Rng,
    ) -> Result<MfFit, Diverged> {
        let (n_users, n_items) = (history.users().len(), history.items().len());
        let mut model = Self {
            mean: history.mean(),
            users: history.users().clone(),
            items: history.items().clone(),
            user_biases: vec![0.0; n_users],
            item_biases: vec![0.0; n_items],
            user_factors: Factors::normal(n_users, params.factors, params.init_std, &mut rng),
            item_factors: Factors::normal(n_items, params.factors, params.init_std, &mut rng),
        };
        let learning_curve = sgd::descend(&mut model, history.by_user(), params, &mut rng)?;
        match model.validate() {
            Ok(()) => Ok(MfFit { model, learning_curve }),
            Err(_) => Err(Diverged { epoch: params.epochs }),
        }
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        let demand = Demands { model: BaseModel::Mf.name() };
        let (n_users, n_items) = (self.users.len(), self.items.len());
        demand.number("mean", self.mean)?;
        demand.ids("user", &self.users)?;
        demand.ids("item", &self.items)?;
        demand.numbers("user biases", &self.user_biases, Some(n_users))?;
        demand.numbers("item biases", &self.item_biases, Some(n_items))?;
        let same_width = self.user_factors.width() == self.item_factors.width();
        demand.that(same_width, "its users and items have different numbers of factors")?;
        for (what, factors, n_rows) in
            [("user factors", &self.user_factors, n_users), ("item factors", &self.item_factors, n_items)]
        {
            demand.numbers(what, factors.numbers(), factors.expected_len(n_rows))?;
        }
        Ok(())
    }
}

impl Scorer for MfModel {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        score_each(candidates, out, |candidate| {
            let (Some(user), Some(item)) =
                (self.users.index_of(candidate.user_id), self.items.index_of(candidate.item_id))
            else {
                return self.mean;
            };
            let dot = factors::dot(self.user_factors.row(user), self.item_factors.row(item));
            self.mean
                + f64::from(self.user_biases[user as usize])
                + f64::from(self.item_biases[item as usize])
                + f64::from(dot)
        });
    }
}

#[cfg(test)]
mod tests;
