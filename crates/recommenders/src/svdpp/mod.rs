//! `SVDpp`: latent factors, where what a user rated says something beside how.
//!
//! `score = mu + b_u + b_i + q_i . (p_u + |N(u)|^-1/2 * sum over j in N(u) of y_j)`, with `mu` the mean rating and N(u) the items that
//! u rated: SVD++ (Koren, "Factorization meets the neighborhood", KDD 2008, equation 15), fitted by stochastic gradient descent on
//! the squared error with L2 regularisation. Only ratings of the history are in N(u): what a user will rate is not known beforehand.
//!
//! An unknown user has only the item's side, `mu + b_i`; an unknown item only the user's, `mu + b_u`; where both are unknown,
//! the score is `mu`.

use dataset::{Candidate, Csr, History, IdIndex, UserId};
use fearless_simd::{Level, dispatch};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::biased_factors::BiasedFactors;
use crate::by_item::ItemScorer;
use crate::evidence::{Asked, Evidence};
use crate::feature_factors::{Described, FeatureFactors, Features, Sizes, feature_factors_params};
use crate::fold_in::KnownUser;
use crate::mf::Diverged;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, Scorer};

feature_factors_params! {
    /// The hyper-parameters.
    SvdppParams, "svdpp"
}

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
    /// Descends `params.epochs` times over the ratings of `history`, user by user.
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
        let SvdppParams(params) = &**params;
        let (n_users, n_items) = (history.users().len(), history.items().len());
        let sizes = Sizes { own: n_users, other: n_items, features: n_items, feature_biases: false };
        let mut state = FeatureFactors::start(&sizes, history.mean(), params, &mut rng);
        let rated = Rated(history.by_user());
        let learning_curve = state.descend(history.by_user(), &rated, params, &mut rng);
        let mut user_factors = state.own_factors.clone();
        let level = Level::new();
        user_factors.rows_mut().enumerate().for_each_init(Vec::new, |memory, (user, out)| {
            let rated = rated.of(user as u32, memory);
            dispatch!(level, simd => state.add_features(simd, rated, out));
        });
        let model = Self(BiasedFactors {
            mean: history.mean(),
            users: history.users().clone(),
            items: history.items().clone(),
            user_biases: state.own_biases,
            item_biases: state.other_biases,
            user_factors,
            item_factors: state.other_factors,
        });
        match model.validate() {
            Ok(()) => Ok(SvdppFit { model, learning_curve }),
            Err(_) => Err(Diverged { key: "svdpp", epoch: params.epochs }),
        }
    }

    /// This model with the users of `history` added, each in the optimum for the fitted items, of all that is multiplied with an item's factors: the
    /// vectors `y_j` of the formula are not kept.
    pub(crate) fn fold_in(self, history: &History, params: &Checked<SvdppParams>) -> Result<Self, KnownUser> {
        let SvdppParams(params) = &**params;
        let penalties = params.penalties();
        Ok(Self(self.0.fold_in(history, penalties)?))
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
        self.0.validate(Demands { model: BaseModel::Svdpp.name() })
    }
}

impl ItemScorer for SvdppModel {
    fn items(&self) -> &IdIndex {
        ItemScorer::items(&self.0)
    }

    fn score_items(&self, user_id: UserId, items: &[u32], out: &mut [f64]) {
        self.0.score_items(user_id, items, out);
    }
}

impl Scorer for SvdppModel {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        self.0.score(candidates, out);
    }
}

/// User -> (items rated, `|N(u)|^-1/2` each), of the ratings by user.
struct Rated<'a>(&'a Csr);

impl Features for Rated<'_> {
    fn of<'a>(&'a self, user: u32, memory: &'a mut Vec<f32>) -> Described<'a> {
        let rated = self.0.row(user).0;
        memory.clear();
        memory.resize(rated.len(), 1.0 / (rated.len() as f32).sqrt());
        (rated, memory)
    }
}

#[cfg(test)]
mod tests;
