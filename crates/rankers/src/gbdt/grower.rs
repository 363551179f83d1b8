//! Grows one tree: histograms, best splits, partitions, until nothing may be split any more.

use std::ops::Range;

use super::binned_matrix::BinnedMatrix;
use super::binning::FeatureBins;
use super::fixed_point::{FixedPoint, Sums, TreeRow};
use super::frontier::{Frontier, OpenLeaf};
use super::histogram::{Histogram, HistogramPool, TreeData};
use super::params::GbdtParams;
use super::partition::{BinTest, partition};
use super::split::{Candidate, Splitter};
use super::tree::{Leaf, Split, Tree, leaf_child};

/// From so many cells on, the two children of a node are searched at the same time.
const MIN_CELLS_PER_TASK: usize = 1024;

/// A tree together with its tests on bins.
#[derive(Debug)]
pub(super) struct GrownTree {
    pub tree: Tree,
    /// One a split.
    pub tests: Vec<BinTest>,
}

impl GrownTree {
    /// The value for a row given by its bins.
    pub fn value(&self, bins: &[u8]) -> f64 {
        let mut node = self.tree.root();
        while let Ok(split) = usize::try_from(node) {
            let test = self.tests[split];
            let split = &self.tree.splits[split];
            node = if test.goes_left(bins[test.feature()]) { split.left } else { split.right };
        }
        self.tree.leaves[(-1 - node) as usize].value
    }
}

/// Grows the trees of one fit.
#[derive(Debug)]
pub(super) struct Grower<'a> {
    params: &'a GbdtParams,
    feature_bins: &'a [FeatureBins],
    bins: &'a BinnedMatrix,
    splitter: Splitter<'a>,
    pool: HistogramPool,
    /// The rows that the tree is grown on: ascending at first, then leaf by leaf.
    rows: Vec<TreeRow>,
    scratch: Vec<TreeRow>,
}

/// One tree while it grows.
struct Growing<'t> {
    data: TreeData<'t>,
    grown: GrownTree,
    /// The split above each leaf and whether the leaf is its left child; `None` for the root.
    parents: Vec<Option<(usize, bool)>>,
    frontier: Frontier,
}

