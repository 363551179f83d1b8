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

    /// Takes the leaf to split next; of equal ones, that of the smallest number.
    pub fn pop(&mut self) -> Option<OpenLeaf> {
        let next = match self.growth {
            Growth::LeafWise => (0..self.open.len()).max_by(|&a, &b| {
                let (a, b) = (&self.open[a], &self.open[b]);
                a.candidate.gain.total_cmp(&b.candidate.gain).then(b.leaf.cmp(&a.leaf))
            }),
            Growth::DepthWise => {
                (0..self.open.len()).min_by_key(|&at| (self.open[at].depth, self.open[at].leaf))
            }
        };
        next.map(|at| self.open.swap_remove(at))
    }

    /// The histograms of the leaves that stay as they are.
    pub fn into_histograms(self) -> impl Iterator<Item = Histogram> {
        self.open.into_iter().map(|leaf| leaf.histogram)
    }
}
