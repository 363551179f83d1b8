//! The run that is searched from: the configuration that its manifests say was in force, and what is measured.

use artifacts::layout::{ITEMS, RATINGS, TAGS};
use artifacts::{Provenance, Sha256Hex, StageName, sha256_of_bytes, sha256_of_file};
use reruns::{Stages, config};
use serde_json::{Value as Json, json};
use stage::{Run, UsageError};

use crate::space::Space;

/// The run.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// Its data and preset.
    pub provenance: Provenance,
    /// The protocol that trials are measured under: the run's first.
    pub protocol: String,
    /// The cut of the metric, where it has one.
    pub k: Option<u32>,
    /// The level of the intervals.
    pub level: f64,
    /// In the order of [`StageName::TO_VERDICT`].
    configs: Vec<Json>,
    /// Digests of the artifacts of `split` that training ratings are read from.
    inputs: Vec<Sha256Hex>,
}

impl Base {
    /// Reads the manifests of all stages, and checks the space against them.
    ///
    /// # Errors
    /// Where a stage has not finished or does not fit those before it; [`UsageError`] where the space does not fit the run.
    pub fn read(run: &mut Run, space: &Space) -> anyhow::Result<Self> {
        run.require(&StageName::TO_VERDICT)?;
        let protocols: Vec<String> = run.upstream_config(StageName::Evaluate, "protocols")?;
        let report_k: u32 = run.upstream_config(StageName::Evaluate, "report_k")?;
        let inputs = [RATINGS, ITEMS, TAGS].into_iter().filter_map(|artifact| {
            let path = format!("{}/{}", artifact.stage.name(), artifact.file);
            run.upstream().first()?.output(&path).map(|record| record.sha256.clone())
        });
        let base = Self {
            provenance: run.provenance().clone(),
            protocol: protocols.into_iter().next().unwrap_or_default(),
            k: Some(space.k.unwrap_or(report_k)).filter(|k| *k > 0),
            level: run.upstream_config(StageName::Evaluate, "level")?,
            configs: run.upstream().iter().map(|manifest| manifest.config.clone()).collect(),
            inputs: inputs.collect(),
        };
        space.check(|stage| base.config(stage))?;
        Ok(base)
    }

    /// The configuration of `stage` in the run.
    pub fn config(&self, stage: StageName) -> Json {
        self.configs[stage as usize].clone()
    }

    /// The values of the space's keys in the run; `None` where an optional key has none.
    pub fn values(&self, space: &Space) -> Vec<Option<Json>> {
        let value = |key: &crate::space::Key| key.value_in(&self.configs[key.stage as usize]).cloned();
        space.keys.iter().map(|key| value(key).filter(|value| !value.is_null())).collect()
    }

    /// The configuration of `stage` with these values.
    pub fn config_with(&self, stage: StageName, space: &Space, values: &[Option<Json>]) -> Json {
        let mut config = self.config(stage);
        for (key, value) in space.keys.iter().zip(values).filter(|(key, _)| key.stage == stage) {
            key.set(&mut config, value.clone().unwrap_or_default());
        }
        config
    }

    /// The same as a trial runs it: on columns as they are written, and measuring nothing but what is asked for.
    pub fn trial_config(&self, stage: StageName, space: &Space, values: &[Option<Json>]) -> Json {
        let mut trial = self.config_with(stage, space, values);
        if stage == StageName::Split {
            config::name_columns_as_movielens(&mut trial);
        }
        if let (StageName::Evaluate, Json::Object(keys)) = (stage, &mut trial) {
            let k = self.k.map_or_else(|| keys.get("report_k").cloned().unwrap_or_default(), Json::from);
            let changes = [
                ("protocols", json!([self.protocol])),
                ("ks", json!([k])),
                ("report_k", k.clone()),
                ("segments", json!([])),
                ("cold_start", json!([])),
                ("trec", json!(false)),
                ("resamples", json!(100)),
            ];
            keys.extend(changes.map(|(key, value)| (key.to_owned(), value)));
        }
        trial
    }

    /// A digest of all that the trials follow from: equal trials where it is equal.
    ///
    /// # Errors
    /// [`UsageError`] where a stage's binary cannot be read.
    pub fn identity(&self, space: &Space, seed: u64, stages: &Stages) -> Result<Sha256Hex, UsageError> {
        let mut binaries = Vec::new();
        for stage in StageName::TO_VERDICT {
            let path = stages.path_of(stage.name());
            let (sha256, _) = sha256_of_file(&path)
                .map_err(|error| UsageError(format!("cannot read {}: {error}", path.display())))?;
            binaries.push(sha256);
        }
        let all = format!("{space:?}\n{seed}\n{:?}\n{:?}\n{binaries:?}", self.configs, self.inputs);
        Ok(sha256_of_bytes(all.as_bytes()))
    }
}
