//! How much each feature contributes to the raw score of each row: exact Shapley values, which add up to the score.
//!
//! * A booster: the path-dependent values of `TreeSHAP` (Lundberg, Erion and Lee, 2018, "Consistent individualized feature attribution for
//!   tree ensembles", algorithm 2), with the numbers of training rows as cover and missing values on their default side: what `LightGBM`
//!   predicts with `pred_contrib`. A linear start contributes as the logistic regression that it is.
//! * A logistic regression: `coefficient * (x - mean)` over the training rows' mean, its Shapley values where features are independent; a
//!   missing value counts as the mean and contributes 0.
//!
//! The blend has no such values: its score is a mean of calibrated probabilities, each a curve over a raw score, and the Shapley values of a
//! curve are not the curve of Shapley values. Its members have theirs.
//!
//! How a booster's come about, and where:
//! 1. `paths`: the way to each leaf as one condition a feature, with the share of training rows that meet it.
//! 2. `leaf_game`: the Shapley values of one leaf, an integral of products (`quadrature` takes it exactly).
//! 3. `forest`: all leaves; those with few conditions have their values for each outcome of the conditions tabulated.

mod forest;
mod leaf_game;
mod linear;
mod paths;
mod quadrature;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use forest::{Forest, Scratch};
use linear::Linear;

use crate::gbdt::GbdtModel;
use crate::logistic::LogisticModel;
use crate::{FeatureMatrix, Fitted, ModelError};

/// How many rows one task explains.
const BLOCK_ROWS: usize = 64;

/// What the features contribute to the raw scores of many rows: `base` plus the sum of a row is the row's raw score.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// The mean raw score, as the model knows it: what a row has before anything is known of it.
    pub base: f64,
    /// How many numbers a row has.
    pub n_features: usize,
    /// One number a row and feature, row after row, in the raw score's unit.
    pub values: Vec<f64>,
}

impl Contributions {
    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.values.len().checked_div(self.n_features).unwrap_or(0)
    }

    /// What each feature contributes to the score of one row.
    ///
    /// # Panics
    /// Where `row` is not below [`Contributions::n_rows`].
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.n_features..(row + 1) * self.n_features]
    }

    /// The rows, in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        (0..self.n_rows()).map(|row| self.row(row))
    }
}

/// A model prepared to explain its scores; a preparation takes some milliseconds.
#[derive(Debug)]
pub struct Explainer {
    feature_names: Vec<String>,
    linear: Option<Linear>,
    forest: Forest,
    base: f64,
}

impl Explainer {
    /// Prepares a fitted model.
    ///
    /// # Errors
    /// Where the model is inconsistent, numbers of training rows that do not add up included.
    pub fn new(model: &Fitted) -> Result<Self, ModelError> {
        match model {
            Fitted::Logistic(model) => Self::of_logistic(model),
            Fitted::Booster(model) => Self::of_booster(model),
        }
    }

    /// Prepares a booster.
    ///
    /// # Errors
    /// As [`Explainer::new`].
    pub fn of_booster(model: &GbdtModel) -> Result<Self, ModelError> {
        model.validate()?;
        let linear = model.start().map(Linear::new);
        let forest = Forest::new(model.trees())?;
        let base = model.init_score() + linear.as_ref().map_or(0.0, Linear::base) + forest.base();
        Ok(Self { feature_names: model.feature_names().to_vec(), linear, forest, base })
    }

    /// Prepares a logistic regression.
    ///
    /// # Errors
    /// As [`Explainer::new`].
    pub fn of_logistic(model: &LogisticModel) -> Result<Self, ModelError> {
        model.validate()?;
        let linear = Linear::new(model);
        let (base, forest) = (linear.base(), Forest::new(&[])?);
        Ok(Self { feature_names: model.feature_names().to_vec(), linear: Some(linear), forest, base })
    }

    /// The features, in the order of the contributions.
    pub fn feature_names(&self) -> &[String] {
        &self.feature_names
    }

    /// [`Contributions::base`], which is the same for all rows.
    pub fn base(&self) -> f64 {
        self.base
    }

    /// What each feature contributes to the raw score of each row.
    ///
    /// # Errors
    /// Where the matrix has other features than the model was fitted on.
    pub fn contributions(&self, features: &FeatureMatrix) -> Result<Contributions, ModelError> {
        ModelError::check_names(&self.feature_names, features.names())?;
        let columns: Vec<&[f64]> = features.columns().collect();
        let n_features = columns.len();
        let mut values = vec![0.0; features.n_rows() * n_features];
        // Without features there are no numbers, and nothing to cut.
        values.par_chunks_mut(BLOCK_ROWS * n_features.max(1)).enumerate().for_each_init(
            Scratch::default,
            |scratch, (block, values)| {
                let start = block * BLOCK_ROWS;
                let rows = start..start + values.len() / n_features;
                if let Some(linear) = &self.linear {
                    linear.add(&columns, rows.clone(), values);
                }
                self.forest.add(&columns, rows, values, scratch);
            },
        );
        Ok(Contributions { base: self.base, n_features, values })
    }
}
