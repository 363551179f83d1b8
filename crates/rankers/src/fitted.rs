//! A fitted meta-model over a feature matrix, whichever it is.

use crate::contributions::{Contributions, Explainer};
use crate::gbdt::GbdtModel;
use crate::logistic::LogisticModel;
use crate::{FeatureMatrix, ModelError};

/// What a meta-model's file holds, but for the blend's.
#[derive(Debug, Clone, PartialEq)]
pub enum Fitted {
    /// A logistic regression.
    Logistic(LogisticModel),
    /// A booster, of any objective.
    Booster(GbdtModel),
}

impl Fitted {
    /// The raw score of each row: log-odds, a rating in stars or a ranking score, by the model's loss.
    ///
    /// # Errors
    /// Where the matrix has other features than the model was fitted on.
    pub fn raw_scores(&self, features: &FeatureMatrix) -> Result<Vec<f64>, ModelError> {
        match self {
            Self::Logistic(model) => model.predict_raw(features),
            Self::Booster(model) => model.predict_raw(features),
        }
    }

    /// What each feature contributes to the raw score of each row. For many batches, prepare an [`Explainer`] once.
    ///
    /// # Errors
    /// Where the matrix has other features than the model was fitted on, or the model is inconsistent.
    pub fn contributions(&self, features: &FeatureMatrix) -> Result<Contributions, ModelError> {
        Explainer::new(self)?.contributions(features)
    }

    /// The booster, where it is one.
    pub fn booster(&self) -> Option<&GbdtModel> {
        match self {
            Self::Logistic(_) => None,
            Self::Booster(model) => Some(model),
        }
    }

    /// The logistic regression, where it is one.
    pub fn logistic(&self) -> Option<&LogisticModel> {
        match self {
            Self::Logistic(model) => Some(model),
            Self::Booster(_) => None,
        }
    }
}
