//! The configuration of the run: what its manifests say was in force, flags included, and the same with one thing changed.

use artifacts::Error;
use serde_json::Value as Json;
use stage::{Run, StageName, UsageError};

use crate::variants::{Kind, Variant};

/// The configurations of all stages of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Configs {
    /// In the order of [`StageName::TO_VERDICT`].
    of_stages: Vec<(StageName, Json)>,
    models: Vec<String>,
    groups: Vec<String>,
    meta_models: Vec<String>,
    k: u32,
    level: f64,
}

impl Configs {
    /// Reads the manifests of all stages.
    ///
    /// # Errors
    /// Where a stage has not finished, or its manifest does not fit those before it.
    pub fn read(run: &mut Run) -> Result<Self, Error> {
        run.require(&StageName::TO_VERDICT)?;
        Ok(Self {
            of_stages: run
                .upstream()
                .iter()
                .map(|manifest| (manifest.stage, manifest.config.clone()))
                .collect(),
            models: run.upstream_config(StageName::TrainBase, "models")?,
            groups: run.upstream_config(StageName::BuildFeatures, "groups")?,
            meta_models: run.upstream_config(StageName::TrainMeta, "models")?,
            k: run.upstream_config(StageName::Evaluate, "report_k")?,
            level: run.upstream_config(StageName::Evaluate, "level")?,
        })
    }

    /// The base models of the preset.
    pub fn models(&self) -> &[String] {
        &self.models
    }

    /// The feature groups of the preset.
    pub fn groups(&self) -> &[String] {
        &self.groups
    }

    /// The keys of the meta-models of the preset.
    pub fn meta_models(&self) -> &[String] {
        &self.meta_models
    }

    /// The cut of the comparison.
    pub fn k(&self) -> u32 {
        self.k
    }

    /// The level of the intervals.
    pub fn level(&self) -> f64 {
        self.level
    }

    /// The configuration file of `stage`, with the change of `variant`.
    ///
    /// # Errors
    /// [`UsageError`] where a value cannot be said in TOML.
    pub fn toml(&self, stage: StageName, variant: Option<&Variant>) -> Result<String, UsageError> {
        let found = self.of_stages.iter().find(|(of, _)| *of == stage);
        let mut config = found.map(|(_, config)| config.clone()).unwrap_or_default();
        if stage == StageName::Split {
            reruns::config::name_columns_as_movielens(&mut config);
        }
        if let Json::Object(keys) = &mut config {
            match (stage, variant) {
                (StageName::TrainBase, Some(variant)) => {
                    keys.insert("models".to_owned(), variant.apply(Kind::BaseModel, &self.models).into());
                }
                (StageName::BuildFeatures, Some(variant)) => {
                    keys.insert("groups".to_owned(), variant.apply(Kind::FeatureGroup, &self.groups).into());
                }
                _ => {}
            }
        }
        reruns::config::to_toml(stage, config)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::variants::Change;

    fn configs() -> Configs {
        let split = json!({"folds": 5, "user_column": "listener", "test_fraction": 0.2});
        let base = json!({"mf": {"factors": 30, "patience": null}, "models": ["bias", "mf"]});
        Configs {
            of_stages: vec![(StageName::Split, split), (StageName::TrainBase, base)],
            models: vec!["bias".to_owned(), "mf".to_owned()],
            groups: vec!["base_scores".to_owned()],
            meta_models: vec!["gb".to_owned()],
            k: 10,
            level: 0.95,
        }
    }

    #[test]
    fn a_variant_changes_the_list_of_its_kind_and_nothing_else() {
        let variant = |kind| Variant::of(Change::Without, kind, "mf");
        let of = |variant: Option<&Variant>| -> toml::Table {
            configs().toml(StageName::TrainBase, variant).unwrap().parse().unwrap()
        };
        let full = of(None);
        assert_eq!(full["models"].as_array().unwrap().len(), 2);
        assert_eq!(full["mf"].as_table().unwrap().keys().collect::<Vec<_>>(), ["factors"]);
        assert_eq!(of(Some(&variant(Kind::FeatureGroup))), full);
        let without = of(Some(&variant(Kind::BaseModel)));
        assert_eq!(without["models"].as_array().unwrap(), &["bias".into()]);
        assert_eq!(without["mf"], full["mf"]);
    }
}
