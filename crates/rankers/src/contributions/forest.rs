//! The contributions to the sum of a booster's trees.

use std::ops::Range;

use super::leaf_game::{Rules, Worth};
use super::paths::{Condition, paths};
use crate::ModelError;
use crate::gbdt::Tree;

/// A leaf with at most so many conditions has a table: 64 outcomes of 6 numbers are 3 KB.
const MAX_TABULATED: usize = 6;

/// Numbers that all tables of a model may hold, 64 MB; the leaves beyond have none.
const MAX_TABLE_NUMBERS: usize = 8 << 20;

/// The paths to all leaves of all trees, tree after tree.
#[derive(Debug)]
pub(super) struct Forest {
    leaves: Vec<LeafPath>,
    conditions: Vec<Condition>,
    /// Beside the conditions: the share of training rows that meet each.
    shares: Vec<f64>,
    /// For each outcome (bit k is set where condition k holds) what each condition contributes.
    tables: Vec<f64>,
    rules: Rules,
    base: f64,
}

#[derive(Debug)]
struct LeafPath {
    value: f64,
    /// Where its conditions begin, and how many there are.
    first: usize,
    n: usize,
    /// Where its table begins.
    table: Option<usize>,
}

/// Memory to work in.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Of a leaf with a table: one a row.
    outcomes: Vec<u64>,
    // Of a leaf without one:
    worths: Vec<Worth>,
    after: Vec<f64>,
    contributions: Vec<f64>,
}

impl Forest {
    /// Of valid trees.
    ///
    /// # Errors
    /// Where a tree's numbers of training rows do not add up.
    pub fn new(trees: &[Tree]) -> Result<Self, ModelError> {
        let mut forest = Self {
            leaves: Vec::new(),
            conditions: Vec::new(),
            shares: Vec::new(),
            tables: Vec::new(),
            rules: Rules::default(),
            base: 0.0,
        };
        for (index, tree) in trees.iter().enumerate() {
            let paths = paths(tree).map_err(|error| error.in_tree(index))?;
            for path in paths {
                let leaf = LeafPath {
                    value: path.value,
                    first: forest.conditions.len(),
                    n: path.conditions.len(),
                    table: None,
                };
                forest.base += path.value * path.conditions.iter().map(|(_, share)| share).product::<f64>();
                forest.conditions.extend(path.conditions.iter().map(|(condition, _)| condition));
                forest.shares.extend(path.conditions.iter().map(|(_, share)| share));
                forest.rules.prepare(leaf.n);
                forest.leaves.push(leaf);
            }
        }
        forest.tabulate();
        Ok(forest)
    }

    /// The mean of the trees' sum, by the numbers of training rows in the leaves.
    pub fn base(&self) -> f64 {
        self.base
    }

    fn tabulate(&mut self) {
        let (mut worths, mut after) = (Vec::new(), Vec::new());
        for leaf in &mut self.leaves {
            let (n, start) = (leaf.n, self.tables.len());
            if n > MAX_TABULATED || start + (n << n) > MAX_TABLE_NUMBERS {
                continue;
            }
            leaf.table = Some(start);
            self.tables.resize(start + (n << n), 0.0);
            for (outcome, out) in self.tables[start..].chunks_exact_mut(n.max(1)).enumerate() {
                worths.clear();
                let shares = self.shares[leaf.first..][..n].iter().enumerate();
                worths.extend(
                    shares
                        .map(|(at, &unknown)| Worth { known: f64::from((outcome >> at & 1) as u8), unknown }),
                );
                self.rules.contributions(leaf.value, &worths, &mut after, out);
            }
        }
    }

    /// Adds the contributions to those of some rows, which are the values at `rows` of each of `columns`; `values` has the row's numbers
    /// row after row. Each row gets the same sums in the same order, whatever rows it stands among.
    pub fn add(&self, columns: &[&[f64]], rows: Range<usize>, values: &mut [f64], scratch: &mut Scratch) {
        let n_features = columns.len();
        for leaf in &self.leaves {
            let conditions = &self.conditions[leaf.first..][..leaf.n];
            let Some(table) = leaf.table else {
                self.add_untabulated(leaf, columns, rows.clone(), values, scratch);
                continue;
            };
            scratch.outcomes.clear();
            scratch.outcomes.resize(rows.len(), 0);
            for (at, condition) in conditions.iter().enumerate() {
                let column = &columns[condition.feature as usize][rows.clone()];
                condition.mark(column, 1 << at, &mut scratch.outcomes);
            }
            let table = &self.tables[table..];
            for (&outcome, values) in scratch.outcomes.iter().zip(values.chunks_exact_mut(n_features)) {
                let contributions = &table[outcome as usize * leaf.n..][..leaf.n];
                for (condition, contribution) in conditions.iter().zip(contributions) {
                    values[condition.feature as usize] += contribution;
                }
            }
        }
    }

    fn add_untabulated(
        &self,
        leaf: &LeafPath,
        columns: &[&[f64]],
        rows: Range<usize>,
        values: &mut [f64],
        scratch: &mut Scratch,
    ) {
        let conditions = &self.conditions[leaf.first..][..leaf.n];
        let shares = &self.shares[leaf.first..][..leaf.n];
        scratch.contributions.resize(leaf.n, 0.0);
        for (row, values) in rows.zip(values.chunks_exact_mut(columns.len())) {
            scratch.worths.clear();
            scratch.worths.extend(conditions.iter().zip(shares).map(|(condition, &unknown)| {
                let holds = condition.holds(columns[condition.feature as usize][row]);
                Worth { known: f64::from(u8::from(holds)), unknown }
            }));
            let Scratch { worths, after, contributions, .. } = scratch;
            self.rules.contributions(leaf.value, worths, after, contributions);
            for (condition, contribution) in conditions.iter().zip(contributions) {
                values[condition.feature as usize] += *contribution;
            }
        }
    }
}
