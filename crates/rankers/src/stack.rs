//! The fitted meta-models of a run together: raw scores, calibrated probabilities, their blend.

use rayon::prelude::*;

use crate::blend::{Blend, Member};
use crate::calibration::{Calibrator, SegmentCalibration};
use crate::objective::ObjectiveKind;
use crate::{FeatureMatrix, Fitted, MetaModel, ModelError};

/// Meta-models, and how their scores become probabilities.
#[derive(Debug, Clone)]
pub struct Stack {
    /// All but the blend, in the order of the tables.
    pub fitted: Vec<(MetaModel, Fitted)>,
    /// From raw scores to probabilities, where they are calibrated.
    pub calibration: Option<SegmentCalibration>,
    /// The blend of others, where there is one.
    pub blend: Option<Blend>,
}

/// What a meta-model says of some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicted {
    /// Which model.
    pub model: MetaModel,
    /// Its raw scores; the blend's are probabilities.
    pub raw: Vec<f64>,
    /// The calibrated probabilities, or those that a classifier claims; none for other scores without calibration.
    pub probabilities: Option<Vec<f64>>,
}

/// A meta-model that does not fit the rows, or a blend without a member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StackError {
    /// A model does not fit the rows.
    #[error("{}: {source}", model.name())]
    Model {
        /// Which model.
        model: MetaModel,
        /// What does not fit.
        source: ModelError,
    },
    /// The blend lacks a member, or the member has no probabilities.
    #[error("{name}, a member of the blend, is missing or has no probabilities")]
    Member {
        /// The member.
        name: String,
    },
    /// There is no such model here.
    #[error("{} was not fitted", model.name())]
    Absent {
        /// Which model.
        model: MetaModel,
    },
}

impl Stack {
    /// What every model says, in the order of the tables.
    ///
    /// # Errors
    /// [`StackError`].
    pub fn predict(&self, features: &FeatureMatrix) -> Result<Vec<Predicted>, StackError> {
        let mut predicted: Vec<Predicted> = self
            .fitted
            .par_iter()
            .map(|(model, fitted)| self.predict_fitted(*model, fitted, features))
            .collect::<Result<_, _>>()?;
        if let Some(blend) = &self.blend {
            predicted.push(blended(blend, &predicted)?);
        }
        Ok(predicted)
    }

    /// What one model says.
    ///
    /// # Errors
    /// [`StackError`].
    pub fn predict_one(&self, model: MetaModel, features: &FeatureMatrix) -> Result<Predicted, StackError> {
        if let (MetaModel::Blend, Some(blend)) = (model, &self.blend) {
            let is_member =
                |(member, _): &&(MetaModel, Fitted)| blend.names().iter().any(|name| name == member.name());
            let members = self.fitted.iter().filter(is_member);
            let predicted: Vec<Predicted> = members
                .map(|(member, fitted)| self.predict_fitted(*member, fitted, features))
                .collect::<Result<_, _>>()?;
            return blended(blend, &predicted);
        }
        self.predict_fitted(model, self.get(model)?, features)
    }

    /// A fitted model that is no blend.
    ///
    /// # Errors
    /// [`StackError::Absent`].
    pub fn get(&self, model: MetaModel) -> Result<&Fitted, StackError> {
        let found = self.fitted.iter().find(|(of, _)| *of == model);
        found.map(|(_, fitted)| fitted).ok_or(StackError::Absent { model })
    }

    fn predict_fitted(
        &self,
        model: MetaModel,
        fitted: &Fitted,
        features: &FeatureMatrix,
    ) -> Result<Predicted, StackError> {
        let of_model = |source| StackError::Model { model, source };
        let raw = fitted.raw_scores(features).map_err(of_model)?;
        let calibrated = match &self.calibration {
            Some(calibration) => calibration.apply(model.name(), features, &raw).map_err(of_model)?,
            None => None,
        };
        let claims = fitted.booster().is_none_or(|model| model.objective() == ObjectiveKind::BinaryLogLoss);
        let claimed =
            || claims.then(|| raw.iter().map(|&score| Calibrator::None.apply(score)).collect::<Vec<_>>());
        let probabilities = calibrated.or_else(claimed);
        Ok(Predicted { model, raw, probabilities })
    }
}

fn blended(blend: &Blend, predicted: &[Predicted]) -> Result<Predicted, StackError> {
    let member = |name: &String| {
        let of = predicted.iter().find(|of| of.model.name() == name);
        let probabilities = of.and_then(|of| of.probabilities.as_deref());
        let (of, probabilities) =
            of.zip(probabilities).ok_or_else(|| StackError::Member { name: name.clone() })?;
        Ok(Member { name: of.model.name(), probabilities })
    };
    let members: Vec<Member<'_>> = blend.names().iter().map(member).collect::<Result<_, _>>()?;
    let model = MetaModel::Blend;
    let raw = blend.predict(&members).map_err(|source| StackError::Model { model, source })?;
    Ok(Predicted { model, probabilities: Some(raw.clone()), raw })
}

/// A probability among rows of which only a `share` of the irrelevant ones was fitted on, as one among all rows: leaving rows out
/// multiplied the odds by its inverse (King and Zeng, "Logistic regression in rare events data", 2001).
pub fn among_all(probability: f64, share: f64) -> f64 {
    probability * share / (probability * share + (1.0 - probability))
}
