//! The hyper-parameters of `build-features`.

use dataset::split::Part;
use features::FeatureGroupKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stage::UsageError;

/// The ratings that user and item statistics are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatisticsFrom {
    /// Those of `base_train` alone: nothing leaks.
    BaseTrain,
    /// Those of `base_train` and `meta_train`, as the reference does: **leaks** each `meta_train` row's own rating into its features.
    Training,
}

impl StatisticsFrom {
    /// Whether ratings of `part` are counted.
    pub fn includes(self, part: Part) -> bool {
        match part {
            Part::BaseTrain => true,
            Part::MetaTrain => self == Self::Training,
            Part::Test => false,
        }
    }
}

/// The keys of `build-features.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// From this rating on, in stars, an item is relevant: its label is 1.
    pub relevant_from: f64,
    /// The ratings that user and item statistics are taken from; `training` leaks.
    pub statistics_from: StatisticsFrom,
    /// The feature groups to compute.
    pub groups: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            relevant_from: 4.0,
            statistics_from: StatisticsFrom::BaseTrain,
            groups: FeatureGroupKind::ALL.iter().map(|kind| kind.name().to_owned()).collect(),
        }
    }
}

impl Config {
    /// The feature groups.
    ///
    /// # Errors
    /// [`UsageError`] for an unknown or missing group, or a threshold that is not a number.
    pub fn check(&self) -> Result<Vec<FeatureGroupKind>, UsageError> {
        if !self.relevant_from.is_finite() {
            return Err(UsageError(format!("relevant_from is {}, expected a number", self.relevant_from)));
        }
        if self.groups.is_empty() {
            return Err(UsageError("groups is empty, expected at least one feature group".to_owned()));
        }
        let kind = |name: &String| FeatureGroupKind::from_name(name);
        self.groups.iter().map(kind).collect::<Result<_, _>>().map_err(|error| UsageError(error.to_string()))
    }
}
