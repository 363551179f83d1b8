//! Scores of many rows.

use rayon::prelude::*;

use super::model::GbdtModel;
use super::tree::Tree;
use crate::{FeatureMatrix, ModelError};

/// How many rows go through all trees together: their features stay in the nearest cache.
const BLOCK_ROWS: usize = 256;

/// How many rows go down a tree together.
const LOCKSTEP: usize = 8;

/// After so many steps it pays to look whether all of them have arrived.
const STEPS_PER_LOOK: usize = 8;

impl GbdtModel {
    /// The raw scores (log-odds for a log-loss), row by row.
    ///
    /// # Errors
    /// Where the matrix has other features than the model, or the model is inconsistent.
    pub fn predict_raw(&self, features: &FeatureMatrix) -> Result<Vec<f64>, ModelError> {
        self.validate()?;
        ModelError::check_names(&self.feature_names, features.names())?;
        let mut scores = match &self.start {
            Some(start) => start.predict_raw(features)?,
            None => vec![self.init_score; features.n_rows()],
        };
        let n_features = features.n_features();
        if n_features == 0 {
            return Ok(scores);
        }
        let trees: Vec<Descent> = self.trees.iter().map(Descent::new).collect();
        scores.par_chunks_mut(BLOCK_ROWS).enumerate().for_each_init(Vec::new, |rows, (block, scores)| {
            let start = block * BLOCK_ROWS;
            features.copy_rows(start..start + scores.len(), rows);
            for tree in &trees {
                for (scores, rows) in scores.chunks_mut(LOCKSTEP).zip(rows.chunks(LOCKSTEP * n_features)) {
                    tree.add(rows, n_features, scores);
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

/// A split as scoring needs it.
#[derive(Debug, Clone, Copy)]
struct Test {
    threshold: f64,
    feature: u32,
    default_left: bool,
    /// Where to go next, right before left; a leaf is its own successor.
    next: [u32; 2],
}

/// A tree laid out for scoring: tests, then leaves, which are tests that lead to themselves. So many rows can go down `depth` steps in
/// lockstep, and nothing hangs on a branch that the processor has to guess.
#[derive(Debug)]
struct Descent {
    tests: Vec<Test>,
    values: Vec<f64>,
    depth: usize,
}

impl Descent {
    fn new(tree: &Tree) -> Self {
        let n_splits = tree.splits.len();
        let place = |child: i32| usize::try_from(child).unwrap_or(n_splits + (-1 - child) as usize) as u32;
        let splits = tree.splits.iter().map(|split| Test {
            threshold: split.threshold,
            feature: split.feature,
            default_left: split.default_left,
            next: [place(split.right), place(split.left)],
        });
        let leaves = (0..tree.leaves.len()).map(|leaf| Test {
            threshold: 0.0,
            feature: 0,
            default_left: false,
            next: [(n_splits + leaf) as u32; 2],
        });
        Self {
            tests: splits.chain(leaves).collect(),
            values: tree.leaves.iter().map(|leaf| leaf.value).collect(),
            depth: tree.depth(),
        }
    }

    /// The values of `LOCKSTEP` rows of `n_features` numbers each, added to their scores.
    #[inline]
    fn add(&self, rows: &[f64], n_features: usize, scores: &mut [f64]) {
        let n_splits = self.tests.len() - self.values.len();
        let mut at = [0u32; LOCKSTEP];
        let mut steps_left = self.depth;
        while steps_left > 0 {
            let steps = steps_left.min(STEPS_PER_LOOK);
            for _ in 0..steps {
                for (at, row) in at.iter_mut().zip(rows.chunks_exact(n_features)) {
                    let test = self.tests[*at as usize];
                    let value = row[test.feature as usize];
                    let left = (value <= test.threshold) | (test.default_left & value.is_nan());
                    *at = test.next[usize::from(left)];
                }
            }
            steps_left -= steps;
            // In a lopsided tree, most rows arrive long before its last level.
            if at.iter().all(|&at| at as usize >= n_splits) {
                break;
            }
        }
        for (score, at) in scores.iter_mut().zip(at) {
            *score += self.values[at as usize - n_splits];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::two_splits;
    use super::*;

    #[test]
    fn a_row_ends_in_its_leaf() {
        let nan = f64::NAN;
        // Fewer rows than go in lockstep. Missing goes right at the root and left below it.
        let rows = [1.0, 9.0, 1.5, 2.5, nan, 3.0, 2.0, nan];
        let mut scores = [10.0; 4];
        Descent::new(&two_splits()).add(&rows, 2, &mut scores);
        assert_eq!(scores, [9.5, 10.25, 11.0, 10.25]);
    }

    #[test]
    fn a_tree_without_splits_is_its_leaf() {
        let mut tree = two_splits();
        tree.splits.clear();
        tree.leaves.truncate(1);
        let mut scores = [1.0, 2.0];
        Descent::new(&tree).add(&[0.0, 0.0], 1, &mut scores);
        assert_eq!(scores, [0.5, 1.5]);
    }
}
