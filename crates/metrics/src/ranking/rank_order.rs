//! The order in which one group's rows stand by their scores.

use super::{TieOrder, descending_key};

/// Lists shorter than this are sorted by whole keys: making the short ones costs more than it saves.
const SHORT_LIST: usize = 50;

/// Orders the rows of one group (a user's list, a query) at a time by one model's scores after the other.
///
/// [`RankOrder::load`] takes the group's items, [`RankOrder::sort`] scores, as often as they change; after the longest group
/// has passed, neither allocates (but for [`TieOrder::TrecEval`]). It is the one order of this crate: a [`crate::Ranker`]
/// adds what metrics need, and a learning-to-rank objective takes it as it is, so that training and evaluation agree on
/// the rank of every row.
#[derive(Debug, Clone)]
pub struct RankOrder {
    ties: TieOrder,
    /// The rows in the order in which they stand if all scores are equal.
    tie_rows: Vec<u32>,
    /// By rank: the score's key above the row's place in `tie_rows`.
    keys: Vec<u128>,
    /// The same in half the bits, on their way there.
    short_keys: Vec<u64>,
    /// By rank: the row.
    rows: Vec<u32>,
}

impl RankOrder {
    /// An order with this tie rule.
    pub fn new(ties: TieOrder) -> Self {
        Self { ties, tie_rows: Vec::new(), keys: Vec::new(), short_keys: Vec::new(), rows: Vec::new() }
    }

    /// Takes a group's distinct item ids, in any order; ascending ones need no sort.
    ///
    /// # Panics
    /// Where there are more than `u32::MAX` of them.
    pub fn load(&mut self, item_ids: &[i64]) {
        assert!(u32::try_from(item_ids.len()).is_ok(), "{} rows in one list", item_ids.len());
        self.ties.order_items(item_ids, &mut self.tie_rows);
        self.keys.clear();
        self.rows.clear();
    }

    /// How many rows are loaded.
    pub fn len(&self) -> usize {
        self.tie_rows.len()
    }

    /// Whether no row is loaded.
    pub fn is_empty(&self) -> bool {
        self.tie_rows.is_empty()
    }

    /// The row at each rank, best first: 0-based positions in `scores`, which stand in the order of the items loaded. Rows
    /// of a NaN score come last.
    ///
    /// # Panics
    /// Where there are not as many scores as items.
    pub fn sort(&mut self, scores: &[f64]) -> &[u32] {
        self.sort_top(scores, scores.len())
    }

    /// The rows at the first `k` ranks alone, which takes a time linear in the list: [`RankOrder::sort`] cut at `k`.
    ///
    /// # Panics
    /// Where there are not as many scores as items.
    pub fn sort_top(&mut self, scores: &[f64], k: usize) -> &[u32] {
        assert_eq!(scores.len(), self.len(), "scores and loaded rows");
        // One integer a row, the score above the place in the tie order: distinct, so that an unstable sort is exact.
        let Self { ties, tie_rows, keys, short_keys, .. } = self;
        let key = |place: u64| {
            u128::from(ties.score_key(scores[tie_rows[place as usize] as usize])) << 64 | u128::from(place)
        };
        let places = 0..tie_rows.len() as u64;
        keys.clear();
        if k < tie_rows.len() || tie_rows.len() < SHORT_LIST {
            keys.extend(places.map(key));
            if k < keys.len() {
                keys.select_nth_unstable(k);
                keys.truncate(k);
            }
            keys.sort_unstable();
        } else {
            // Half as long, the place in the last bits of the score's key: they sort in half the time, and nearly always as whole ones.
            let last_bits = tie_rows.len().next_power_of_two() as u64 - 1;
            short_keys.clear();
            short_keys.extend(places.map(|place| ((key(place) >> 64) as u64 & !last_bits) | place));
            short_keys.sort_unstable();
            keys.extend(short_keys.iter().map(|&short| key(short & last_bits)));
            if !keys.is_sorted() {
                keys.sort_unstable();
            }
        }
        self.rows.clear();
        self.rows.extend(self.keys.iter().map(|&key| self.tie_rows[key as u64 as usize]));
        &self.rows
    }

    /// The row at each rank, as far as the last [`RankOrder::sort`] or [`RankOrder::sort_top`] went; empty before the first.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// How many of [`RankOrder::rows`] have a score: those before the first NaN.
    pub fn n_retrieved(&self) -> usize {
        self.keys.partition_point(|&key| (key >> 64) as u64 != descending_key(f64::NAN))
    }

    /// Whether the row at each rank has the score of the row before it.
    pub fn tied(&self) -> impl ExactSizeIterator<Item = bool> + '_ {
        let score = |rank: usize| (self.keys[rank] >> 64) as u64;
        (0..self.keys.len()).map(move |rank| rank > 0 && score(rank) == score(rank - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_that_differ_in_their_last_bits_alone_are_told_apart() {
        let mut order = RankOrder::new(TieOrder::SmallerItem);
        order.load(&(0..100).collect::<Vec<i64>>());
        let scores: Vec<f64> =
            (0..100u64).map(|row| f64::from_bits(1.0f64.to_bits() + row * 7 % 10)).collect();
        let mut expected: Vec<u32> = (0..100).collect();
        expected.sort_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]).then(a.cmp(&b)));
        assert_eq!(order.sort(&scores), expected);
    }

    #[test]
    fn descending_score_then_smaller_item() {
        let mut order = RankOrder::new(TieOrder::SmallerItem);
        order.load(&[30, 20, 10]);
        assert_eq!((order.len(), order.rows()), (3, &[][..]));
        assert_eq!(order.sort(&[1.0, 2.0, 1.0]), [1, 2, 0]); // item 20, then 10 before 30
        assert_eq!(order.tied().collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(order.sort(&[0.0; 3]), [2, 1, 0]);
        assert_eq!(order.sort(&[3.0, f64::NAN, -1.0]), [0, 2, 1]);
        assert_eq!(order.tied().collect::<Vec<_>>(), [false; 3]);
        assert_eq!(order.n_retrieved(), 2);
        for k in 0..=4 {
            let whole = order.sort(&[1.0, 2.0, 1.0]).to_vec();
            assert_eq!(order.sort_top(&[1.0, 2.0, 1.0], k), &whole[..k.min(3)]);
        }
        order.load(&[7]);
        assert_eq!(order.sort(&[f64::NAN]), [0]);
    }
}
