//! The hyper-parameters of `train-base`.

use recommenders::BaseParams;
use recommenders::genre::GenreParams;
use recommenders::item_knn::ItemKnnParams;
use recommenders::mf::MfParams;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stage::UsageError;

/// The keys of `train-base.toml`: one table a model that has hyper-parameters.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub item_knn: ItemKnn,
    pub mf: Mf,
    pub genre: Genre,
}

/// `ItemKNNModel`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ItemKnn {
    /// How many of the most similar items that the user rated count, 1 to 10000.
    pub k: usize,
}

/// `MFModel`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Mf {
    /// How many latent factors a user and an item have, 1 to 1024.
    pub factors: usize,
    /// How many times the descent goes over the ratings, 1 to 10000.
    pub epochs: usize,
    /// The step size, in [1e-6, 1].
    pub learning_rate: f64,
    /// The weight of the squared factors and biases in the loss (L2), in [0, 100].
    pub regularization: f64,
    /// The standard deviation of the initial factors, in [0, 10].
    pub init_std: f64,
}

/// `GenreContent`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Genre {
    /// From this rating on, in stars, an item was liked.
    pub min_rating: f64,
}

impl Default for ItemKnn {
    fn default() -> Self {
        Self { k: ItemKnnParams::default().k }
    }
}

impl Default for Mf {
    fn default() -> Self {
        Self { factors: 30, epochs: 8, learning_rate: 0.01, regularization: 0.05, init_std: 0.1 }
    }
}

impl Default for Genre {
    fn default() -> Self {
        Self { min_rating: 4.0 }
    }
}

impl Config {
    /// # Errors
    /// [`UsageError`] for the first value out of its range.
    pub fn check(&self) -> Result<BaseParams, UsageError> {
        let item_knn = ItemKnnParams { k: self.item_knn.k };
        let mf = MfParams {
            factors: self.mf.factors,
            epochs: self.mf.epochs,
            learning_rate: self.mf.learning_rate as f32,
            regularization: self.mf.regularization as f32,
            init_std: self.mf.init_std as f32,
        };
        let genre = GenreParams { min_rating: self.genre.min_rating as f32 };
        BaseParams::new(item_knn, mf, genre).map_err(|error| UsageError(error.to_string()))
    }
}
