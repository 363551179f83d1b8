//! One model's scores.

use serde::Serialize;

/// One model's scores of some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The name in every table.
    pub name: String,
    /// Its place in the stack.
    pub kind: ModelKind,
    /// What the scores are.
    pub scale: Scale,
    /// One score a row, higher is better; NaN where the model does not rank the row.
    pub scores: Vec<f64>,
}

/// A model's place in the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// A base recommender.
    Base,
    /// The plain average of some of them.
    Average,
    /// A meta-model.
    Meta,
    /// A floor or a ceiling that no recommender is.
    Yardstick,
}

/// What a score is, and so which errors of it can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// An estimate of the rating, in stars.
    Stars,
    /// An estimate of the chance that the item is relevant.
    Probability,
    /// Good for ordering only.
    Order,
}
