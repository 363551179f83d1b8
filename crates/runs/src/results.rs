//! What `evaluate` left of a run.

use std::collections::BTreeMap;
use std::path::Path;

use artifacts::Fingerprint;
use artifacts::layout::{METRICS_JSON, PER_USER};
use artifacts::tables::PerUserRow;
use serde::{Deserialize, Serialize};
use stage::{CommonArgs, Run, StageName};

/// A metric at its cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// The metric's name.
    pub metric: String,
    /// Its cut, where it has one.
    pub k: Option<i32>,
}

impl Measure {
    /// `NDCG@10` in the way of the tables: `ndcg@10`.
    pub fn name(&self) -> String {
        self.k.map_or_else(|| self.metric.clone(), |k| format!("{}@{k}", self.metric))
    }
}

/// What a model is in the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A base recommender.
    Base,
    /// A plain average of base recommenders.
    Average,
    /// A meta-model.
    Meta,
    /// A scorer that shows the floor or the ceiling.
    #[serde(other)]
    Yardstick,
}

impl Kind {
    /// In the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base model",
            Self::Average => "average",
            Self::Meta => "stack",
            Self::Yardstick => "yardstick",
        }
    }
}

/// A model and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Model {
    /// Its name.
    #[serde(rename = "model")]
    pub name: String,
    /// Its place in the stack.
    pub kind: Kind,
}

/// One protocol of a run.
#[derive(Debug, Clone, Deserialize)]
pub struct ProtocolResults {
    /// Its name.
    pub protocol: String,
    /// What its numbers depend on besides the models.
    #[serde(rename = "fingerprint_of")]
    pub fingerprint: Fingerprint,
    /// Its models, in the order of the tables.
    pub models: Vec<Model>,
}

/// A run's protocols, and each user's values of one metric.
#[derive(Debug, Clone)]
pub struct Results {
    /// The run's folder, as given.
    pub name: String,
    /// Its preset.
    pub preset: String,
    /// Its seed.
    pub seed: u64,
    /// Its protocols.
    pub protocols: Vec<ProtocolResults>,
    /// (protocol, model) -> user -> value.
    values: BTreeMap<(String, String), BTreeMap<i64, f64>>,
}

/// The part of `metrics.json` that is read.
#[derive(Deserialize)]
struct Document {
    preset: String,
    seed: u64,
    protocols: Vec<ProtocolResults>,
}

impl Results {
    /// Reads the run in `folder`.
    ///
    /// # Errors
    /// Where it has not been evaluated, or an artifact is corrupt or of another version.
    pub fn read(folder: &Path, measure: &Measure) -> Result<Self, artifacts::Error> {
        let common = CommonArgs {
            config: None,
            artifacts: folder.to_owned(),
            seed: 0,
            threads: 0,
            print_config: false,
            quiet: true,
            max_memory: None,
        };
        let mut run = Run::reading(&common);
        run.require(&[StageName::Evaluate])?;
        let Document { preset, seed, protocols } = run.read_json(METRICS_JSON)?;
        let rows: Vec<PerUserRow> = run.read_table(PER_USER)?;
        let mut values: BTreeMap<(String, String), BTreeMap<i64, f64>> = BTreeMap::new();
        for row in rows.into_iter().filter(|row| row.metric == measure.metric && row.k == measure.k) {
            values.entry((row.protocol, row.model)).or_default().insert(row.user_id, row.value);
        }
        Ok(Self { name: folder.display().to_string(), preset, seed, protocols, values })
    }

    /// The protocol of this name.
    pub fn protocol(&self, name: &str) -> Option<&ProtocolResults> {
        self.protocols.iter().find(|protocol| protocol.protocol == name)
    }

    /// Each user's value of a model.
    pub fn values(&self, protocol: &str, model: &str) -> Option<&BTreeMap<i64, f64>> {
        self.values.get(&(protocol.to_owned(), model.to_owned()))
    }

    /// The mean of a model's values over users.
    pub fn mean(&self, protocol: &str, model: &str) -> Option<f64> {
        let values = self.values(protocol, model)?;
        (!values.is_empty()).then(|| values.values().sum::<f64>() / values.len() as f64)
    }
}

#[cfg(test)]
pub mod testing {
    use super::*;

    /// A run with protocol `rated` and, of each model, the values of users 1, 2, ...
    pub fn results(name: &str, split: &str, models: &[(&str, Kind, &[f64])]) -> Results {
        let fingerprint = Fingerprint {
            protocol: "rated".to_owned(),
            data: "data".to_owned(),
            split: split.to_owned(),
            relevance: "rating >= 4".to_owned(),
            ties: "smaller_item".to_owned(),
            users: "all".to_owned(),
            definitions: 2,
        };
        let values = models.iter().map(|(model, _, values)| {
            let of_users = (1..).zip(values.iter().copied()).collect();
            (("rated".to_owned(), (*model).to_owned()), of_users)
        });
        Results {
            name: name.to_owned(),
            preset: "default".to_owned(),
            seed: 1,
            values: values.collect(),
            protocols: vec![ProtocolResults {
                protocol: "rated".to_owned(),
                fingerprint,
                models: models
                    .iter()
                    .map(|(name, kind, _)| Model { name: (*name).to_owned(), kind: *kind })
                    .collect(),
            }],
        }
    }

    /// 999 draws, always the same.
    pub fn bootstrap() -> metrics::statistics::Bootstrap {
        metrics::statistics::Bootstrap::new(999, 0.95, dataset::rng::stream(1, "test")).unwrap()
    }
}
