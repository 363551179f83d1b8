//! `SVDpp`: latent factors, where what a user rated says something beside how.
//!
//! `score = mu + b_u + b_i + q_i . (p_u + |N(u)|^-1/2 * sum over j in N(u) of y_j)`, with `mu` the mean rating and N(u) the items that
//! u rated: SVD++ (Koren, "Factorization meets the neighborhood", KDD 2008, equation 15), fitted by stochastic gradient descent on
//! the squared error with L2 regularisation.
//!
//! An unknown user has only the item's side, `mu + b_i`; an unknown item only the user's, `mu + b_u`; where both are unknown,
//! the score is `mu`.

mod descent;
mod params;

use dataset::{Candidate, History};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::biased_factors::BiasedFactors;
use crate::factors::{self, Factors};
use crate::mf::Diverged;
use crate::scorer::score_each;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, Scorer};
use descent::State;
pub use params::SvdppParams;

/// The fitted model; a user's factors are the whole parenthesis of the formula.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SvdppModel(BiasedFactors);

/// A fitted model and how the fitting went.
#[derive(Debug, Clone, PartialEq)]
pub struct SvdppFit {
    /// The model.
    pub model: SvdppModel,
    /// The RMSE on the training ratings in each epoch, in stars; each rating's error is taken just before its step.
    pub learning_curve: Vec<f64>,
}

impl SvdppModel {
    /// Descends `params.epochs` times over the ratings of `history`.
    ///
    /// Sequential, so that the same `rng` gives the same model. `rng` gives the initial factors (users, then items), then the
    /// orders.
    ///
    /// # Errors
    /// [`Diverged`] where an error or a factor leaves the finite numbers.
    pub fn fit(
        history: &History,
        params: &Checked<SvdppParams>,
        mut rng: ChaCha8Rng,
    ) -> Result<SvdppFit, Diverged> {
        let (n_users, n_items) = (history.users().len(), history.items().len());
        let mut state = State {
            mean: history.mean() as f32,
            user_biases: vec![0.0; n_users],
            item_biases: vec![0.0; n_items],
            user_factors: Factors::normal(n_users, params.factors, params.init_std, &mut rng),
            item_factors: Factors::normal(n_items, params.factors, params.init_std, &mut rng),
            implicit_factors: Factors::zeros(n_items, params.factors),
        };
        let learning_curve = descent::descend(&mut state, history.by_user(), params, &mut rng);
        let mut implicit = vec![0.0; state.user_factors.width()];
        for user in 0..n_users as u32 {
            state.implicit_into(history.by_user().row(user).0, &mut implicit);
            factors::add(state.user_factors.row_mut(user), &implicit, 1.0);
        }
        let model = Self(BiasedFactors {
            mean: history.mean(),
            users: history.users().clone(),
            items: history.items().clone(),
            user_biases: state.user_biases,
            item_biases: state.item_biases,
            user_factors: state.user_factors,
            item_factors: state.item_factors,
        });
        match model.validate() {
            Ok(()) => Ok(SvdppFit { model, learning_curve }),
            Err(_) => Err(Diverged { epoch: params.epochs }),
        }
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        self.0.validate(Demands { model: BaseModel::Svdpp.name() })
    }
}

impl Scorer for SvdppModel {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        score_each(candidates, out, |candidate| self.0.of_any(candidate));
    }
}

#[cfg(test)]
mod tests;
