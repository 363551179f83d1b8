//! Which items are candidates for a user: those that the user rated, or the best of the whole catalogue.
//!
//! Under the full-catalogue protocol no list of rated items is given: each *proposer*, a base model, ranks all items that the user has not
//! rated, and the candidates are the union of the tops (candidate generation, the first of the two stages of Covington, Adams and Sargin,
//! "Deep neural networks for `YouTube` recommendations", `RecSys` 2016). What no proposer has on top, no meta-model can recommend.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{BaseModel, InvalidParam};

/// What the meta-models are fitted on and rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CandidatesFrom {
    /// The rows of the ratings: what a user likes of what the user watched anyway.
    Rated,
    /// The best of all items that the user has not rated: what a user should be shown.
    Catalogue,
}

/// The hyper-parameters of candidate generation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CandidateConfig {
    /// What the meta-models are fitted on and rank: the rated rows, or the best of the whole catalogue.
    pub from: CandidatesFrom,
    /// The base models whose best items are candidates, by their keys; some of `models`.
    pub proposers: Vec<String>,
    /// How many candidates each proposer gives a user, 1 to 10000.
    pub per_proposer: usize,
    /// To what depth every other base model's ranking of the catalogue is kept for its own metrics, 1 to 10000; at least the largest
    /// cut of `evaluate`.
    pub base_depth: usize,
    /// The share of the unrated candidates that the meta-models are fitted on, in (0, 1]; drawn by the keyed hash.
    pub negative_share: f64,
}

impl Default for CandidateConfig {
    fn default() -> Self {
        Self {
            from: CandidatesFrom::Rated,
            proposers: Vec::new(),
            per_proposer: 100,
            base_depth: 20,
            negative_share: 0.2,
        }
    }
}

/// The same, checked, for candidates from the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedCandidates {
    /// The base models whose best items are candidates.
    pub proposers: Vec<BaseModel>,
    /// How many candidates each gives a user.
    pub per_proposer: usize,
    /// To what depth every other base model's ranking is kept.
    pub base_depth: usize,
    /// The share of the unrated candidates that the meta-models are fitted on.
    pub negative_share: f64,
}

impl CandidateConfig {
    /// `None` where candidates are the rated rows.
    ///
    /// # Errors
    /// [`InvalidParam`] for the first value out of its range, or a proposer that is none of `models`.
    pub fn check(&self, models: &[BaseModel]) -> Result<Option<CheckedCandidates>, InvalidParam> {
        if self.from == CandidatesFrom::Rated {
            return Ok(None);
        }
        let invalid = |key, value: String, allowed: String| Err(InvalidParam { key, value, allowed });
        let is_model = |key: &&String| models.iter().any(|model| model.file_stem() == key.as_str());
        if let Some(key) = self.proposers.iter().find(|key| !is_model(key)) {
            let keys: Vec<&str> = models.iter().map(|model| model.file_stem()).collect();
            return invalid(
                "candidates.proposers",
                key.clone(),
                format!("must be some of models: {}", keys.join(", ")),
            );
        }
        if self.proposers.is_empty() {
            let allowed = "must name at least one of models where candidates.from is catalogue".to_owned();
            return invalid("candidates.proposers", "empty".to_owned(), allowed);
        }
        for (key, depth) in
            [("candidates.per_proposer", self.per_proposer), ("candidates.base_depth", self.base_depth)]
        {
            if !(1..=10_000).contains(&depth) {
                return invalid(key, depth.to_string(), "must be 1 to 10000".to_owned());
            }
        }
        if !(self.negative_share > 0.0 && self.negative_share <= 1.0) {
            let allowed = "must be above 0 and at most 1".to_owned();
            return invalid("candidates.negative_share", self.negative_share.to_string(), allowed);
        }
        let is_proposer = |model: &BaseModel| self.proposers.iter().any(|key| key == model.file_stem());
        Ok(Some(CheckedCandidates {
            proposers: models.iter().copied().filter(is_proposer).collect(),
            per_proposer: self.per_proposer,
            base_depth: self.base_depth,
            negative_share: self.negative_share,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_out_of_range_are_named() {
        let models = [BaseModel::Popularity, BaseModel::ImplicitAls];
        let proposers = vec!["popularity".to_owned()];
        let good =
            CandidateConfig { from: CandidatesFrom::Catalogue, proposers, ..CandidateConfig::default() };
        let checked = good.check(&models).unwrap().unwrap();
        assert_eq!((checked.proposers, checked.per_proposer), (vec![BaseModel::Popularity], 100));
        assert_eq!(CandidateConfig { from: CandidatesFrom::Rated, ..good.clone() }.check(&models), Ok(None));

        let message = |config: CandidateConfig| config.check(&models).unwrap_err().to_string();
        assert_eq!(
            message(CandidateConfig { proposers: vec!["mf".to_owned()], ..good.clone() }),
            "candidates.proposers is mf, must be some of models: popularity, ials"
        );
        assert!(message(CandidateConfig { proposers: Vec::new(), ..good.clone() }).contains("at least one"));
        assert_eq!(
            message(CandidateConfig { per_proposer: 0, ..good.clone() }),
            "candidates.per_proposer is 0, must be 1 to 10000"
        );
        assert_eq!(
            message(CandidateConfig { negative_share: 0.0, ..good }),
            "candidates.negative_share is 0, must be above 0 and at most 1"
        );
    }
}
