//! One regression tree.

use serde::{Deserialize, Serialize};

use crate::ModelError;

/// An inner node: rows whose `feature` is at most `threshold` go left, the others right, and missing values where `default_left` says.
///
/// A child of 0 or more is the split of that index, a negative one the leaf `-1 - child`, as in `LightGBM`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Index of the feature.
    pub feature: u32,
    /// Goes left up to here; finite.
    pub threshold: f64,
    /// Whether missing values go left.
    pub default_left: bool,
    /// Child for what goes left.
    pub left: i32,
    /// Child for what goes right.
    pub right: i32,
    /// What the split gained, in the criterion's unit.
    pub gain: f64,
    /// The value that the node would have as a leaf.
    pub value: f64,
    /// Sum of second derivatives of the training rows here.
    pub weight: f64,
    /// How many training rows came here.
    pub n_rows: u32,
}

/// An end of the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leaf {
    /// What it adds to the raw score; the learning rate is in it.
    pub value: f64,
    /// Sum of second derivatives of the training rows here.
    pub weight: f64,
    /// How many training rows came here.
    pub n_rows: u32,
}

/// A binary tree; split 0 is the root, or leaf 0 where there is no split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// Inner nodes; children come after their parents.
    pub splits: Vec<Split>,
    /// Leaves: one more than splits.
    pub leaves: Vec<Leaf>,
}

/// The child number of a leaf.
pub(crate) fn leaf_child(leaf: usize) -> i32 {
    -1 - leaf as i32
}

impl Tree {
    /// A tree of one leaf.
    pub(crate) fn constant(value: f64) -> Self {
        Self { splits: Vec::new(), leaves: vec![Leaf { value, weight: 0.0, n_rows: 0 }] }
    }

    /// Where a child stands in a list of the splits and, after them, the leaves.
    pub(crate) fn node_of(&self, child: i32) -> usize {
        usize::try_from(child).unwrap_or_else(|_| self.splits.len() + (-1 - child) as usize)
    }

    /// The child number of the root.
    pub(crate) fn root(&self) -> i32 {
        if self.splits.is_empty() { leaf_child(0) } else { 0 }
    }

    /// The longest way from the root to a leaf, in splits.
    pub fn depth(&self) -> usize {
        let mut depths = vec![1; self.splits.len()];
        for (at, split) in self.splits.iter().enumerate() {
            for child in [split.left, split.right] {
                if let Some(depth) = usize::try_from(child).ok().and_then(|child| depths.get(child).copied())
                {
                    depths[child as usize] = depth.max(depths[at] + 1);
                }
            }
        }
        depths.into_iter().max().unwrap_or(0)
    }

    /// Whether this is a tree over `n_features` features with finite numbers: every split but the root and every leaf is the child of exactly one
    /// split, which stands before it.
    ///
    /// # Errors
    /// [`ModelError::Inconsistent`] that says what is wrong.
    pub fn validate(&self, n_features: usize) -> Result<(), ModelError> {
        let (n_splits, n_leaves) = (self.splits.len(), self.leaves.len());
        ModelError::unless(n_leaves == n_splits + 1 && i32::try_from(n_leaves).is_ok(), || {
            format!("a tree has {n_splits} splits and {n_leaves} leaves")
        })?;
        let mut split_seen = vec![false; n_splits];
        let mut leaf_seen = vec![false; n_leaves];
        for (at, split) in self.splits.iter().enumerate() {
            ModelError::unless((split.feature as usize) < n_features, || {
                format!("split {at} is on feature {} of {n_features}", split.feature)
            })?;
            let numbers = [split.threshold, split.gain, split.value, split.weight];
            ModelError::unless(numbers.iter().all(|x| x.is_finite()), || {
                format!("split {at} is not finite")
            })?;
            for child in [split.left, split.right] {
                let seen = match usize::try_from(child) {
                    Ok(split) => split_seen.get_mut(split).filter(|_| split > at),
                    Err(_) => leaf_seen.get_mut((-1 - child) as usize),
                };
                let Some(seen @ false) = seen else {
                    return Err(ModelError::Inconsistent {
                        what: format!("split {at} has the child {child}"),
                    });
                };
                *seen = true;
            }
        }
        // 2 n children, all different, are the n - 1 splits below the root and the n + 1 leaves: nothing is left over.
        let finite = self.leaves.iter().all(|leaf| leaf.value.is_finite() && leaf.weight.is_finite());
        ModelError::unless(finite, || "a leaf is not finite".to_owned())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A tree of two splits: `f0 <= 1`, then on the right `f1 <= 2.5` with missing values left.
    pub fn two_splits() -> Tree {
        let split = |feature, threshold, default_left, left, right| Split {
            feature,
            threshold,
            default_left,
            left,
            right,
            gain: 4.0,
            value: 0.5,
            weight: 2.5,
            n_rows: 10,
        };
        let leaf = |value| Leaf { value, weight: 1.25, n_rows: 5 };
        Tree {
            splits: vec![split(0, 1.0, false, -1, 1), split(1, 2.5, true, -2, -3)],
            leaves: vec![leaf(-0.5), leaf(0.25), leaf(1.0)],
        }
    }

    #[test]
    fn a_good_tree_is_valid() {
        let tree = two_splits();
        assert_eq!(tree.validate(2), Ok(()));
        assert_eq!(tree.depth(), 2);
        let stump = Tree { splits: vec![], leaves: tree.leaves[..1].to_vec() };
        assert_eq!((stump.validate(0), stump.depth()), (Ok(()), 0));
    }

    #[test]
    fn broken_trees_are_told() {
        let message = |change: fn(&mut Tree)| {
            let mut tree = two_splits();
            change(&mut tree);
            tree.validate(2).unwrap_err().to_string()
        };
        let with = |what| format!("the model is inconsistent: {what}; fit it again");
        assert_eq!(message(|tree| tree.splits[1].right = 0), with("split 1 has the child 0")); // a cycle
        assert_eq!(message(|tree| tree.splits[1].right = -2), with("split 1 has the child -2")); // a leaf twice
        assert_eq!(
            message(|tree| tree.splits[1].right = i32::MIN),
            with("split 1 has the child -2147483648")
        );
        assert_eq!(message(|tree| tree.splits[0].feature = 2), with("split 0 is on feature 2 of 2"));
        assert_eq!(message(|tree| tree.leaves[0].value = f64::NAN), with("a leaf is not finite"));
        assert_eq!(message(|tree| tree.leaves.clear()), with("a tree has 2 splits and 0 leaves"));
    }
}
