//! The ids of the raw files, and their dense indices in memory.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::Lookup;
use crate::lookup::{dense_range, small_range};

/// A user's id as it stands in the raw file; never negative.
pub type UserId = i64;
/// An item's id as it stands in the raw file; never negative.
pub type ItemId = i64;

/// The distinct ids of one side, ascending; an id's index is its rank among them.
///
/// A sorted list instead of a hash map: the order is the same in every run, and it is half the memory.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IdIndex {
    ids: Vec<i64>,
}

impl IdIndex {
    /// The distinct values of `ids`, in any order and with repeats.
    pub fn new<I>(ids: I) -> Self
    where
        I: IntoIterator<Item = i64, IntoIter: Clone>,
    {
        let ids = ids.into_iter();
        // Walked three times rather than collected: ratings are many, and their ids few.
        if let Some((first, range)) = dense_range(ids.clone(), ids.clone().count()) {
            let mut is_there = vec![false; range];
            for id in ids {
                is_there[(id - first) as usize] = true;
            }
            let there = (first..).zip(is_there).filter_map(|(id, is_there)| is_there.then_some(id));
            return Self { ids: there.collect() };
        }
        let mut ids: Vec<i64> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        Self { ids }
    }

    /// The distinct values of a whole column of ids; the same as [`IdIndex::new`], on all threads.
    pub fn of(ids: &[i64]) -> Self {
        let ends = ids.par_iter().map(|&id| (id, id)).reduce_with(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let Some((first, range)) = ends.and_then(|ends| small_range(ends, ids.len())) else {
            return Self::new(ids.iter().copied());
        };
        let is_there: Vec<AtomicBool> = (0..range).map(|_| AtomicBool::new(false)).collect();
        ids.par_iter().for_each(|id| {
            let flag = &is_there[(id - first) as usize];
            // Most have been seen: reading leaves the cache line to all threads.
            if !flag.load(Relaxed) {
                flag.store(true, Relaxed);
            }
        });
        let there = (first..).zip(is_there).filter_map(|(id, is_there)| is_there.into_inner().then_some(id));
        Self { ids: there.collect() }
    }

    /// The index of each of `ids`, or `None` where it is unknown; for many faster than [`IdIndex::index_of`] for each.
    pub fn indices_of(&self, ids: &[i64]) -> Vec<Option<u32>> {
        let lookup = Lookup::new(self, ids.len());
        ids.iter().map(|&id| lookup.index_of(id)).collect()
    }

    /// The index of `id`, or `None` where it is unknown. Logarithmic in the number of ids.
    pub fn index_of(&self, id: i64) -> Option<u32> {
        self.ids.binary_search(&id).ok().map(|index| index as u32)
    }

    /// The id at `index`.
    ///
    /// # Panics
    /// Where `index` is not below [`IdIndex::len`].
    pub fn id_at(&self, index: u32) -> i64 {
        self.ids[index as usize]
    }

    /// All ids, ascending.
    pub fn ids(&self) -> &[i64] {
        &self.ids
    }

    /// How many distinct ids there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no id at all.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_is_the_rank_among_distinct_ids() {
        let index = IdIndex::new([30, 10, 20, 10]);
        assert_eq!(index.ids(), [10, 20, 30]);
        assert_eq!(index.index_of(20), Some(1));
        assert_eq!(index.index_of(25), None);
        assert_eq!(index.id_at(2), 30);
    }

    #[test]
    fn dense_and_scattered_ids_are_indexed_alike() {
        for factor in [1, 1_000_000_000_000, i64::MAX / 30] {
            let known = [30, -10, 20, -10].map(|id| id * factor);
            let index = IdIndex::new(known);
            assert_eq!(index.ids(), [-10, 20, 30].map(|id| id * factor), "{factor}");
            assert_eq!(IdIndex::of(&known), index);
            assert_eq!(IdIndex::of(&known.repeat(50)), index);
            let asked = [30, 21, -10, -11, 20].map(|id| id * factor);
            let asked = [&asked[..], &[i64::MIN, i64::MAX]].concat();
            let expected: Vec<Option<u32>> = asked.iter().map(|&id| index.index_of(id)).collect();
            assert_eq!(index.indices_of(&asked), expected, "{factor}");
            let many = vec![30 * factor; 100];
            assert_eq!(index.indices_of(&many), [Some(2); 100], "{factor}");
        }
        assert_eq!(IdIndex::default().indices_of(&[1]), [None]);
        assert_eq!(IdIndex::of(&[]), IdIndex::default());
    }
}
