//! Grows one tree: histograms, best splits, partitions, until nothing may be split any more.

use std::ops::Range;

use rayon::prelude::*;

use super::binned_matrix::BinnedMatrix;
use super::binning::FeatureBins;
use super::fixed_point::{FixedPoint, Sums, TreeRow};
use super::frontier::{Frontier, OpenLeaf};
use super::histogram::{Histogram, HistogramPool, TreeData};
use super::params::GbdtParams;
use super::partition::{BinTest, partition};
use super::split::Splitter;
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

/// A leaf without its histogram.
struct Child {
    leaf: usize,
    depth: usize,
    rows: Range<usize>,
    sums: Sums,
}

/// A split whose children may be split in their turn.
struct Parent {
    histogram: Histogram,
    test: BinTest,
    left: Child,
    right: Child,
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
        let root = Child { leaf: 0, depth: 0, rows: 0..n_rows, sums };
        if let Some(root) = self.open(data, root, histogram) {
            growing.frontier.push(root);
        }
        let (mut rows, mut scratch) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.scratch));
        while growing.grown.tree.leaves.len() < self.params.max_leaves {
            let next = growing.frontier.pop();
            if next.is_empty() {
                break;
            }
            let parents = next.into_iter().filter_map(|leaf| self.split(&mut growing, leaf)).collect();
            for child in self.part_all(&growing, parents, &mut rows, &mut scratch) {
                growing.frontier.push(child);
            }
        }
        (self.rows, self.scratch) = (rows, scratch);
        for histogram in growing.frontier.into_histograms() {
            self.pool.recycle(histogram);
        }
        growing.grown
    }

    fn leaf(&self, sums: Sums, units: FixedPoint) -> Leaf {
        let stats = units.stats(sums);
        Leaf { value: self.splitter.leaf_value(stats), weight: stats.hessian, n_rows: units.count(sums) }
    }

    /// Splits a leaf by its candidate: the left child takes the leaf's number, the right one the next. `None` where nobody will ask for the
    /// children's rows, and where the tree has no room.
    fn split(&self, growing: &mut Growing<'_>, parent: OpenLeaf) -> Option<Parent> {
        let OpenLeaf { leaf, depth, rows, sums, histogram, candidate } = parent;
        let units = growing.data.units;
        if growing.grown.tree.leaves.len() == self.params.max_leaves {
            self.pool.recycle(histogram);
            return None;
        }
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

        let n_left = units.count(left_sums) as usize;
        let too_few_rows = n_left.max(rows.len() - n_left) / 2 < self.params.min_leaf_rows;
        if depth + 1 == self.params.max_depth || too_few_rows {
            self.pool.recycle(histogram);
            return None;
        }
        let middle = rows.start + n_left;
        let left = Child { leaf, depth: depth + 1, rows: rows.start..middle, sums: left_sums };
        let right = Child { leaf: right_leaf, depth: depth + 1, rows: middle..rows.end, sums: right_sums };
        Some(Parent { histogram, test, left, right })
    }

    /// Parts the rows of split leaves, and gives those of their children that can be split.
    fn part_all(
        &self,
        growing: &Growing<'_>,
        mut parents: Vec<Parent>,
        rows: &mut [TreeRow],
        scratch: &mut [TreeRow],
    ) -> Vec<OpenLeaf> {
        if growing.grown.tree.leaves.len() == self.params.max_leaves {
            for parent in parents {
                self.pool.recycle(parent.histogram);
            }
            return Vec::new();
        }
        parents.sort_unstable_by_key(|parent| parent.left.rows.start);
        let (mut rows, mut scratch, mut start) = (rows, scratch, 0);
        let mut tasks = Vec::with_capacity(parents.len());
        for parent in parents {
            let (skipped, n) =
                (parent.left.rows.start - start, parent.right.rows.end - parent.left.rows.start);
            let (of_parent, rest) = rows.split_at_mut(skipped).1.split_at_mut(n);
            let (scratch_of_parent, scratch_rest) = scratch.split_at_mut(skipped).1.split_at_mut(n);
            (rows, scratch, start) = (rest, scratch_rest, parent.right.rows.end);
            tasks.push((parent, of_parent, scratch_of_parent));
        }
        let together = tasks.len() > 1;
        let part = |(parent, rows, scratch)| self.part(growing.data, parent, rows, scratch, together);
        let children: Vec<[Option<OpenLeaf>; 2]> = if together {
            tasks.into_par_iter().map(part).collect()
        } else {
            tasks.into_iter().map(part).collect()
        };
        children.into_iter().flatten().flatten().collect()
    }

    /// Parts the rows of one split leaf; `together` with those of others on other threads.
    fn part(
        &self,
        data: TreeData<'_>,
        parent: Parent,
        rows: &mut [TreeRow],
        scratch: &mut [TreeRow],
        together: bool,
    ) -> [Option<OpenLeaf>; 2] {
        let Parent { histogram, test, left, right } = parent;
        let n_left = partition(rows, scratch, self.bins.column(test.feature()), test);
        // The smaller child's histogram is summed up, the larger one's is the difference.
        let left_is_smaller = left.rows.len() <= right.rows.len();
        let smaller = if left_is_smaller { &rows[..n_left] } else { &rows[n_left..] };
        let smaller = self.pool.build(data, smaller);
        let mut larger = histogram;
        larger.subtract(&smaller);
        let (of_left, of_right) = if left_is_smaller { (smaller, larger) } else { (larger, smaller) };
        let (left, right) = if !together && data.features.len() * self.params.max_bins >= MIN_CELLS_PER_TASK {
            rayon::join(|| self.open(data, left, of_left), || self.open(data, right, of_right))
        } else {
            (self.open(data, left, of_left), self.open(data, right, of_right))
        };
        [left, right]
    }

    /// A leaf with its best split, where it has one.
    fn open(&self, data: TreeData<'_>, child: Child, histogram: Histogram) -> Option<OpenLeaf> {
        let Child { leaf, depth, rows, sums } = child;
        let candidate = self.splitter.best(&histogram, sums, data.units, data.features);
        if let Some(candidate) = candidate {
            return Some(OpenLeaf { leaf, depth, rows, sums, histogram, candidate });
        }
        self.pool.recycle(histogram);
        None
    }
}
