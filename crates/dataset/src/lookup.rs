//! From many ids to their indices.

use crate::IdIndex;

/// Finds the indices of ids: by a table where the ids lie close enough together, else by searching.
#[derive(Debug)]
pub struct Lookup<'a> {
    ids: &'a IdIndex,
    /// The least id, and the index of each number from it on; [`NONE`] where it is no id.
    table: Option<(i64, Vec<u32>)>,
}

/// No index: there are fewer ids than this.
const NONE: u32 = u32::MAX;

impl<'a> Lookup<'a> {
    /// A lookup in `ids`, made for about `n` questions: a table that would cost more than they do is not made.
    pub fn new(ids: &'a IdIndex, n: usize) -> Self {
        let table = dense_range(ids.ids().iter().copied(), n).map(|(first, range)| {
            let mut table = vec![NONE; range];
            for (id, index) in ids.ids().iter().zip(0..) {
                table[(id - first) as usize] = index;
            }
            (first, table)
        });
        Self { ids, table }
    }

    /// The index of `id`, or `None` where it is unknown.
    pub fn index_of(&self, id: i64) -> Option<u32> {
        let Some((first, table)) = &self.table else { return self.ids.index_of(id) };
        let at = usize::try_from(id.checked_sub(*first)?).ok()?;
        table.get(at).copied().filter(|&index| index != NONE)
    }
}

/// The least of `ids` and how many numbers lie from there to the greatest, where a table of that many is cheap beside work on `n` ids.
pub(crate) fn dense_range(ids: impl Iterator<Item = i64>, n: usize) -> Option<(i64, usize)> {
    let ends = ids.fold(None, |ends: Option<(i64, i64)>, id| {
        let (first, last) = ends.unwrap_or((id, id));
        Some((id.min(first), id.max(last)))
    });
    small_range(ends?, n)
}

/// The same for the least and the greatest.
pub(crate) fn small_range((first, last): (i64, i64), n: usize) -> Option<(i64, usize)> {
    let range = usize::try_from(last.checked_sub(first)?).ok()?.checked_add(1)?;
    (range / 4 <= n).then_some((first, range))
}
