//! The leaves of a growing tree that can still be split, and which of them is next.

use std::ops::Range;

use super::fixed_point::Sums;
use super::histogram::Histogram;
use super::params::Growth;
use super::split::Candidate;

/// A leaf with its best split.
#[derive(Debug)]
pub(super) struct OpenLeaf {
    /// Its number among the tree's leaves.
    pub leaf: usize,
    /// How many splits lead to it.
    pub depth: usize,
    /// Its rows, as a range of the tree's rows.
    pub rows: Range<usize>,
    /// Their sums.
    pub sums: Sums,
    /// Their sums by bin.
    pub histogram: Histogram,
    /// Its best split.
    pub candidate: Candidate,
}

/// The leaves that can be split.
#[derive(Debug)]
pub(super) struct Frontier {
    growth: Growth,
    open: Vec<OpenLeaf>,
}

impl Frontier {
    pub fn new(growth: Growth) -> Self {
        Self { growth, open: Vec::new() }
    }

    pub fn push(&mut self, leaf: OpenLeaf) {
        self.open.push(leaf);
    }

    /// Takes the leaves to split next: the one of the largest gain, or all of the least depth, by their numbers. Of equal ones, the smallest
    /// number goes first. Nothing is left to take when none is returned.
    pub fn pop(&mut self) -> Vec<OpenLeaf> {
        match self.growth {
            Growth::LeafWise => {
                let best = (0..self.open.len()).max_by(|&a, &b| {
                    let (a, b) = (&self.open[a], &self.open[b]);
                    a.candidate.gain.total_cmp(&b.candidate.gain).then(b.leaf.cmp(&a.leaf))
                });
                best.map(|at| self.open.swap_remove(at)).into_iter().collect()
            }
            Growth::DepthWise => {
                let depth = self.open.iter().map(|leaf| leaf.depth).min();
                let mut level: Vec<OpenLeaf> =
                    self.open.extract_if(.., |leaf| Some(leaf.depth) == depth).collect();
                level.sort_unstable_by_key(|leaf| leaf.leaf);
                level
            }
        }
    }

    /// The histograms of the leaves that stay as they are.
    pub fn into_histograms(self) -> impl Iterator<Item = Histogram> {
        self.open.into_iter().map(|leaf| leaf.histogram)
    }
}
