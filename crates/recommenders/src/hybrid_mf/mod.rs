//! `HybridMF`: latent factors of items that are made of their content, so that new items have some too.
//!
//! `score = mu + b_u + b_i + p_u . q_i`, where `b_i` and `q_i` are the sums of what item i has of its own and what its features have: genres, decade, title words
//! and tags, with the weights of `terms` (a vector of length 1). The idea of `LightFM` (Kula, "Metadata embeddings for user and item cold-start recommendations",
//! 2015), here for ratings: fitted by stochastic gradient descent on the squared error with L2 regularisation.
//!
//! An item that nobody rated has the biases and factors of its features. An unknown item without content has only the user's side, `mu + b_u`; an
//! unknown user only the item's, `mu + b_i`; where both are unknown, the score is `mu`.

use dataset::{Candidate, Csr, History, IdIndex, UserId};
use fearless_simd::{Level, dispatch};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::biased_factors::BiasedFactors;
use crate::by_item::ItemScorer;
use crate::evidence::{Asked, Evidence};
use crate::factors::Factors;
use crate::feature_factors::{FeatureFactors, Sizes, feature_factors_params};
use crate::fold_in::KnownUser;
use crate::mf::Diverged;
use crate::terms::Terms;
use crate::validate::Demands;
use crate::{BaseModel, Checked, Content, InvalidModel, Scorer};

feature_factors_params! {
    /// The hyper-parameters.
    HybridMfParams, "hybrid"
}

/// The fitted model; its items are those of the history and of the catalogue, each with the sum of its own and its features' numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HybridMf(BiasedFactors);

/// A fitted model and how the fitting went.
#[derive(Debug, Clone, PartialEq)]
pub struct HybridMfFit {
    /// The model.
    pub model: HybridMf,
    /// The RMSE on the training ratings in each epoch, in stars; each rating's error is taken just before its step.
    pub learning_curve: Vec<f64>,
}

impl HybridMf {
    /// Descends `params.epochs` times over the ratings of `history`, item by item.
    ///
    /// Sequential, so that the same `rng` gives the same model. `rng` gives the initial factors (items, then users), then the
    /// orders.
    ///
    /// # Errors
    /// [`Diverged`] where an error or a factor leaves the finite numbers.
    pub fn fit(
        history: &History,
        content: Content<'_>,
        params: &Checked<HybridMfParams>,
        mut rng: ChaCha8Rng,
    ) -> Result<HybridMfFit, Diverged> {
        let HybridMfParams(params) = &**params;
        let terms = Terms::new(content);
        let (rated, n_users) = (history.items(), history.users().len());
        let sizes =
            Sizes { own: rated.len(), other: n_users, features: terms.n_distinct, feature_biases: true };
        let mut state = FeatureFactors::start(&sizes, history.mean(), params, &mut rng);
        let features = of_items(rated, &terms);
        let learning_curve = state.descend(history.by_item(), &features, params, &mut rng);

        let items = IdIndex::new(rated.ids().iter().chain(terms.items.ids()).copied());
        let features = of_items(&items, &terms);
        let mut item_factors = Factors::zeros(items.len(), params.factors);
        let mut item_biases = vec![0.0; items.len()];
        let level = Level::new();
        for (item, bias) in item_biases.iter_mut().enumerate() {
            let row = features.row(item as u32);
            let factors = item_factors.row_mut(item as u32);
            if let Some(own) = rated.index_of(items.id_at(item as u32)) {
                factors.copy_from_slice(state.own_factors.row(own));
                *bias = state.own_biases[own as usize];
            }
            *bias += state.bias_of_features(row);
            dispatch!(level, simd => state.add_features(simd, row, factors));
        }
        let model = Self(BiasedFactors {
            mean: history.mean(),
            users: history.users().clone(),
            items,
            user_biases: state.other_biases,
            item_biases,
            user_factors: state.other_factors,
            item_factors,
        });
        match model.validate() {
            Ok(()) => Ok(HybridMfFit { model, learning_curve }),
            Err(_) => Err(Diverged { key: "hybrid", epoch: params.epochs }),
        }
    }

    /// This model with the users of `history` added, each in the optimum for the fitted items. They may have rated any item of the catalogue.
    pub(crate) fn fold_in(
        self,
        history: &History,
        params: &Checked<HybridMfParams>,
    ) -> Result<Self, KnownUser> {
        let HybridMfParams(params) = &**params;
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
        self.0.validate(Demands { model: BaseModel::Hybrid.name() })
    }
}

impl ItemScorer for HybridMf {
    fn items(&self) -> &IdIndex {
        ItemScorer::items(&self.0)
    }

    fn score_items(&self, user_id: UserId, items: &[u32], out: &mut [f64]) {
        self.0.score_items(user_id, items, out);
    }
}

impl Scorer for HybridMf {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        self.0.score(candidates, out);
    }
}

/// The features of each of `items`; none where the catalogue lacks it.
fn of_items(items: &IdIndex, terms: &Terms) -> Csr {
    let entries = items.ids().iter().enumerate().flat_map(|(item, &item_id)| {
        let place = terms.items.index_of(item_id).into_iter();
        place.flat_map(move |place| {
            let (features, weights) = terms.rows.row(place);
            features.iter().zip(weights).map(move |(&feature, &weight)| (item as u32, feature, weight))
        })
    });
    Csr::from_entries(items.len(), entries)
}

#[cfg(test)]
mod tests;
