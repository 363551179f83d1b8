//! Everything the page shows, as plain data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The content of a report. Values that are not finite count as absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ReportData {
    /// The data set's name, for example `ml-latest-small`.
    pub dataset: String,
    /// Whether the ratings were generated; the page and every plot say so loudly.
    pub synthetic: bool,
    /// `notebook`, `default` or a preset of the user's.
    pub preset: String,
    /// The seed of every random stream.
    pub seed: u64,
    /// Podium's version.
    pub version: String,
    /// The cut-off of the ranking metrics.
    pub k: u32,
    /// A test rating of at least this many stars is relevant.
    pub relevance_threshold: f64,
    /// How much of everything there is.
    pub counts: Counts,
    /// Where the features leak: that they do, and what it costs.
    pub leak_note: Option<String>,
    /// Each stack against its rivals, the most important comparison first: the verdict.
    pub comparisons: Vec<Comparison>,
    /// What the numbers say, the most important sentence first; shown where there are no comparisons.
    pub verdicts: Vec<String>,
    /// The metric table, in any order.
    pub models: Vec<ModelRow>,
    /// How often each rating value occurs, in any order.
    pub ratings: Vec<RatingCount>,
    /// How well probabilities are calibrated, one entry a model.
    pub reliability: Vec<ReliabilityCurve>,
    /// What the meta-models use, one entry a model.
    pub importances: Vec<Importances>,
    /// How the models learnt, one plot an entry.
    pub learning_curves: Vec<LearningCurve>,
    /// The stages' manifests in brief, in the order of the pipeline.
    pub stages: Vec<StageRun>,
    /// The effective configuration of each stage, in the order of the pipeline.
    pub configs: Vec<StageConfig>,
    /// The commands that make this report again.
    pub rerun: Vec<Command>,
}

/// Counts of the data, the split and the evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Distinct users with a rating.
    pub users: u64,
    /// Distinct items with a rating.
    pub items: u64,
    /// All ratings.
    pub ratings: u64,
    /// Ratings that the base recommenders are fitted on.
    pub base_train: u64,
    /// Ratings that the meta-models are fitted on.
    pub meta_train: u64,
    /// Ratings that the models are measured on.
    pub test: u64,
    /// The share of all ratings that are relevant, in [0, 1].
    pub relevant_share: f64,
    /// Users with a relevant test item: the metrics are means over these.
    pub users_evaluated: u64,
    /// Users with test items of whom none is relevant; left out.
    pub users_left_out: u64,
}

/// What a model is in the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// A base recommender.
    Base,
    /// The plain average of the base recommenders.
    Average,
    /// A meta-model.
    Meta,
}

/// One row of the metric table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRow {
    /// The model's name as it stands in every table.
    pub model: String,
    /// Its place in the stack.
    pub kind: ModelKind,
    /// Metric key (see [`crate::metric`]) -> value; `None` or no entry where the metric is not defined for the model.
    pub metrics: BTreeMap<String, Option<f64>>,
}

impl ModelRow {
    /// The metric's value, where it is defined and finite.
    pub fn metric(&self, key: &str) -> Option<f64> {
        self.metrics.get(key).copied().flatten().filter(|value| value.is_finite())
    }
}

/// A stack against a rival, user by user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The stack's name.
    pub stack: String,
    /// The rival's name.
    pub rival: String,
    /// What the rival is to the stack, for example `its best base model`.
    pub role: String,
    /// By which metric (its key, see [`crate::metric`]).
    pub metric: String,
    /// The mean over users of the stack's value minus the rival's.
    pub difference: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The level of the interval, in (0, 1).
    pub level: f64,
    /// The two-sided p-value, corrected for all comparisons (Holm).
    pub p_holm: f64,
    /// The same in words.
    pub sentence: String,
}

/// What a part of a preset, a base model or a feature group, adds to a stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The stack's name.
    pub stack: String,
    /// The part's name.
    pub part: String,
    /// Whether the preset has it.
    pub is_part: bool,
    /// By which metric (its key, see [`crate::metric`]).
    pub metric: String,
    /// The metric with the part less without it: the lower end of the interval, the mean, the upper end. `None` where it is not known.
    pub adds: Option<[f64; 3]>,
    /// The two-sided p-value of no difference, corrected for all parts (Holm).
    pub p_holm: f64,
}

/// How often predictions come true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityCurve {
    /// The model's name.
    pub model: String,
    /// Its expected calibration error, in [0, 1].
    pub ece: f64,
    /// One point a bin, in any order.
    pub points: Vec<ReliabilityPoint>,
}

/// Rows of similar probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityPoint {
    /// Their mean predicted probability, in [0, 1].
    pub predicted: f64,
    /// The share of relevant ones, in [0, 1].
    pub relevant: f64,
    /// How many they are.
    pub count: u64,
}

/// One bar of the rating distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RatingCount {
    /// The rating, in stars.
    pub value: f64,
    /// How many ratings have it.
    pub count: u64,
}

/// What one model uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Importances {
    /// The model's name.
    pub model: String,
    /// What the values are, for example `share of gain` or `standardised coefficient`.
    pub measure: String,
    /// Feature -> value, in any order; may be negative.
    pub features: Vec<(String, f64)>,
}

/// How a model learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LearningCurve {
    /// The plot is called `<key>-learning-curve`; `mf` and `gb` in this pipeline.
    pub key: String,
    /// The model's name.
    pub model: String,
    /// What is counted along x, for example `epoch`.
    pub x_label: String,
    /// What is measured, for example `RMSE`.
    pub y_label: String,
    /// The curves, at most four.
    pub series: Vec<Series>,
    /// The loss is lower where the model is better.
    pub lower_is_better: bool,
}

/// One curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// On what it was measured, for example `base_train`.
    pub name: String,
    /// Whether the model was not fitted on it.
    pub held_out: bool,
    /// (x, y), ascending in x.
    pub points: Vec<(f64, f64)>,
}

/// A stage's manifest in brief.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageRun {
    /// The stage's name.
    pub stage: String,
    /// The version that ran.
    pub version: String,
    /// Wall time, in seconds.
    pub wall_seconds: f64,
    /// Peak resident memory, in bytes; `None` where the system does not tell.
    pub peak_memory_bytes: Option<u64>,
    /// Rows of all inputs.
    pub rows_read: u64,
    /// Rows of all outputs.
    pub rows_written: u64,
}

/// The effective configuration of one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageConfig {
    /// The stage's name.
    pub stage: String,
    /// Every key with the value that was in force.
    pub toml: String,
}

/// Something to type into a shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// What it is for, for example `Everything, from the raw files`.
    pub purpose: String,
    /// The command line.
    pub command: String,
}
