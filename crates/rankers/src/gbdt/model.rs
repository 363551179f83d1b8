//! A fitted booster.

use serde::{Deserialize, Serialize};

use super::learning_curve::LearningCurve;
use super::tree::Tree;
use crate::ModelError;
use crate::logistic::LogisticModel;
use crate::objective::ObjectiveKind;

/// A sum of trees over named features: raw score = initial score + log-odds of the start, where there is one + one leaf of each tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GbdtModel {
    pub(super) feature_names: Vec<String>,
    pub(super) feature_ranges: Vec<Option<[f64; 2]>>,
    pub(super) objective: ObjectiveKind,
    pub(super) learning_rate: f64,
    pub(super) init_score: f64,
    pub(super) trees: Vec<Tree>,
    pub(super) learning_curve: LearningCurve,
    pub(super) start: Option<LogisticModel>,
}

impl GbdtModel {
    /// A model that was fitted elsewhere; not validated yet.
    pub(crate) fn given(
        feature_names: Vec<String>,
        feature_ranges: Vec<Option<[f64; 2]>>,
        objective: ObjectiveKind,
        learning_rate: f64,
        trees: Vec<Tree>,
        start: Option<LogisticModel>,
    ) -> Self {
        let learning_curve = LearningCurve::default();
        Self {
            feature_names,
            feature_ranges,
            objective,
            learning_rate,
            init_score: 0.0,
            trees,
            learning_curve,
            start,
        }
    }

    /// The features, in column order.
    pub fn feature_names(&self) -> &[String] {
        &self.feature_names
    }

    /// Smallest and largest value of each feature in the rows that its bins were taken from; `None` where all were missing.
    pub fn feature_ranges(&self) -> &[Option<[f64; 2]>] {
        &self.feature_ranges
    }

    /// What was minimised.
    pub fn objective(&self) -> ObjectiveKind {
        self.objective
    }

    /// What leaf values were multiplied by (it is in them).
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    /// The raw score before the first tree; 0 where there is a [`GbdtModel::start`].
    pub fn init_score(&self) -> f64 {
        self.init_score
    }

    /// The model whose log-odds boosting started from; it is part of every score.
    pub fn start(&self) -> Option<&LogisticModel> {
        self.start.as_ref()
    }

    /// The trees, in the order of fitting; after early stopping, those up to the best.
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// The loss tree by tree, those that early stopping dropped included.
    pub fn learning_curve(&self) -> &LearningCurve {
        &self.learning_curve
    }

    /// Whether all parts fit together and all numbers are finite: what must be asked of a model that came from a file.
    ///
    /// # Errors
    /// [`ModelError::Inconsistent`] that says what is wrong and in which tree.
    pub fn validate(&self) -> Result<(), ModelError> {
        let n_features = self.feature_names.len();
        ModelError::unless(self.feature_ranges.len() == n_features, || {
            format!("{n_features} features, {} ranges", self.feature_ranges.len())
        })?;
        let ranges = self.feature_ranges.iter().flatten().flatten();
        let finite = ranges.chain([&self.init_score, &self.learning_rate]).all(|x| x.is_finite());
        ModelError::unless(finite, || "a number is not finite".to_owned())?;
        if let Some(start) = &self.start {
            start.validate()?;
            ModelError::check_names(&self.feature_names, start.feature_names())?;
        }
        for (index, tree) in self.trees.iter().enumerate() {
            tree.validate(n_features).map_err(|error| error.in_tree(index))?;
        }
        Ok(())
    }
}
