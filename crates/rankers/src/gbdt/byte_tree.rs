//! The leaves of many rows at once, from one byte a feature.
//!
//! No row walks down a tree. Every split is evaluated for a whole block of rows, the last split first: where a row's walk would end if it
//! began at this split is where it would end if it began at the child that the row goes to. Children come after their parents, so both
//! answers are there already, and the root's, which comes last, is the leaf. That is one comparison and one choice between two bytes a
//! split and row, for as many rows at a time as a vector register has bytes, without a branch or a look-up. It pays as long as trees are
//! not much larger than their depth times the number of rows in a register.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch};

use super::partition::BinTest;
use super::tree::Tree;

/// How many rows are evaluated together: the answers of all splits of a tree of 31 leaves stay in the nearest cache.
pub(super) const BLOCK_ROWS: usize = 256;

/// One byte a row of a block.
pub(super) type Block = [u8; BLOCK_ROWS];

/// Leaves that a tree may have, whose number must be a byte.
pub(super) const MAX_LEAVES: usize = 256;

/// A tree of few leaves over binned features.
#[derive(Debug)]
pub(super) struct ByteTree {
    splits: Vec<ByteSplit>,
    /// By leaf; as many as a byte can tell apart.
    values: Box<[f64; MAX_LEAVES]>,
}

#[derive(Debug, Clone, Copy)]
struct ByteSplit {
    test: BinTest,
    /// Where the children's answers are among [`Answers`].
    left: u16,
    right: u16,
}

/// The answers of the splits of one tree, then the numbers of its leaves, which are their own answers.
#[derive(Debug)]
pub(super) struct Answers(Vec<Block>);

impl Answers {
    /// For trees that are of at most `max_leaves` leaves.
    pub fn new(max_leaves: usize) -> Self {
        let leaves = (0..max_leaves).map(|leaf| [leaf as u8; BLOCK_ROWS]);
        Self(vec![[0; BLOCK_ROWS]; max_leaves].into_iter().chain(leaves).collect())
    }
}

impl ByteTree {
    /// A valid tree of at most `max_leaves` leaves, which are at most [`MAX_LEAVES`]; its splits are on bytes as `tests` say.
    pub fn new(tree: &Tree, tests: impl Iterator<Item = BinTest>, max_leaves: usize) -> Self {
        let place =
            |child: i32| usize::try_from(child).unwrap_or_else(|_| max_leaves + (-1 - child) as usize) as u16;
        let splits = tree
            .splits
            .iter()
            .zip(tests)
            .map(|(split, test)| ByteSplit { test, left: place(split.left), right: place(split.right) })
            .collect();
        let mut values = Box::new([0.0; MAX_LEAVES]);
        values.iter_mut().zip(&tree.leaves).for_each(|(value, leaf)| *value = leaf.value);
        Self { splits, values }
    }

    /// Adds the tree's values to the scores of those rows of a block that come from `first` on; `column` gives a feature's bytes.
    pub fn add<'c>(
        &self,
        level: Level,
        column: impl Fn(usize) -> &'c Block,
        answers: &mut Answers,
        first: usize,
        scores: &mut [f64],
    ) {
        if self.splits.is_empty() {
            for score in scores {
                *score += self.values[0];
            }
            return;
        }
        dispatch!(level, simd => self.answer(simd, &column, &mut answers.0));
        let leaves = &answers.0[0];
        for (score, &leaf) in scores.iter_mut().zip(&leaves[first..]) {
            *score += self.values[usize::from(leaf)];
        }
    }

    /// Answers every split, the root last.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what is not inlined is not compiled for the CPU's vector instructions"
    )]
    fn answer<'c, S: Simd>(&self, simd: S, column: &impl Fn(usize) -> &'c Block, answers: &mut [Block]) {
        let bytes = |block: &Block, at: usize| S::u8s::from_slice(simd, &block[at..at + S::u8s::LEN]);
        for (at, split) in self.splits.iter().enumerate().rev() {
            let (before, after) = answers.split_at_mut(at + 1);
            let answer = &mut before[at];
            let left = &after[usize::from(split.left) - at - 1];
            let right = &after[usize::from(split.right) - at - 1];
            let bins = column(split.test.feature());
            let shift = S::u8s::splat(simd, split.test.shift());
            let last_left = S::u8s::splat(simd, split.test.last_left());
            for row in (0..BLOCK_ROWS).step_by(S::u8s::LEN) {
                let goes_left = (bytes(bins, row) + shift).simd_le(last_left);
                let chosen = goes_left.select(bytes(left, row), bytes(right, row));
                chosen.store_slice(&mut answer[row..row + S::u8s::LEN]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::two_splits;
    use super::*;

    #[test]
    fn a_row_ends_in_its_leaf() {
        // Bins of two features; 255 is missing, which goes right at the root and left below it.
        let (mut a, mut b) = ([0; BLOCK_ROWS], [0; BLOCK_ROWS]);
        for (row, (bin_a, bin_b)) in [(0, 9), (1, 1), (255, 2), (1, 255)].into_iter().enumerate() {
            (a[row], b[row]) = (bin_a, bin_b);
        }
        let tests = [BinTest::new(0, 0, false), BinTest::new(1, 1, true)];
        let tree = ByteTree::new(&two_splits(), tests.into_iter(), 3);
        let mut answers = Answers::new(3);
        let mut scores = [10.0; 4];
        let column = |feature: usize| if feature == 0 { &a } else { &b };
        tree.add(Level::new(), column, &mut answers, 0, &mut scores);
        assert_eq!(scores, [9.5, 10.25, 11.0, 10.25]);
        let mut last = [10.0];
        tree.add(Level::new(), column, &mut answers, 2, &mut last);
        assert_eq!(last, [11.0]);
    }

    #[test]
    fn a_tree_without_splits_is_its_leaf() {
        let mut tree = two_splits();
        tree.splits.clear();
        tree.leaves.truncate(1);
        let mut scores = [1.0, 2.0];
        let tree = ByteTree::new(&tree, std::iter::empty(), 1);
        tree.add(Level::new(), |_| unreachable!(), &mut Answers::new(3), 0, &mut scores);
        assert_eq!(scores, [0.5, 1.5]);
    }
}
