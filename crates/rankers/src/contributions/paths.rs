//! The ways from a tree's root to its leaves, as conditions on features.

use crate::ModelError;
use crate::gbdt::{Split, Tree};

/// What all splits of a path on one feature ask of it together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Condition {
    /// Values must be above this,
    above: f64,
    /// and at most this.
    up_to: f64,
    /// The feature's index.
    pub feature: u32,
    /// Whether a missing value meets it.
    missing: bool,
}

impl Condition {
    /// Sets `bit` for each of some rows that meets it; `column` has the feature's value of each.
    #[inline]
    pub fn mark(&self, column: &[f64], bit: u64, outcomes: &mut [u64]) {
        // Without branches, and in words as long as the values: these loops become vector instructions.
        if self.missing {
            for (outcome, &x) in outcomes.iter_mut().zip(column) {
                let holds = u64::from(x > self.above) & u64::from(x <= self.up_to) | u64::from(x.is_nan());
                *outcome |= holds.wrapping_neg() & bit;
            }
        } else {
            for (outcome, &x) in outcomes.iter_mut().zip(column) {
                let holds = u64::from(x > self.above) & u64::from(x <= self.up_to);
                *outcome |= holds.wrapping_neg() & bit;
            }
        }
    }

    /// Whether a value meets it.
    pub fn holds(&self, x: f64) -> bool {
        (x > self.above && x <= self.up_to) || (self.missing && x.is_nan())
    }
}

/// A leaf and what leads to it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    /// The leaf's value.
    pub value: f64,
    /// One a feature, in the order in which the path comes to them, each with the share of training rows that go on where the path splits
    /// on the feature: the product of the shares of these splits.
    pub conditions: Vec<(Condition, f64)>,
}

/// The paths of a valid tree, in the order of its leaves.
///
/// # Errors
/// [`ModelError::Inconsistent`] where the numbers of training rows of two children are not those of their parent, or the parent has none.
pub(super) fn paths(tree: &Tree) -> Result<Vec<Path>, ModelError> {
    let mut to_splits: Vec<Vec<(Condition, f64)>> = vec![Vec::new(); tree.splits.len()];
    let mut leaves: Vec<Path> =
        tree.leaves.iter().map(|leaf| Path { value: leaf.value, conditions: Vec::new() }).collect();
    for (at, split) in tree.splits.iter().enumerate() {
        let here = std::mem::take(&mut to_splits[at]);
        let [left, right] = [split.left, split.right].map(|child| n_rows(tree, child));
        let all = f64::from(split.n_rows);
        ModelError::unless(split.n_rows > 0 && left + right == all, || {
            format!("split {at} has {all} training rows, its children {left} and {right}")
        })?;
        for (child, goes_left, rows) in [(split.left, true, left), (split.right, false, right)] {
            let further = extended(&here, split, goes_left, rows / all);
            // Children come after their parents.
            match usize::try_from(child) {
                Ok(child) => to_splits[child] = further,
                Err(_) => leaves[(-1 - child) as usize].conditions = further,
            }
        }
    }
    Ok(leaves)
}

fn n_rows(tree: &Tree, child: i32) -> f64 {
    let n_rows = match usize::try_from(child) {
        Ok(split) => tree.splits[split].n_rows,
        Err(_) => tree.leaves[(-1 - child) as usize].n_rows,
    };
    f64::from(n_rows)
}

/// A path, one split further.
fn extended(path: &[(Condition, f64)], split: &Split, goes_left: bool, share: f64) -> Vec<(Condition, f64)> {
    let mut path = path.to_vec();
    let at = path.iter().position(|(condition, _)| condition.feature == split.feature);
    let at = at.unwrap_or_else(|| {
        let any = Condition {
            above: f64::NEG_INFINITY,
            up_to: f64::INFINITY,
            feature: split.feature,
            missing: true,
        };
        path.push((any, 1.0));
        path.len() - 1
    });
    let (condition, unknown) = &mut path[at];
    if goes_left {
        condition.up_to = condition.up_to.min(split.threshold);
    } else {
        condition.above = condition.above.max(split.threshold);
    }
    condition.missing &= split.default_left == goes_left;
    *unknown *= share;
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gbdt::Leaf;

    /// `f0 <= 1`, missing right; on the right `f0 <= 3`, missing left.
    fn tree(n_rows: [u32; 5]) -> Tree {
        let split = |threshold, default_left, left, right, n_rows| Split {
            feature: 0,
            threshold,
            default_left,
            left,
            right,
            gain: 1.0,
            value: 0.0,
            weight: 1.0,
            n_rows,
        };
        let leaf = |value, n_rows| Leaf { value, weight: 1.0, n_rows };
        Tree {
            splits: vec![split(1.0, false, -1, 1, n_rows[0]), split(3.0, true, -2, -3, n_rows[1])],
            leaves: vec![leaf(1.0, n_rows[2]), leaf(2.0, n_rows[3]), leaf(3.0, n_rows[4])],
        }
    }

    #[test]
    fn splits_on_one_feature_become_one_condition() {
        let paths = paths(&tree([8, 4, 4, 3, 1])).unwrap();
        let met = |x: f64| -> Vec<bool> {
            let condition = |path: &Path| path.conditions[0].0;
            let mut marked = vec![0b100; paths.len()];
            for (path, marked) in paths.iter().zip(&mut marked) {
                condition(path).mark(&[x], 0b10, std::slice::from_mut(marked));
            }
            let met: Vec<bool> = paths.iter().map(|path| condition(path).holds(x)).collect();
            let expected: Vec<u64> = met.iter().map(|&met| if met { 0b110 } else { 0b100 }).collect();
            assert_eq!(marked, expected);
            met
        };
        assert_eq!(met(1.0), [true, false, false]);
        assert_eq!(met(1.5), [false, true, false]);
        assert_eq!(met(3.5), [false, false, true]);
        assert_eq!(met(f64::NAN), [false, true, false]);
        let shares: Vec<f64> = paths.iter().map(|path| path.conditions[0].1).collect();
        assert_eq!(shares, [0.5, 0.375, 0.125]);
        assert!(paths.iter().all(|path| path.conditions.len() == 1));
    }

    #[test]
    fn numbers_of_rows_must_add_up() {
        let message = |n_rows| paths(&tree(n_rows)).unwrap_err().to_string();
        assert_eq!(
            message([8, 4, 4, 3, 2]),
            "the model is inconsistent: split 1 has 4 training rows, its children 3 and 2; fit it again"
        );
        assert_eq!(
            message([4, 0, 4, 0, 0]),
            "the model is inconsistent: split 1 has 0 training rows, its children 0 and 0; fit it again"
        );
    }
}
