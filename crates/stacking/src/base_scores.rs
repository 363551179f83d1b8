//! One round: base models are fitted on what is known and score what is asked.

use dataset::{Candidate, History, rng};
use rayon::prelude::*;
use recommenders::{BaseModel, BaseParams, Content, Fit, FittedModel, Scorer as _};

use crate::BaseColumns;

/// Which base models, and how they are fitted.
#[derive(Debug, Clone)]
pub struct BaseSetup {
    /// The models, in the order of their columns.
    pub models: Vec<BaseModel>,
    /// Their hyper-parameters.
    pub params: BaseParams,
    /// The seed of their random streams.
    pub seed: u64,
}

/// A base model that cannot be fitted with these parameters.
#[derive(Debug, thiserror::Error)]
#[error("{model}: {problem}")]
pub struct FitError {
    /// Which model.
    model: &'static str,
    /// What went wrong.
    problem: String,
}

/// A model of a round, with its scores of the asked rows.
#[derive(Debug, Clone)]
pub struct Scored {
    /// Which model.
    pub model: BaseModel,
    /// The fitted model and its learning curve.
    pub fit: Fit,
    /// One score a candidate.
    pub scores: Vec<f64>,
    /// The evidence behind each score, where the model tells it.
    pub support: Option<Vec<f64>>,
}

impl BaseSetup {
    /// Fits `model` on `history` and scores `candidates`. `round` names the random stream.
    ///
    /// # Errors
    /// [`FitError`] where the fit leaves the finite numbers.
    pub fn fit_and_score(
        &self,
        model: BaseModel,
        round: &str,
        history: &History,
        content: Content<'_>,
        candidates: &[Candidate],
    ) -> Result<Scored, FitError> {
        let stream = rng::stream(self.seed, &format!("train-base/{}/{round}", model.file_stem()));
        let fit = model
            .fit(history, content, &self.params, stream)
            .map_err(|error| FitError { model: model.name(), problem: error.to_string() })?;
        let (scores, support) = score(model, &fit.model, candidates);
        Ok(Scored { model, fit, scores, support })
    }

    /// [`BaseSetup::fit_and_score`] for every model, side by side.
    ///
    /// # Errors
    /// The first model's [`FitError`].
    pub fn fit_and_score_all(
        &self,
        round: &str,
        history: &History,
        content: Content<'_>,
        candidates: &[Candidate],
    ) -> Result<Vec<Scored>, FitError> {
        let fit = |&model: &BaseModel| self.fit_and_score(model, round, history, content, candidates);
        self.models.par_iter().map(fit).collect()
    }
}

/// The scores of a fitted model and, where it tells, the evidence behind them.
pub fn score(
    model: BaseModel,
    fitted: &FittedModel,
    candidates: &[Candidate],
) -> (Vec<f64>, Option<Vec<f64>>) {
    let mut scores = vec![0.0; candidates.len()];
    if model.support_column().is_none() {
        fitted.score(candidates, &mut scores);
        return (scores, None);
    }
    let mut support = vec![0.0; candidates.len()];
    fitted.score_with_support(candidates, &mut scores, &mut support);
    (scores, Some(support))
}

/// The columns of fitted models for `candidates`.
pub fn score_all(models: &[&FittedModel], candidates: &[Candidate]) -> BaseColumns {
    let scored: Vec<_> = models.par_iter().map(|model| score(model.kind(), model, candidates)).collect();
    let mut base = BaseColumns::default();
    for (model, (scores, support)) in models.iter().zip(scored) {
        base.push(model.kind(), scores, support);
    }
    base
}
