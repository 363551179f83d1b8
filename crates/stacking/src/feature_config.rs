//! The hyper-parameters of the features.

use dataset::split::Part;
use features::FeatureGroupKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Round;

/// The ratings that user and item statistics are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatisticsFrom {
    /// Those that the base models of the row's round saw: nothing leaks.
    Known,
    /// All training ratings, as the reference does: **leaks** each training row's own rating into its features.
    Training,
}

/// The keys of `build-features.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FeatureConfig {
    /// From this rating on, in stars, an item is relevant: its label is 1.
    pub relevant_from: f64,
    /// The ratings that user and item statistics are taken from: those that the base models of the row saw, or all training ratings, which
    /// leaks.
    pub statistics_from: StatisticsFrom,
    /// Of each row, take only ratings before the row's time.
    pub earlier_only: bool,
    /// The feature groups to compute.
    pub groups: Vec<String>,
}

impl Default for FeatureConfig {
    fn default() -> Self {
        Self {
            relevant_from: 4.0,
            statistics_from: StatisticsFrom::Known,
            earlier_only: false,
            groups: FeatureGroupKind::ALL.iter().map(|kind| kind.name().to_owned()).collect(),
        }
    }
}

/// A value out of its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FeatureConfigError(String);

impl FeatureConfigError {
    pub(crate) fn new(problem: &str) -> Self {
        Self(problem.to_owned())
    }
}

/// The same, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureSetup {
    pub(crate) relevant_from: f64,
    pub(crate) statistics_from: StatisticsFrom,
    pub(crate) earlier_only: bool,
    pub(crate) groups: Vec<FeatureGroupKind>,
}

impl FeatureConfig {
    /// # Errors
    /// [`FeatureConfigError`] for an unknown or missing group, or a threshold that is not a number.
    pub fn check(&self) -> Result<FeatureSetup, FeatureConfigError> {
        if !self.relevant_from.is_finite() {
            let problem = format!("relevant_from is {}, expected a number", self.relevant_from);
            return Err(FeatureConfigError(problem));
        }
        if self.groups.is_empty() {
            return Err(FeatureConfigError(
                "groups is empty, expected at least one feature group".to_owned(),
            ));
        }
        let kind = |name: &String| FeatureGroupKind::from_name(name);
        let groups = self.groups.iter().map(kind).collect::<Result<_, _>>();
        Ok(FeatureSetup {
            relevant_from: self.relevant_from,
            statistics_from: self.statistics_from,
            earlier_only: self.earlier_only,
            groups: groups.map_err(|error| FeatureConfigError(error.to_string()))?,
        })
    }
}

impl FeatureSetup {
    /// Whether a rating of this many stars is relevant.
    pub fn is_relevant(&self, stars: f32) -> bool {
        f64::from(stars) >= self.relevant_from
    }

    /// Whether a trend is kept of each item's ratings.
    pub fn has_item_trend(&self) -> bool {
        self.groups.contains(&FeatureGroupKind::ItemTrend)
    }

    /// For each rating, whether the statistics of the rows of `round` may be taken from it.
    pub(crate) fn known(&self, round: &Round, parts: &[Part]) -> Vec<bool> {
        match self.statistics_from {
            StatisticsFrom::Known => round.known.clone(),
            StatisticsFrom::Training => parts.iter().map(|&part| part != Part::Test).collect(),
        }
    }
}
