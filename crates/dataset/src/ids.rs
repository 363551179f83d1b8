//! The ids of the raw files, and their dense indices in memory.

use serde::{Deserialize, Serialize};

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
    pub fn new(ids: impl IntoIterator<Item = i64>) -> Self {
        let mut ids: Vec<i64> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        Self { ids }
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
}
