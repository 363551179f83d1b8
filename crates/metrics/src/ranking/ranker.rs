//! Sorts one user's rows by one model's scores after the other, in memory that is used again.

use super::{RankOrder, RankedList, TieOrder};
use crate::dcg::{Discounts, Gain, sort_ideal};

/// Ranks the rows of one user at a time. [`Ranker::load`] takes what all models share, [`Ranker::rank`] a model's
/// scores; after the longest list has passed, neither allocates (but for [`TieOrder::TrecEval`]).
#[derive(Debug)]
pub struct Ranker {
    gain: Gain,
    discounts: Discounts,
    order: RankOrder,
    // Of the user: by row.
    row_relevant: Vec<bool>,
    row_gains: Vec<f64>,
    ideal_gains: Vec<f64>,
    /// The grades met so far, the highest gain first.
    kinds: Vec<Kind>,
    n_relevant: usize,
    // Of the user and the model: by rank.
    relevant: Vec<bool>,
    gains: Vec<f64>,
    tied: Vec<bool>,
    relevant_ranks: Vec<u32>,
}

/// Rows of one grade.
#[derive(Debug)]
struct Kind {
    /// Its bits.
    grade: u64,
    gain: f64,
    /// How many the loaded list has.
    count: usize,
}

impl Ranker {
    /// A ranker with this tie order; grades become gains by `gain`.
    pub fn new(ties: TieOrder, gain: Gain) -> Self {
        Self {
            gain,
            discounts: Discounts::new(0),
            order: RankOrder::new(ties),
            row_relevant: Vec::new(),
            row_gains: Vec::new(),
            ideal_gains: Vec::new(),
            kinds: Vec::new(),
            n_relevant: 0,
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
        self.discounts.extend_to(n);
        self.order.load(item_ids);
        self.row_relevant.clear();
        self.row_relevant.extend_from_slice(relevant);
        self.n_relevant = relevant.iter().filter(|relevant| **relevant).count();
        self.load_gains(grades);
    }

    /// Gains, and the same in descending order: by counting where the grades are of few kinds, as stars are.
    fn load_gains(&mut self, grades: &[f64]) {
        const MOST_KINDS: usize = 16;
        let Self { gain, row_gains, ideal_gains, kinds, .. } = self;
        row_gains.clear();
        for kind in &mut *kinds {
            kind.count = 0;
        }
        for &grade in grades {
            let found = kinds.iter_mut().find(|kind| kind.grade == grade.to_bits());
            row_gains.push(if let Some(kind) = found {
                kind.count += 1;
                kind.gain
            } else {
                let gain = gain.of(grade);
                if kinds.len() <= MOST_KINDS {
                    kinds.push(Kind { grade: grade.to_bits(), gain, count: 1 });
                }
                gain
            });
        }
        ideal_gains.clear();
        if kinds.len() <= MOST_KINDS {
            kinds.sort_unstable_by(|a, b| b.gain.total_cmp(&a.gain));
            for kind in kinds {
                ideal_gains.resize(ideal_gains.len() + kind.count, kind.gain);
            }
        } else {
            kinds.clear();
            ideal_gains.extend_from_slice(row_gains);
            sort_ideal(ideal_gains);
        }
    }

    /// The loaded rows in the order of `scores`, which stand in the order in which the rows were loaded. A row of a NaN
    /// score is not retrieved.
    ///
    /// # Panics
    /// Where there are not as many scores as loaded rows.
    pub fn rank(&mut self, scores: &[f64]) -> RankedList<'_> {
        self.order.sort(scores);
        let rows = &self.order.rows()[..self.order.n_retrieved()];
        self.relevant.clear();
        self.gains.clear();
        self.relevant_ranks.clear();
        for (rank, &row) in rows.iter().enumerate() {
            let relevant = self.row_relevant[row as usize];
            self.relevant.push(relevant);
            self.gains.push(self.row_gains[row as usize]);
            if relevant {
                self.relevant_ranks.push(rank as u32);
            }
        }
        self.tied.clear();
        self.tied.extend(self.order.tied().take(rows.len()));
        RankedList {
            n_rows: self.row_relevant.len(),
            n_relevant: self.n_relevant,
            rows,
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
    use crate::ranking::TieGroup;

    #[test]
    fn descending_score_then_smaller_item_without_nan() {
        let mut ranker = Ranker::new(TieOrder::SmallerItem, Gain::Linear);
        ranker.load(&[30, 20, 10, 5, 40], &[true, false, true, true, false], &[3.0, 2.0, 1.0, 0.5, 4.0]);
        let list = ranker.rank(&[1.0, 2.0, 1.0, f64::NAN, f64::NEG_INFINITY]);
        assert_eq!(list.rows(), [1, 2, 0, 4]); // items 20, then 10 before 30, then 40 at -inf; 5 is not retrieved
        assert_eq!(list.relevant(), [false, true, true, false]);
        assert_eq!(list.relevant_ranks(), [1, 2]);
        assert_eq!(list.gains(), [2.0, 1.0, 3.0, 4.0]);
        assert_eq!(list.ideal_gains(), [4.0, 3.0, 2.0, 1.0, 0.5]);
        assert_eq!(list.tied(), [false, false, true, false]);
        assert_eq!((list.len(), list.n_retrieved(), list.n_relevant()), (5, 4, 3));
        assert_eq!([0, 1, 2, 3, 5, 9].map(|k| list.hits(k)), [0, 0, 1, 2, 2, 2]);
    }

    #[test]
    fn tie_groups_by_hand() {
        let mut ranker = Ranker::new(TieOrder::SmallerItem, Gain::Linear);
        ranker.load(&[1, 2, 3, 4], &[true, false, true, true], &[3.0, 2.0, 1.0, 0.5]);
        let list = ranker.rank(&[1.0, 2.0, 1.0, f64::NAN]);
        let groups: Vec<TieGroup> = list.tie_groups().collect();
        let group = |first, len, n_relevant, gain| TieGroup { first, len, n_relevant, gain };
        assert_eq!(groups, [group(0, 1, 0, 2.0), group(1, 2, 2, 4.0)]);
        assert_eq!([0, 1, 2, 3, 9].map(|k| groups[1].n_within(k)), [0, 0, 1, 2, 2]);
        assert_eq!([0, 1, 2, 3, 9].map(|k| list.expected_hits(k)), [0.0, 0.0, 1.0, 2.0, 2.0]);
        assert_eq!(ranker.rank(&[f64::NAN; 4]).tie_groups().count(), 0);
    }

    #[test]
    fn many_grades_and_few_give_the_same_gains() {
        let mut ranker = Ranker::new(TieOrder::SmallerItem, Gain::Exponential);
        for n_kinds in [3, 16, 17, 40, 5] {
            let grades: Vec<f64> = (0..100).map(|row| f64::from(row * 7 % n_kinds) / 8.0).collect();
            let items: Vec<i64> = (0..100).collect();
            ranker.load(&items, &[true; 100], &grades);
            let list = ranker.rank(&vec![0.0; 100]);
            let mut gains: Vec<f64> = grades.iter().map(|&grade| Gain::Exponential.of(grade)).collect();
            assert_eq!(list.gains(), gains, "{n_kinds}");
            gains.sort_by(|a, b| b.total_cmp(a));
            assert_eq!(list.ideal_gains(), gains, "{n_kinds}");
        }
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
