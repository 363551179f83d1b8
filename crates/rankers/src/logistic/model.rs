//! A fitted logistic regression.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::objective::sigmoid;
use crate::{FeatureMatrix, ModelError};

/// How the fit ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Convergence {
    /// Whether `gradient_norm` fell to the tolerance: whether this is the optimum.
    pub converged: bool,
    /// How many Newton steps were taken.
    pub iterations: usize,
    /// The largest partial derivative at the end, in standardised coordinates, of the objective divided by (C * rows).
    pub gradient_norm: f64,
}

/// `P(label = 1) = sigmoid(intercept + coefficients . x)` over raw features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticModel {
    pub(super) feature_names: Vec<String>,
    pub(super) coefficients: Vec<f64>,
    pub(super) intercept: f64,
    pub(super) imputed: Vec<f64>,
    pub(super) convergence: Convergence,
}

/// How many rows one task scores.
const BLOCK_ROWS: usize = 8192;

impl LogisticModel {
    /// A model that was fitted elsewhere; not validated yet.
    pub(crate) fn given(
        feature_names: Vec<String>,
        coefficients: Vec<f64>,
        intercept: f64,
        imputed: Vec<f64>,
    ) -> Self {
        let convergence = Convergence { converged: true, iterations: 0, gradient_norm: 0.0 };
        Self { feature_names, coefficients, intercept, imputed, convergence }
    }

    /// The features, in the order of the coefficients.
    pub fn feature_names(&self) -> &[String] {
        &self.feature_names
    }

    /// One coefficient a feature, for raw values.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// The log-odds where all features are 0.
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// What stands in for a missing value of each feature: its mean over the training rows.
    pub fn imputed(&self) -> &[f64] {
        &self.imputed
    }

    /// Whether and how the fit reached the optimum.
    pub fn convergence(&self) -> Convergence {
        self.convergence
    }

    /// Whether the parts fit together and all numbers are finite: what must be asked of a model that came from a file.
    ///
    /// # Errors
    /// [`ModelError::Inconsistent`] that says what is wrong.
    pub fn validate(&self) -> Result<(), ModelError> {
        let n = self.feature_names.len();
        ModelError::unless(self.coefficients.len() == n && self.imputed.len() == n, || {
            format!(
                "{n} features, {} coefficients, {} imputed values",
                self.coefficients.len(),
                self.imputed.len()
            )
        })?;
        let finite =
            self.coefficients.iter().chain(&self.imputed).chain([&self.intercept]).all(|x| x.is_finite());
        ModelError::unless(finite, || "a coefficient is not finite".to_owned())
    }

    /// The model with `shift + scale` x its log-odds.
    pub(crate) fn rescaled(&self, shift: f64, scale: f64) -> Self {
        Self {
            coefficients: self.coefficients.iter().map(|coefficient| scale * coefficient).collect(),
            intercept: shift + scale * self.intercept,
            ..self.clone()
        }
    }

    /// The log-odds of label 1, row by row.
    ///
    /// # Errors
    /// Where the matrix has other features than the model, or the model is inconsistent.
    pub fn predict_raw(&self, features: &FeatureMatrix) -> Result<Vec<f64>, ModelError> {
        self.validate()?;
        ModelError::check_names(&self.feature_names, features.names())?;
        let mut scores = vec![self.intercept; features.n_rows()];
        scores.par_chunks_mut(BLOCK_ROWS).enumerate().for_each(|(block, scores)| {
            for ((column, coefficient), imputed) in
                features.columns().zip(&self.coefficients).zip(&self.imputed)
            {
                for (score, &value) in scores.iter_mut().zip(&column[block * BLOCK_ROWS..]) {
                    *score += coefficient * if value.is_nan() { *imputed } else { value };
                }
            }
        });
        Ok(scores)
    }

    /// The probability of label 1, row by row.
    ///
    /// # Errors
    /// As [`LogisticModel::predict_raw`].
    pub fn predict(&self, features: &FeatureMatrix) -> Result<Vec<f64>, ModelError> {
        let mut scores = self.predict_raw(features)?;
        scores.par_iter_mut().for_each(|score| *score = sigmoid(*score));
        Ok(scores)
    }
}
