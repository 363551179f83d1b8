//! Small lists for the tests of the metrics.

use crate::dcg::Gain;
use crate::{RankedList, Ranker, TieOrder};

/// Calls `check` with the list whose rows have these grades from the first rank on; 4 and above is relevant.
pub(super) fn with_grades<R>(grades: &[f64], check: impl FnOnce(&RankedList<'_>) -> R) -> R {
    let scores: Vec<f64> = (0..grades.len()).map(|rank| -(rank as f64)).collect();
    with_scores(grades, &scores, check)
}

/// Calls `check` with the list of rows with these grades, ordered by `scores`; items are numbered in row order.
pub(super) fn with_scores<R>(grades: &[f64], scores: &[f64], check: impl FnOnce(&RankedList<'_>) -> R) -> R {
    let item_ids: Vec<i64> = (0..grades.len() as i64).collect();
    let relevant: Vec<bool> = grades.iter().map(|&grade| grade >= 4.0).collect();
    let mut ranker = Ranker::new(TieOrder::SmallerItem, Gain::Exponential);
    ranker.load(&item_ids, &relevant, grades);
    check(&ranker.rank(scores))
}
