//! What is recommended, and how much of it.

use rankers::{MetaModel, Reranking};
use recommenders::{BaseModel, CheckedCandidates};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The hyper-parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListConfig {
    /// The meta-model that ranks, by its key; one of the `models` of train-meta.
    pub model: String,
    /// How many items a user gets, 1 to 1000.
    pub n: usize,
    /// The base models whose best items are candidates, by their keys; some of the `models` of train-base.
    pub proposers: Vec<String>,
    /// How many candidates each proposer gives a user, 1 to 10000.
    pub per_proposer: usize,
    /// How many of the most rated items that the user has not rated are candidates too, 0 to 10000.
    pub popular: usize,
    /// An item with fewer training ratings is no candidate.
    pub min_ratings: usize,
    /// Whether items that the user rated already may be recommended.
    pub include_rated: bool,
    /// Whether each recommendation gets a sentence that says why.
    pub reasons: bool,
    /// Whether contributions.parquet is written: what each feature added to each score.
    pub contributions: bool,
    /// How the best items are re-ranked.
    pub rerank: RerankConfig,
}

/// How the best items are re-ranked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RerankConfig {
    /// The weight of being unlike the items above, 0 (none) to 1.
    pub diversity: f64,
    /// The weight of being little known, 0 (none) to 1.
    pub popularity: f64,
    /// How many of the best items are re-ranked, 1 to 10000.
    pub depth: usize,
}

impl Default for ListConfig {
    fn default() -> Self {
        Self {
            model: MetaModel::Gb.key().to_owned(),
            n: 10,
            proposers: vec![BaseModel::Svdpp.file_stem().to_owned()],
            per_proposer: 100,
            popular: 100,
            min_ratings: 10,
            include_rated: false,
            reasons: true,
            contributions: false,
            rerank: RerankConfig::default(),
        }
    }
}

impl Default for RerankConfig {
    fn default() -> Self {
        Self { diversity: 0.0, popularity: 0.0, depth: 50 }
    }
}

/// A value out of its range, or one that does not go with another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidListConfig(String);

/// The same, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedListConfig {
    /// The meta-model that ranks.
    pub model: MetaModel,
    /// How many items a user gets.
    pub n: usize,
    /// Who proposes how many candidates.
    pub candidates: CheckedCandidates,
    /// How many of the most rated items are candidates too.
    pub popular: usize,
    /// An item with fewer ratings is no candidate.
    pub min_ratings: usize,
    /// Whether what the user has rated may be recommended.
    pub include_rated: bool,
    /// Whether there are sentences.
    pub reasons: bool,
    /// Whether there are contributions.
    pub contributions: bool,
    /// How the best items are re-ranked.
    pub reranking: Reranking,
    /// How many of the best items are looked at.
    pub depth: usize,
}

impl ListConfig {
    /// Checks the values against the models that the run has.
    ///
    /// # Errors
    /// [`InvalidListConfig`] for the first that is out of its range or names a model that was not fitted, and for reasons of a model that has none.
    pub fn check(
        &self,
        base: &[BaseModel],
        meta: &[MetaModel],
    ) -> Result<CheckedListConfig, InvalidListConfig> {
        let model =
            MetaModel::from_key(&self.model).filter(|model| meta.contains(model)).ok_or_else(|| {
                let keys: Vec<&str> = meta.iter().map(|model| model.key()).collect();
                InvalidListConfig(format!(
                    "model is {}, must be one of the models of train-meta: {}",
                    self.model,
                    keys.join(", ")
                ))
            })?;
        let proposers = self.proposers.iter().map(|key| {
            base.iter().copied().find(|model| model.file_stem() == key).ok_or_else(|| {
                let keys: Vec<&str> = base.iter().map(|model| model.file_stem()).collect();
                InvalidListConfig(format!(
                    "proposers holds {key}, must be some of the models of train-base: {}",
                    keys.join(", ")
                ))
            })
        });
        let proposers: Vec<BaseModel> = proposers.collect::<Result<_, _>>()?;
        if proposers.is_empty() && self.popular == 0 {
            return Err(InvalidListConfig(
                "proposers is empty and popular is 0: there are no candidates".to_owned(),
            ));
        }
        in_range("n", self.n, 1, 1000)?;
        in_range("per_proposer", self.per_proposer, 1, 10_000)?;
        in_range("popular", self.popular, 0, 10_000)?;
        in_range("rerank.depth", self.rerank.depth, 1, 10_000)?;
        let reranking = Reranking::new(self.rerank.diversity, self.rerank.popularity)
            .map_err(|error| InvalidListConfig(error.to_string()))?;
        if model == MetaModel::Blend && (self.reasons || self.contributions) {
            return Err(InvalidListConfig(
                "the blend's score has no exact contributions: set reasons = false and contributions = false, or let one of its members rank"
                    .to_owned(),
            ));
        }
        Ok(CheckedListConfig {
            model,
            n: self.n,
            candidates: CheckedCandidates {
                proposers,
                per_proposer: self.per_proposer,
                base_depth: 0,
                negative_share: 1.0,
            },
            popular: self.popular,
            min_ratings: self.min_ratings,
            include_rated: self.include_rated,
            reasons: self.reasons,
            contributions: self.contributions,
            reranking,
            depth: if reranking.changes() { self.n.max(self.rerank.depth) } else { self.n },
        })
    }
}

fn in_range(key: &str, value: usize, least: usize, most: usize) -> Result<(), InvalidListConfig> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(InvalidListConfig(format!("{key} is {value}, must be {least} to {most}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        let (base, meta) = ([BaseModel::Svdpp, BaseModel::Popularity], [MetaModel::Gb]);
        let good = ListConfig::default();
        assert_eq!(good.check(&base, &meta).unwrap().depth, 10);
        let message = |config: ListConfig| config.check(&base, &meta).unwrap_err().to_string();
        assert_eq!(
            message(ListConfig { model: "rank".to_owned(), ..good.clone() }),
            "model is rank, must be one of the models of train-meta: gb"
        );
        assert_eq!(
            message(ListConfig { proposers: vec!["mf".to_owned()], ..good.clone() }),
            "proposers holds mf, must be some of the models of train-base: svdpp, popularity"
        );
        assert!(
            message(ListConfig { proposers: Vec::new(), popular: 0, ..good.clone() })
                .contains("no candidates")
        );
        let blend = ListConfig { model: MetaModel::Blend.key().to_owned(), ..good.clone() };
        let error = blend.check(&base, &[MetaModel::Blend]).unwrap_err().to_string();
        assert!(error.starts_with("the blend's score has no exact contributions"), "{error}");
        assert!(ListConfig { reasons: false, ..blend }.check(&base, &[MetaModel::Blend]).is_ok());
        assert_eq!(message(ListConfig { n: 0, ..good.clone() }), "n is 0, must be 1 to 1000");
        let rerank = RerankConfig { diversity: 2.0, ..RerankConfig::default() };
        assert!(message(ListConfig { rerank, ..good.clone() }).contains("rerank.diversity"));
        let rerank = RerankConfig { diversity: 0.2, ..RerankConfig::default() };
        assert_eq!(ListConfig { rerank, ..good }.check(&base, &meta).unwrap().depth, 50);
    }
}