impl<'a> Grower<'a> {
    pub fn new(params: &'a GbdtParams, feature_bins: &'a [FeatureBins], bins: &'a BinnedMatrix) -> Self {
        Self {
            params,
            feature_bins,
            bins,
            splitter: Splitter::new(params, feature_bins),
            pool: HistogramPool::default(),
            rows: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Grows a tree on the `chosen` rows, ascending, or on all where there is no list; splits on `features` only.
    pub fn grow(
        &mut self,
        derivatives: &[[f32; 2]],
        units: FixedPoint,
        chosen: Option<&[u32]>,
        features: &[u32],
    ) -> GrownTree {
        let n_rows = chosen.map_or(derivatives.len(), <[u32]>::len);
        self.rows.resize(n_rows, TreeRow::default());
        self.scratch.resize(n_rows, TreeRow::default());
        let data = TreeData { bins: self.bins, units, features };
        let histogram = self.pool.build_root(data, derivatives, chosen, &mut self.rows);
        // Every row is in one bin of whichever feature comes first.
        let sums = histogram.feature(0).iter().fold(Sums::default(), |total, &cell| total + cell);
        let mut growing = Growing {
            data,
            grown: GrownTree {
                tree: Tree { splits: Vec::new(), leaves: vec![self.leaf(sums, units)] },
                tests: Vec::new(),
            },
            parents: vec![None],
            frontier: Frontier::new(self.params.growth),
        };
        let candidate = self.splitter.best(&histogram, sums, units, features);
        self.offer(&mut growing, 0, 0, 0..n_rows, sums, histogram, candidate);
        while growing.grown.tree.leaves.len() < self.params.max_leaves
            && let Some(leaf) = growing.frontier.pop()
        {
            self.split(&mut growing, leaf);
        }
        for histogram in growing.frontier.into_histograms() {
            self.pool.recycle(histogram);
        }
        growing.grown
    }

    fn leaf(&self, sums: Sums, units: FixedPoint) -> Leaf {
        let stats = units.stats(sums);
        Leaf { value: self.splitter.leaf_value(stats), weight: stats.hessian, n_rows: units.count(sums) }
    }

    /// Splits a leaf by its candidate: the left child takes the leaf's number, the right one the next.
    fn split(&mut self, growing: &mut Growing<'_>, parent: OpenLeaf) {
        let OpenLeaf { leaf, depth, rows, sums, histogram, candidate } = parent;
        let TreeData { units, features, .. } = growing.data;
        let test = BinTest::new(candidate.feature, candidate.bin, candidate.default_left);
        let (left_sums, right_sums) = (candidate.left, sums - candidate.left);

        let tree = &mut growing.grown.tree;
        let (split, right_leaf) = (tree.splits.len(), tree.leaves.len());
        if let Some((above, is_left)) = growing.parents[leaf] {
            let above = &mut tree.splits[above];
            *(if is_left { &mut above.left } else { &mut above.right }) = split as i32;
        }
        let as_leaf = tree.leaves[leaf].clone();
        tree.splits.push(Split {
            feature: candidate.feature,
            threshold: self.feature_bins[candidate.feature as usize].threshold(candidate.bin),
            default_left: candidate.default_left,
            left: leaf_child(leaf),
            right: leaf_child(right_leaf),
            gain: candidate.gain,
            value: as_leaf.value,
            weight: as_leaf.weight,
            n_rows: as_leaf.n_rows,
        });
        tree.leaves[leaf] = self.leaf(left_sums, units);
        tree.leaves.push(self.leaf(right_sums, units));
        growing.grown.tests.push(test);
        growing.parents[leaf] = Some((split, true));
        growing.parents.push(Some((split, false)));

        let enough_leaves = right_leaf + 1 == self.params.max_leaves;
        let n_left = units.count(left_sums) as usize;
        let too_few_rows = n_left.max(rows.len() - n_left) / 2 < self.params.min_leaf_rows;
        if depth + 1 == self.params.max_depth || enough_leaves || too_few_rows {
            // Both children stay leaves: nobody asks for their rows.
            self.pool.recycle(histogram);
            return;
        }
        let column = self.bins.column(test.feature());
        let middle = rows.start + partition(&mut self.rows[rows.clone()], &mut self.scratch, column, test);
        let (left_rows, right_rows) = (rows.start..middle, middle..rows.end);
        // The smaller child's histogram is summed up, the larger one's is the difference.
        let left_is_smaller = left_rows.len() <= right_rows.len();
        let smaller_rows = if left_is_smaller { &left_rows } else { &right_rows };
        let smaller = self.pool.build(growing.data, &self.rows[smaller_rows.clone()]);
        let mut larger = histogram;
        larger.subtract(&smaller);
        let (left, right) = if left_is_smaller { (smaller, larger) } else { (larger, smaller) };
        let splitter = self.splitter;
        let search = |histogram: &Histogram, sums| splitter.best(histogram, sums, units, features);
        let (left_candidate, right_candidate) = if features.len() * self.params.max_bins >= MIN_CELLS_PER_TASK
        {
            rayon::join(|| search(&left, left_sums), || search(&right, right_sums))
        } else {
            (search(&left, left_sums), search(&right, right_sums))
        };
        self.offer(growing, leaf, depth + 1, left_rows, left_sums, left, left_candidate);
        self.offer(growing, right_leaf, depth + 1, right_rows, right_sums, right, right_candidate);
    }

    /// Puts a leaf on the frontier, where it has a split.
    #[expect(clippy::too_many_arguments, reason = "the fields of an open leaf, one of them optional")]
    fn offer(
        &mut self,
        growing: &mut Growing<'_>,
        leaf: usize,
        depth: usize,
        rows: Range<usize>,
        sums: Sums,
        histogram: Histogram,
        candidate: Option<Candidate>,
    ) {
        match candidate {
            Some(candidate) => {
                growing.frontier.push(OpenLeaf { leaf, depth, rows, sums, histogram, candidate });
            }
            None => self.pool.recycle(histogram),
        }
    }
}
