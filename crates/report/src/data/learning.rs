//! What models learnt and how far they can be believed.

use serde::{Deserialize, Serialize};

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
