//! Hit rate at K: did the first K rows hold anything relevant?

use super::{Compute, Metric};
use crate::RankedList;

pub(super) const METRIC: Metric =
    Metric { name: "hit_rate", compute: Compute::AtK(hit_rate), expected: Compute::AtK(expected_hit_rate) };

/// 1 where at least one of the first `k` rows is relevant, else 0. The mean over users is the share of users served.
///
/// Range: {0, 1}. `None` where no row is relevant. `trec_eval` calls it `success_K`.
pub fn hit_rate(list: &RankedList<'_>, k: usize) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    Some(if list.relevant_ranks().first().is_some_and(|&first| (first as usize) < k) { 1.0 } else { 0.0 })
}

/// Its mean over the orders of tied rows: the chance that the first `k` rows hold a relevant one.
///
/// Of the first tie group with a relevant row, n rows of which r are relevant, m ranks lie among the first `k`. None of
/// them is a hit with the chance C(n - r, m) / C(n, m).
pub fn expected_hit_rate(list: &RankedList<'_>, k: usize) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    let Some(group) = list.tie_groups().find(|group| group.n_relevant > 0) else { return Some(0.0) };
    let (n, n_other) = (group.len, group.len - group.n_relevant);
    let m = group.n_within(k);
    if m > n_other {
        return Some(1.0);
    }
    let miss = (0..m).fold(1.0, |chance, drawn| chance * (n_other - drawn) as f64 / (n - drawn) as f64);
    Some(1.0 - miss)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{with_grades, with_scores};
    use super::*;

    #[test]
    fn three_rows() {
        with_grades(&[1.0, 5.0, 4.0], |list| {
            assert_eq!(hit_rate(list, 1), Some(0.0)); // the first relevant row is the second
            assert_eq!(hit_rate(list, 2), Some(1.0));
            assert_eq!(hit_rate(list, 99), Some(1.0));
        });
        assert_eq!(with_grades(&[1.0, 2.0], |list| hit_rate(list, 1)), None);
    }

    #[test]
    fn an_unretrieved_row_is_no_hit() {
        assert_eq!(with_scores(&[5.0, 1.0], &[f64::NAN, 0.0], |list| hit_rate(list, 9)), Some(0.0));
        assert_eq!(with_scores(&[5.0], &[f64::NAN], |list| expected_hit_rate(list, 9)), Some(0.0));
    }

    #[test]
    fn four_tied_rows_of_which_one_is_relevant() {
        let at =
            |k| with_scores(&[1.0, 5.0, 1.0, 1.0], &[0.0; 4], |list| expected_hit_rate(list, k)).unwrap();
        assert_eq!([1, 2, 4].map(at), [0.25, 0.5, 1.0]); // k of four ranks
    }
}
