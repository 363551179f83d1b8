//! Fitting any of the base recommenders, and using whichever it was.

use dataset::{Candidate, History, Items};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::bias::BiasModel;
use crate::genre::{GenreContent, GenreParams};
use crate::item_knn::{ItemKnnModel, ItemKnnParams};
use crate::mf::{Diverged, MfFit, MfModel, MfParams};
use crate::{BaseModel, Checked, InvalidModel, InvalidParam, Params as _, Scorer};

/// The hyper-parameters of every model that has some.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaseParams {
    /// For [`BaseModel::ItemKnn`].
    pub item_knn: Checked<ItemKnnParams>,
    /// For [`BaseModel::Mf`].
    pub mf: Checked<MfParams>,
    /// For [`BaseModel::Genre`].
    pub genre: Checked<GenreParams>,
}

impl BaseParams {
    /// Checks each model's parameters.
    ///
    /// # Errors
    /// [`InvalidParam`] for the first value out of its range.
    pub fn new(item_knn: ItemKnnParams, mf: MfParams, genre: GenreParams) -> Result<Self, InvalidParam> {
        Ok(Self { item_knn: item_knn.check()?, mf: mf.check()?, genre: genre.check()? })
    }
}

/// What comes out of fitting.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The model, ready to score.
    pub model: FittedModel,
    /// The RMSE on the training ratings in each epoch, in stars; empty for a model that is fitted in one pass.
    pub learning_curve: Vec<f64>,
}

impl From<FittedModel> for Fit {
    fn from(model: FittedModel) -> Self {
        Self { model, learning_curve: Vec::new() }
    }
}

impl BaseModel {
    /// Fits this model. `rng` is drawn from by models with a random start alone.
    ///
    /// # Errors
    /// [`Diverged`] where the descent of [`BaseModel::Mf`] left the finite numbers; the others cannot fail.
    pub fn fit(
        self,
        history: &History,
        items: &Items,
        params: &BaseParams,
        rng: ChaCha8Rng,
    ) -> Result<Fit, Diverged> {
        Ok(match self {
            Self::Bias => FittedModel::Bias(BiasModel::fit(history)).into(),
            Self::ItemKnn => FittedModel::ItemKnn(ItemKnnModel::fit(history, &params.item_knn)).into(),
            Self::Mf => {
                let MfFit { model, learning_curve } = MfModel::fit(history, &params.mf, rng)?;
                Fit { model: FittedModel::Mf(model), learning_curve }
            }
            Self::Genre => FittedModel::Genre(GenreContent::fit(history, items, &params.genre)).into(),
        })
    }
}

/// Any fitted base recommender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FittedModel {
    /// A fitted [`BaseModel::Bias`].
    Bias(BiasModel),
    /// A fitted [`BaseModel::ItemKnn`].
    ItemKnn(ItemKnnModel),
    /// A fitted [`BaseModel::Mf`].
    Mf(MfModel),
    /// A fitted [`BaseModel::Genre`].
    Genre(GenreContent),
}

impl FittedModel {
    /// Which model it is.
    pub fn kind(&self) -> BaseModel {
        match self {
            Self::Bias(_) => BaseModel::Bias,
            Self::ItemKnn(_) => BaseModel::ItemKnn,
            Self::Mf(_) => BaseModel::Mf,
            Self::Genre(_) => BaseModel::Genre,
        }
    }

    /// Whether the parts of a model that came from a file fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        match self {
            Self::Bias(model) => model.validate(),
            Self::ItemKnn(model) => model.validate(),
            Self::Mf(model) => model.validate(),
            Self::Genre(model) => model.validate(),
        }
    }
}

impl Scorer for FittedModel {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        match self {
            Self::Bias(model) => model.score(candidates, out),
            Self::ItemKnn(model) => model.score(candidates, out),
            Self::Mf(model) => model.score(candidates, out),
            Self::Genre(model) => model.score(candidates, out),
        }
    }
}
