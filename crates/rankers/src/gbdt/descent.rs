//! Rows that walk down a tree, several side by side: for trees that are too large for [`super::byte_tree`].

use super::tree::Tree;

/// How many rows go down a tree together.
const LOCKSTEP: usize = 8;

/// After so many steps it pays to look whether all of them have arrived.
const STEPS_PER_LOOK: usize = 8;

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
pub(super) struct Descent {
    tests: Vec<Test>,
    values: Vec<f64>,
    depth: usize,
}

impl Descent {
    pub fn new(tree: &Tree) -> Self {
        let n_splits = tree.splits.len();
        let place = |child: i32| tree.node_of(child) as u32;
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

    /// Adds the tree's values to the scores of rows of `n_features` numbers each.
    pub fn add(&self, rows: &[f64], n_features: usize, scores: &mut [f64]) {
        for (scores, rows) in scores.chunks_mut(LOCKSTEP).zip(rows.chunks(LOCKSTEP * n_features)) {
            self.add_lockstep(rows, n_features, scores);
        }
    }

    /// [`Descent::add`] for at most [`LOCKSTEP`] rows.
    #[inline]
    fn add_lockstep(&self, rows: &[f64], n_features: usize, scores: &mut [f64]) {
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
