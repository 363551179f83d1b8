//! What features contribute to the scores of single rows.

use serde::{Deserialize, Serialize};

/// What the features of some rows contribute to a model's raw scores (SHAP).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    /// The model's name.
    pub model: String,
    /// What a raw score is, for example `log-odds`.
    pub unit: String,
    /// Whether a feature's contribution is a straight line in its value.
    pub is_linear: bool,
    /// How many features the model has: those below, and others that contribute less.
    pub n_features: usize,
    /// In any order.
    pub features: Vec<ExplainedFeature>,
}

/// One feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExplainedFeature {
    /// Its name.
    pub name: String,
    /// Its value, `None` where it is missing, and what that contributes: one entry a row, the rows of all features in one order.
    pub rows: Vec<(Option<f64>, f64)>,
}

impl ExplainedFeature {
    /// The mean size of what it contributes; 0 without rows.
    pub fn mean_size(&self) -> f64 {
        self.rows.iter().map(|(_, contribution)| contribution.abs()).sum::<f64>()
            / self.rows.len().max(1) as f64
    }
}

impl Explained {
    /// The features, those that contribute most first; those with a number that is none are left out.
    pub fn strongest(&self) -> Vec<&ExplainedFeature> {
        let sized = self.features.iter().map(|of| (of.mean_size(), of));
        let mut features: Vec<(f64, &ExplainedFeature)> =
            sized.filter(|(size, of)| !of.rows.is_empty() && size.is_finite()).collect();
        features
            .sort_by(|(one, of), (other, than)| other.total_cmp(one).then_with(|| of.name.cmp(&than.name)));
        features.into_iter().map(|(_, of)| of).collect()
    }
}
