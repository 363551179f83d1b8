//! Sorts one user's rows by one model's scores after the other, in memory that is used again.

use super::{RankedList, TieOrder};
use crate::dcg::{Discounts, Gain};

/// Ranks the rows of one user at a time. [`Ranker::load`] takes what all models share, [`Ranker::rank`] a model's
/// scores; after the longest list has passed, neither allocates (but for [`TieOrder::TrecEval`]).
#[derive(Debug)]
pub struct Ranker {
    ties: TieOrder,
    gain: Gain,
    discounts: Discounts,
    // Of the user: by position in the tie order.
    tie_rows: Vec<u32>,
    tie_relevant: Vec<bool>,
    tie_gains: Vec<f64>,
    ideal_gains: Vec<f64>,
    // Of the user and the model: by rank.
    keys: Vec<u128>,
    rows: Vec<u32>,
    relevant: Vec<bool>,
    gains: Vec<f64>,
    tied: Vec<bool>,
    relevant_ranks: Vec<u32>,
}

impl Ranker {
    /// A ranker with this tie order; grades become gains by `gain`.
    pub fn new(ties: TieOrder, gain: Gain) -> Self {
        Self {
            ties,
            gain,
            discounts: Discounts::new(0),
            tie_rows: Vec::new(),
            tie_relevant: Vec::new(),
            tie_gains: Vec::new(),
            ideal_gains: Vec::new(),
            keys: Vec::new(),
            rows: Vec::new(),
            relevant: Vec::new(),
            gains: Vec::new(),
            tied: Vec::new(),
            relevant_ranks: Vec::new(),
        }
    }

    /// Takes one user's rows: distinct item ids, relevance and grades, in any order.
    ///
    /// # Panics
    /// Where the slices have different lengths, or more than `u32::MAX` rows.
    pub fn load(&mut self, item_ids: &[i64], relevant: &[bool], grades: &[f64]) {
        let n = item_ids.len();
        assert!(relevant.len() == n && grades.len() == n, "{n} items, {} labels", relevant.len());
        assert!(u32::try_from(n).is_ok(), "{n} rows in one list");
        self.discounts.extend_to(n);
        self.ties.order_items(item_ids, &mut self.tie_rows);
        self.tie_relevant.clear();
        self.tie_gains.clear();
        for &row in &self.tie_rows {
            self.tie_relevant.push(relevant[row as usize]);
            self.tie_gains.push(self.gain.of(grades[row as usize]));
        }
        self.ideal_gains.clone_from(&self.tie_gains);
        self.ideal_gains.sort_unstable_by(|a, b| b.total_cmp(a));
    }

    /// The loaded rows in the order of `scores`, which stand in the order in which the rows were loaded.
    ///
    /// # Panics
    /// Where there are not as many scores as loaded rows.
    pub fn rank(&mut self, scores: &[f64]) -> RankedList<'_> {
        assert_eq!(scores.len(), self.tie_rows.len(), "scores and loaded rows");
        // One integer a row, the score above the place in the tie order: distinct, so that an unstable sort is exact.
        self.keys.clear();
        self.keys.extend(self.tie_rows.iter().enumerate().map(|(place, &row)| {
            u128::from(self.ties.score_key(scores[row as usize])) << 64 | place as u128
        }));
        self.keys.sort_unstable();

        self.rows.clear();
        self.relevant.clear();
        self.gains.clear();
        self.tied.clear();
        self.relevant_ranks.clear();
        let mut previous = None;
        for (rank, &key) in self.keys.iter().enumerate() {
            let place = key as u64 as usize;
            let score = (key >> 64) as u64;
            let relevant = self.tie_relevant[place];
            self.rows.push(self.tie_rows[place]);
            self.relevant.push(relevant);
            self.gains.push(self.tie_gains[place]);
            self.tied.push(previous == Some(score));
            if relevant {
                self.relevant_ranks.push(rank as u32);
            }
            previous = Some(score);
        }
        RankedList {
            rows: &self.rows,
            relevant: &self.relevant,
            gains: &self.gains,
            tied: &self.tied,
            relevant_ranks: &self.relevant_ranks,
            ideal_gains: &self.ideal_gains,
            discounts: &self.discounts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descending_score_then_smaller_item_then_nan() {
        let mut ranker = Ranker::new(TieOrder::SmallerItem, Gain::Linear);
        ranker.load(&[30, 20, 10, 5, 40], &[true, false, true, true, false], &[3.0, 2.0, 1.0, 0.5, 4.0]);
        let list = ranker.rank(&[1.0, 2.0, 1.0, f64::NAN, f64::NEG_INFINITY]);
        assert_eq!(list.rows(), [1, 2, 0, 4, 3]); // items 20, then 10 before 30, then 40 at -inf, then 5 at NaN
        assert_eq!(list.relevant(), [false, true, true, false, true]);
        assert_eq!(list.relevant_ranks(), [1, 2, 4]);
        assert_eq!(list.gains(), [2.0, 1.0, 3.0, 4.0, 0.5]);
        assert_eq!(list.ideal_gains(), [4.0, 3.0, 2.0, 1.0, 0.5]);
        assert_eq!(list.tied(), [false, false, true, false, false]);
        assert_eq!([0, 1, 2, 3, 5, 9].map(|k| list.hits(k)), [0, 0, 1, 2, 3, 3]);
    }

    #[test]
    fn a_shorter_list_after_a_longer_one_leaves_nothing_behind() {
        let mut ranker = Ranker::new(TieOrder::SmallerItem, Gain::Linear);
        ranker.load(&[1, 2, 3], &[true; 3], &[1.0; 3]);
        assert_eq!(ranker.rank(&[0.0, 1.0, 2.0]).len(), 3);
        ranker.load(&[7], &[false], &[2.0]);
        let list = ranker.rank(&[0.0]);
        assert_eq!((list.rows(), list.n_relevant(), list.ideal_gains()), (&[0][..], 0, &[2.0][..]));
        ranker.load(&[], &[], &[]);
        assert!(ranker.rank(&[]).is_empty());
    }
}
