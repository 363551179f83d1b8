//! Fitting any of the base recommenders, and using whichever it was.

use dataset::{Candidate, History};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::bias::BiasModel;
use crate::by_item::ItemScorer;
use crate::centred_knn::{CentredItemKnn, UserKnn};
use crate::damped_bias::DampedBias;
use crate::ease::EaseModel;
use crate::embedding_content::EmbeddingContent;
use crate::genre::GenreContent;
use crate::hybrid_mf::{HybridMf, HybridMfFit};
use crate::implicit_als::ImplicitAls;
use crate::implicit_ease::ImplicitEase;
use crate::implicit_item_knn::ImplicitItemKnn;
use crate::item_knn::ItemKnnModel;
use crate::mf::{Diverged, MfFit, MfModel};
use crate::popularity::Popularity;
use crate::ridge_content::RidgeContent;
use crate::svdpp::{SvdppFit, SvdppModel};
use crate::text_content::TextContent;
use crate::{BaseModel, BaseParams, Content, InvalidModel, Scorer};

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
    /// [`Diverged`] where the descent of a factorisation left the finite numbers; the others cannot fail.
    pub fn fit(
        self,
        history: &History,
        content: Content<'_>,
        params: &BaseParams,
        rng: ChaCha8Rng,
    ) -> Result<Fit, Diverged> {
        let baseline = &params.damped_bias;
        Ok(match self {
            Self::Bias => FittedModel::Bias(BiasModel::fit(history)).into(),
            Self::ItemKnn => FittedModel::ItemKnn(ItemKnnModel::fit(history, &params.item_knn)).into(),
            Self::Mf => {
                let MfFit { model, learning_curve } = MfModel::fit(history, &params.mf, rng)?;
                Fit { model: FittedModel::Mf(model), learning_curve }
            }
            Self::Genre => {
                FittedModel::Genre(GenreContent::fit(history, content.items, &params.genre)).into()
            }
            Self::DampedBias => FittedModel::DampedBias(DampedBias::fit(history, baseline)).into(),
            Self::CentredItemKnn => {
                FittedModel::CentredItemKnn(CentredItemKnn::fit(history, baseline, &params.centred_item_knn))
                    .into()
            }
            Self::UserKnn => FittedModel::UserKnn(UserKnn::fit(history, baseline, &params.user_knn)).into(),
            Self::Popularity => FittedModel::Popularity(Popularity::fit(history)).into(),
            Self::Ridge => {
                FittedModel::Ridge(RidgeContent::fit(history, content.items, baseline, &params.ridge)).into()
            }
            Self::Svdpp => {
                let SvdppFit { model, learning_curve } = SvdppModel::fit(history, &params.svdpp, rng)?;
                Fit { model: FittedModel::Svdpp(model), learning_curve }
            }
            Self::Ease => FittedModel::Ease(EaseModel::fit(history, baseline, &params.ease)).into(),
            Self::Text => {
                FittedModel::Text(TextContent::fit(history, content, baseline, &params.content)).into()
            }
            Self::Embedding => {
                let model = EmbeddingContent::fit(history, content, baseline, &params.embedding, rng);
                FittedModel::Embedding(model).into()
            }
            Self::Hybrid => {
                let HybridMfFit { model, learning_curve } =
                    HybridMf::fit(history, content, &params.hybrid, rng)?;
                Fit { model: FittedModel::Hybrid(model), learning_curve }
            }
            Self::ImplicitAls => {
                FittedModel::ImplicitAls(ImplicitAls::fit(history, &params.ials, rng)).into()
            }
            Self::ImplicitEase => {
                FittedModel::ImplicitEase(ImplicitEase::fit(history, &params.implicit_ease)).into()
            }
            Self::ImplicitItemKnn => {
                FittedModel::ImplicitItemKnn(ImplicitItemKnn::fit(history, &params.implicit_item_knn)).into()
            }
        })
    }
}

/// Declares [`FittedModel`] from the list of models.
macro_rules! fitted_models {
    ($($kind:ident($model:ty),)*) => {
        /// Any fitted base recommender. The variants' order is part of the stored form.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub enum FittedModel {
            $(
                #[doc = concat!("A fitted [`BaseModel::", stringify!($kind), "`].")]
                $kind($model),
            )*
        }

        impl FittedModel {
            /// Which model it is.
            pub fn kind(&self) -> BaseModel {
                match self {
                    $(Self::$kind(_) => BaseModel::$kind,)*
                }
            }

            /// Whether the parts of a model that came from a file fit together.
            ///
            /// # Errors
            /// [`InvalidModel`] with the first thing that does not fit.
            pub fn validate(&self) -> Result<(), InvalidModel> {
                match self {
                    $(Self::$kind(model) => model.validate(),)*
                }
            }

            fn scorer(&self) -> &dyn Scorer {
                match self {
                    $(Self::$kind(model) => model,)*
                }
            }
        }
    };
}

fitted_models! {
    Bias(BiasModel),
    ItemKnn(ItemKnnModel),
    Mf(MfModel),
    Genre(GenreContent),
    DampedBias(DampedBias),
    CentredItemKnn(CentredItemKnn),
    UserKnn(UserKnn),
    Popularity(Popularity),
    Ridge(RidgeContent),
    Svdpp(SvdppModel),
    Ease(EaseModel),
    Text(TextContent),
    Embedding(EmbeddingContent),
    Hybrid(HybridMf),
    ImplicitAls(ImplicitAls),
    ImplicitEase(ImplicitEase),
    ImplicitItemKnn(ImplicitItemKnn),
}

impl Scorer for FittedModel {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        self.scorer().score(candidates, out);
    }

    fn score_with_support(&self, candidates: &[Candidate], scores: &mut [f64], support: &mut [f64]) {
        self.scorer().score_with_support(candidates, scores, support);
    }
}

impl FittedModel {
    /// The model as one that scores items by their index, where it can.
    pub(crate) fn by_item(&self) -> Option<&dyn ItemScorer> {
        match self {
            Self::Bias(model) => Some(model),
            Self::Mf(model) => Some(model),
            Self::DampedBias(model) => Some(model),
            Self::Popularity(model) => Some(model),
            Self::Svdpp(model) => Some(model),
            Self::Hybrid(model) => Some(model),
            Self::ImplicitAls(model) => Some(model),
            Self::ImplicitEase(model) => Some(model),
            Self::ImplicitItemKnn(model) => Some(model),
            Self::ItemKnn(_)
            | Self::Genre(_)
            | Self::CentredItemKnn(_)
            | Self::UserKnn(_)
            | Self::Ridge(_)
            | Self::Ease(_)
            | Self::Text(_)
            | Self::Embedding(_) => None,
        }
    }
}
