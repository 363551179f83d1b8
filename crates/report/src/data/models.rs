//! The models and the main metric table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
    /// A floor or a ceiling that no recommender is, such as a constant score or the test ratings themselves. It is never the best.
    Yardstick,
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

impl ModelKind {
    /// Every kind, in the order of the legends.
    pub const ALL: [Self; 4] = [Self::Base, Self::Average, Self::Meta, Self::Yardstick];

    /// Whether a model of this kind takes part: can be the best, or win.
    pub fn competes(self) -> bool {
        self != Self::Yardstick
    }
}

impl ModelRow {
    /// The metric's value, where it is defined and finite.
    pub fn metric(&self, key: &str) -> Option<f64> {
        self.metrics.get(key).copied().flatten().filter(|value| value.is_finite())
    }
}
