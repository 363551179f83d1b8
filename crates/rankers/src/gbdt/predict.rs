//! Scores of many rows.

use fearless_simd::Level;
use rayon::prelude::*;

use super::byte_tree::{Answers, BLOCK_ROWS, Block, ByteTree, MAX_LEAVES};
use super::cuts::{Cuts, MAX_CUTS};
use super::descent::Descent;
use super::model::GbdtModel;
use super::partition::BinTest;
use super::tree::Split;
use crate::{FeatureMatrix, ModelError};

/// How many blocks of rows one task scores.
const BLOCKS_PER_TASK: usize = 8;

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
        match ByteTrees::of(self) {
            Some(trees) => trees.add(features, &mut scores),
            None => self.descend(features, &mut scores),
        }
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

    /// Scores rows one tree after the other, whatever the trees.
    fn descend(&self, features: &FeatureMatrix, scores: &mut [f64]) {
        let trees: Vec<Descent> = self.trees.iter().map(Descent::new).collect();
        scores.par_chunks_mut(BLOCK_ROWS).enumerate().for_each_init(Vec::new, |rows, (block, scores)| {
            let start = block * BLOCK_ROWS;
            features.copy_rows(start..start + scores.len(), rows);
            for tree in &trees {
                tree.add(rows, features.n_features(), scores);
            }
        });
    }
}

/// A model whose tests are on bytes: a value's byte is the number of the feature's thresholds below it.
struct ByteTrees {
    /// By feature; `None` where no split is on it.
    cuts: Vec<Option<Cuts>>,
    trees: Vec<ByteTree>,
    max_leaves: usize,
}

impl ByteTrees {
    /// `None` where a tree has too many leaves or a feature too many thresholds; those of one fit never have too many thresholds.
    fn of(model: &GbdtModel) -> Option<Self> {
        let max_leaves = model.trees.iter().map(|tree| tree.leaves.len()).max().unwrap_or(0);
        if max_leaves > MAX_LEAVES {
            return None;
        }
        let mut thresholds: Vec<Vec<f64>> = vec![Vec::new(); model.feature_names.len()];
        for split in model.trees.iter().flat_map(|tree| &tree.splits) {
            thresholds[split.feature as usize].push(split.threshold);
        }
        for thresholds in &mut thresholds {
            thresholds.sort_unstable_by(f64::total_cmp);
            thresholds.dedup();
            // Beyond the largest number there are no values.
            if thresholds.iter().filter(|&&threshold| threshold < f64::MAX).count() > MAX_CUTS {
                return None;
            }
        }
        let test = |split: &Split| {
            let last_left = thresholds[split.feature as usize].partition_point(|&cut| cut < split.threshold);
            BinTest::new(split.feature, last_left as u8, split.default_left)
        };
        let byte_tree = |tree: &super::Tree| ByteTree::new(tree, tree.splits.iter().map(test), max_leaves);
        let trees = model.trees.iter().map(byte_tree).collect();
        let cuts = |cuts: &Vec<f64>| (!cuts.is_empty()).then(|| Cuts::new(cuts));
        Some(Self { cuts: thresholds.iter().map(cuts).collect(), trees, max_leaves })
    }

    /// Adds the trees, in their order, to the scores of these rows.
    fn add(&self, features: &FeatureMatrix, scores: &mut [f64]) {
        let level = Level::new();
        let memory = || (vec![[0; BLOCK_ROWS]; self.cuts.len()], Answers::new(self.max_leaves));
        scores.par_chunks_mut(BLOCK_ROWS * BLOCKS_PER_TASK).enumerate().for_each_init(
            memory,
            |(columns, answers): &mut (Vec<Block>, Answers), (task, scores)| {
                for (at, scores) in scores.chunks_mut(BLOCK_ROWS).enumerate() {
                    let first = (task * BLOCKS_PER_TASK + at) * BLOCK_ROWS;
                    let rows = first..first + scores.len();
                    for (feature, (cuts, bytes)) in self.cuts.iter().zip(&mut *columns).enumerate() {
                        if let Some(cuts) = cuts {
                            cuts.places(&features.column(feature)[rows.clone()], &mut bytes[..scores.len()]);
                        }
                    }
                    for tree in &self.trees {
                        tree.add(level, |feature| &columns[feature], answers, 0, scores);
                    }
                }
            },
        );
    }
}
