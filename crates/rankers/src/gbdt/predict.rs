//! Scores of many rows.

use rayon::prelude::*;

use super::model::GbdtModel;
use super::tree::Tree;
use crate::{FeatureMatrix, ModelError};

/// How many rows go through all trees together: their features stay in the nearest cache.
const BLOCK_ROWS: usize = 256;

impl GbdtModel {
    /// The raw scores (log-odds for a log-loss), row by row.
    ///
    /// # Errors
    /// Where the matrix has other features than the model, or the model is inconsistent.
    pub fn predict_raw(&self, features: &FeatureMatrix) -> Result<Vec<f64>, ModelError> {
        self.validate()?;
        ModelError::check_names(&self.feature_names, features.names())?;
        let mut scores = vec![self.init_score; features.n_rows()];
        if features.n_features() == 0 {
            return Ok(scores);
        }
        scores.par_chunks_mut(BLOCK_ROWS).enumerate().for_each_init(Vec::new, |rows, (block, scores)| {
            let start = block * BLOCK_ROWS;
            features.copy_rows(start..start + scores.len(), rows);
            for tree in &self.trees {
                for (score, row) in scores.iter_mut().zip(rows.chunks_exact(features.n_features())) {
                    *score += tree.value(row);
                }
            }
        });
        Ok(scores)
    }

    /// What the scores predict, row by row: the probability of label 1, or the mean label.
    ///
    /// # Errors
    /// As [`GbdtModel::predict_raw`].
    pub fn predict(&self, features: &FeatureMatrix) -> Result<Vec<f64>, ModelError> {
        let mut scores = self.predict_raw(features)?;
        scores.par_iter_mut().for_each(|score| *score = self.objective.predicted(*score));
        Ok(scores)
    }
}

impl Tree {
    /// The value for one row. The tree is valid and the row has all its features.
    fn value(&self, row: &[f64]) -> f64 {
        let mut node = self.root();
        while let Ok(at) = usize::try_from(node) {
            let split = &self.splits[at];
            let value = row[split.feature as usize];
            let left = value <= split.threshold || (split.default_left && value.is_nan());
            node = if left { split.left } else { split.right };
        }
        self.leaves[(-1 - node) as usize].value
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::two_splits;

    #[test]
    fn a_row_ends_in_its_leaf() {
        let tree = two_splits();
        let nan = f64::NAN;
        assert_eq!(tree.value(&[1.0, 9.0]), -0.5);
        assert_eq!(tree.value(&[1.5, 2.5]), 0.25);
        assert_eq!(tree.value(&[nan, 3.0]), 1.0); // missing goes right at the root
        assert_eq!(tree.value(&[2.0, nan]), 0.25); // and left below it
    }
}
