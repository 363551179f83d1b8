//! What every fitted model can do.

use dataset::{Candidate, IdIndex};
use rayon::prelude::*;

/// Scores candidates.
///
/// A score depends on the model and on its own candidate alone: neither on the other candidates of the batch nor on the
/// number of threads. So a batch may be cut anywhere; whole users in one batch are merely faster.
pub trait Scorer: Sync {
    /// Writes the score of `candidates[row]` into `out[row]`; always finite. Runs on the threads of the current rayon pool.
    ///
    /// # Panics
    /// Where `out` and `candidates` differ in length.
    fn score(&self, candidates: &[Candidate], out: &mut [f64]);

    /// Also writes into `support[row]` how much evidence stands behind the score of `candidates[row]`: at least 0, and 0 where
    /// the score is a fallback. What is counted is said by the model ([`crate::BaseModel::support_column`] names the models
    /// that count something); NaN in every row where it counts nothing.
    ///
    /// # Panics
    /// Where `scores`, `support` and `candidates` differ in length.
    fn score_with_support(&self, candidates: &[Candidate], scores: &mut [f64], support: &mut [f64]) {
        assert_eq!(candidates.len(), support.len(), "one slot a candidate");
        support.fill(f64::NAN);
        self.score(candidates, scores);
    }

    /// The scores of `candidates`, in their order.
    fn scores(&self, candidates: &[Candidate]) -> Vec<f64> {
        let mut out = vec![0.0; candidates.len()];
        self.score(candidates, &mut out);
        out
    }
}

/// Fewer candidates than this are not worth waking another thread for.
const MIN_BLOCK: usize = 1024;

/// Scores each candidate by itself, for models that gain nothing from seeing a batch.
pub(crate) fn score_each(candidates: &[Candidate], out: &mut [f64], score: impl Fn(Candidate) -> f64 + Sync) {
    assert_eq!(candidates.len(), out.len(), "one slot a candidate");
    let rows = out.par_iter_mut().zip(candidates).with_min_len(MIN_BLOCK);
    rows.for_each(|(slot, &candidate)| *slot = score(candidate));
}

/// Scores each candidate by the indices of its user among `users` and of its item in each of `items`, `None` where unknown. For whole users
/// far faster than looking up each.
pub(crate) fn score_indexed<const N: usize>(
    candidates: &[Candidate],
    out: &mut [f64],
    users: &IdIndex,
    items: [&IdIndex; N],
    score: impl Fn(Option<u32>, [Option<u32>; N]) -> f64 + Sync,
) {
    assert_eq!(candidates.len(), out.len(), "one slot a candidate");
    let rows = out.par_iter_mut().zip(candidates).with_min_len(MIN_BLOCK);
    rows.for_each_init(
        || (Cursor::new(users), items.map(Cursor::new)),
        |(users, items), (slot, candidate)| {
            let items = std::array::from_fn(|at| items[at].index_of(candidate.item_id));
            *slot = score(users.index_of(candidate.user_id), items);
        },
    );
}

/// The same for models that say how much evidence there is: `answer` gives a candidate's score and support.
pub(crate) fn support_each(
    candidates: &[Candidate],
    scores: &mut [f64],
    support: &mut [f64],
    answer: impl Fn(Candidate) -> (f64, f64) + Sync,
) {
    assert_eq!(candidates.len(), scores.len(), "one slot a candidate");
    assert_eq!(candidates.len(), support.len(), "one slot a candidate");
    let rows = scores.par_iter_mut().zip(support).zip(candidates).with_min_len(MIN_BLOCK);
    rows.for_each(|((score, support), &candidate)| (*score, *support) = answer(candidate));
}

/// Looks up ids one after the other: where an id is that of the last look-up or the next there is, nothing is searched.
pub(crate) struct Cursor<'a> {
    index: &'a IdIndex,
    /// Where to look first.
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Before the first id.
    pub fn new(index: &'a IdIndex) -> Self {
        Self { index, at: 0 }
    }

    /// The index of `id`, or `None` where it is unknown.
    #[inline]
    pub fn index_of(&mut self, id: i64) -> Option<u32> {
        let ids = self.index.ids();
        if ids.get(self.at) != Some(&id) {
            // Ascending ids lie a little ahead; the others anywhere.
            let ahead = ids.get(self.at..).unwrap_or_default();
            let ahead = &ahead[..ahead.len().min(4)];
            match ahead.iter().position(|&known| known >= id) {
                Some(steps) if steps > 0 => self.at += steps,
                _ => self.at = ids.partition_point(|&known| known < id),
            }
        }
        (ids.get(self.at) == Some(&id)).then_some(self.at as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_finds_what_a_search_finds_in_any_order() {
        let index = IdIndex::new([-3, 2, 4, 6, 8, 10, 12, 14, 16]);
        let orders: [&[i64]; 4] = [
            &[-4, -3, -3, 0, 2, 3, 4, 6, 8, 10, 11, 12, 14, 16, 17],
            &[17, 16, 15, 2, 1, -3, -9],
            &[2, 14, 16, 16, -3, 12, 13, 5, 99, 4],
            &[i64::MAX, i64::MIN, 8],
        ];
        for order in orders {
            let mut cursor = Cursor::new(&index);
            let found: Vec<_> = order.iter().map(|&id| cursor.index_of(id)).collect();
            let expected: Vec<_> = order.iter().map(|&id| index.index_of(id)).collect();
            assert_eq!(found, expected, "{order:?}");
        }
        assert_eq!(Cursor::new(&IdIndex::default()).index_of(1), None);
    }
}
