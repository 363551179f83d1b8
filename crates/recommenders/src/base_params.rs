//! The hyper-parameters of all models together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::centred_knn::{CentredItemKnnParams, UserKnnParams};
use crate::damped_bias::DampedBiasParams;
use crate::ease::EaseParams;
use crate::embedding_content::EmbeddingParams;
use crate::genre::GenreParams;
use crate::hybrid_mf::HybridMfParams;
use crate::implicit_als::ImplicitAlsParams;
use crate::implicit_ease::ImplicitEaseParams;
use crate::implicit_item_knn::ImplicitItemKnnParams;
use crate::item_knn::ItemKnnParams;
use crate::mf::MfParams;
use crate::ridge_content::RidgeParams;
use crate::svdpp::SvdppParams;
use crate::text_content::TextParams;
use crate::{BaseModel, CandidateConfig, Checked, InvalidParam, Params as _};

/// Declares both structs from one list: as typed, and checked.
macro_rules! base_params {
    ($($(#[$doc:meta])* $model:ident: $params:ty,)*) => {
        /// Which models there are, and the hyper-parameters of every model that has some, as typed by a person; what is not mentioned
        /// gets its default.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub struct BaseConfig {
            /// The models to fit, by their keys (the names of their files).
            pub models: Vec<String>,
            /// Which items are candidates for a user.
            pub candidates: CandidateConfig,
            $($(#[$doc])* pub $model: $params,)*
        }

        /// The hyper-parameters, once every value is in its range: what [`crate::BaseModel::fit`] accepts.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct BaseParams {
            $($(#[$doc])* pub $model: Checked<$params>,)*
        }

        impl Default for BaseConfig {
            fn default() -> Self {
                let models = DEFAULT_MODELS.iter().map(|model| model.file_stem().to_owned()).collect();
                Self { models, candidates: CandidateConfig::default(), $($model: <$params>::default(),)* }
            }
        }

        impl BaseConfig {
            /// Checks the list of models and each model's parameters. The models come in the order of their columns.
            ///
            /// # Errors
            /// [`InvalidParam`] for the first value out of its range.
            pub fn check(&self) -> Result<(Vec<BaseModel>, BaseParams), InvalidParam> {
                let models = self.checked_models()?;
                Ok((models, BaseParams { $($model: self.$model.check()?,)* }))
            }
        }
    };
}

/// The models of the `default` preset.
const DEFAULT_MODELS: &[BaseModel] = &[
    BaseModel::Bias,
    BaseModel::ItemKnn,
    BaseModel::Mf,
    BaseModel::Genre,
    BaseModel::DampedBias,
    BaseModel::CentredItemKnn,
    BaseModel::UserKnn,
    BaseModel::Ridge,
    BaseModel::Svdpp,
];

impl BaseConfig {
    fn checked_models(&self) -> Result<Vec<BaseModel>, InvalidParam> {
        let is_key = |key: &&String| BaseModel::ALL.iter().any(|model| model.file_stem() == key.as_str());
        let problem = match self.models.iter().find(|key| !is_key(key)) {
            Some(key) => key.clone(),
            None if self.models.is_empty() => "empty".to_owned(),
            None => {
                let wanted = |model: &BaseModel| self.models.iter().any(|key| key == model.file_stem());
                return Ok(BaseModel::ALL.into_iter().filter(wanted).collect());
            }
        };
        let keys = BaseModel::ALL.map(BaseModel::file_stem).join(", ");
        Err(InvalidParam { key: "models", value: problem, allowed: format!("must be some of {keys}") })
    }
}

base_params! {
    /// For [`crate::BaseModel::ItemKnn`].
    item_knn: ItemKnnParams,
    /// For [`crate::BaseModel::Mf`].
    mf: MfParams,
    /// For [`crate::BaseModel::Genre`].
    genre: GenreParams,
    /// For [`crate::BaseModel::DampedBias`], and for the models that explain what it leaves over.
    damped_bias: DampedBiasParams,
    /// For [`crate::BaseModel::CentredItemKnn`].
    centred_item_knn: CentredItemKnnParams,
    /// For [`crate::BaseModel::UserKnn`].
    user_knn: UserKnnParams,
    /// For [`crate::BaseModel::Ridge`].
    ridge: RidgeParams,
    /// For [`crate::BaseModel::Svdpp`].
    svdpp: SvdppParams,
    /// For [`crate::BaseModel::Ease`].
    ease: EaseParams,
    /// For [`crate::BaseModel::Text`].
    content: TextParams,
    /// For [`crate::BaseModel::Embedding`].
    embedding: EmbeddingParams,
    /// For [`crate::BaseModel::Hybrid`].
    hybrid: HybridMfParams,
    /// For [`crate::BaseModel::ImplicitAls`].
    ials: ImplicitAlsParams,
    /// For [`crate::BaseModel::ImplicitEase`].
    implicit_ease: ImplicitEaseParams,
    /// For [`crate::BaseModel::ImplicitItemKnn`].
    implicit_item_knn: ImplicitItemKnnParams,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_in_range_and_every_model_is_checked() {
        assert!(BaseConfig::default().check().is_ok());
        let wrong = BaseConfig { item_knn: ItemKnnParams { k: 0 }, ..BaseConfig::default() };
        assert_eq!(wrong.check().unwrap_err().key, "item_knn.k");
    }

    #[test]
    fn models_come_in_the_order_of_their_columns() {
        let of = |models: &[&str]| {
            let models = models.iter().map(|&key| key.to_owned()).collect();
            BaseConfig { models, ..BaseConfig::default() }.check().map(|(models, _)| models)
        };
        assert_eq!(of(&["mf", "bias"]), Ok(vec![BaseModel::Bias, BaseModel::Mf]));
        let message = of(&["bias", "magic"]).unwrap_err().to_string();
        assert!(
            message.starts_with("models is magic, must be some of bias, itemknn, mf, genre"),
            "{message}"
        );
        assert!(of(&[]).is_err());
    }
}
