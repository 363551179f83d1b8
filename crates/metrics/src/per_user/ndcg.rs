//! NDCG at K with binary gains.

use super::{Compute, Metric};
use crate::{RankedList, TieGroup};

pub(super) const METRIC: Metric =
    Metric { name: "ndcg", compute: Compute::AtK(ndcg), expected: Compute::AtK(expected_ndcg) };

/// DCG of the first `k` rows, where a relevant row gains 1 and any other 0, divided by the DCG of the best order:
/// all relevant rows first, cut at `k`. Discounts as in [`crate::dcg`].
///
/// Range: [0, 1]. `None` where no row is relevant. Reference: `trec_eval`'s `ndcg_cut_K` on binary judgements.
pub fn ndcg(list: &RankedList<'_>, k: usize) -> Option<f64> {
    let ideal = list.discounts().sum(k.min(list.n_relevant()));
    let hits = &list.relevant_ranks()[..list.hits(k)];
    let discounts = list.discounts().as_slice();
    // An empty `sum` would be -0.
    let dcg = hits.iter().fold(0.0, |total, &rank| total + discounts[rank as usize]);
    (ideal > 0.0).then(|| dcg / ideal)
}

/// Its mean over the orders of tied rows: each gains the share of relevant rows in its tie group.
pub fn expected_ndcg(list: &RankedList<'_>, k: usize) -> Option<f64> {
    let ideal = list.discounts().sum(k.min(list.n_relevant()));
    (ideal > 0.0).then(|| expected_dcg(list, k, |group| group.n_relevant as f64) / ideal)
}

/// DCG of the first `k` rows, where each row has the mean gain of its tie group.
pub(super) fn expected_dcg(list: &RankedList<'_>, k: usize, gain: impl Fn(&TieGroup) -> f64) -> f64 {
    let groups = list.tie_groups().take_while(|group| group.first < k);
    groups.fold(0.0, |total, group| {
        let discounts = &list.discounts().as_slice()[group.first..][..group.n_within(k)];
        total + gain(&group) / group.len as f64 * discounts.iter().sum::<f64>()
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{with_grades, with_scores};
    use super::*;

    #[test]
    fn three_rows() {
        with_grades(&[1.0, 5.0, 4.0], |list| {
            // ranks 1 and 2 (0-based): (1/log2(3) + 1/log2(4)) / (1/log2(2) + 1/log2(3)) = 1.13093 / 1.63093
            let value = ndcg(list, 3).unwrap();
            assert!((value - 1.130_929_753_571_457_4 / 1.630_929_753_571_457_4).abs() < 1e-15, "{value}");
            assert_eq!(ndcg(list, 1), Some(0.0));
        });
        assert_eq!(with_grades(&[4.0, 5.0, 1.0], |list| ndcg(list, 3)), Some(1.0)); // binary: 4 before 5 is perfect
        assert_eq!(with_grades(&[1.0, 3.5], |list| ndcg(list, 3)), None);
    }

    #[test]
    fn an_unretrieved_row_counts_in_the_ideal() {
        let value = with_scores(&[5.0, 4.0], &[0.0, f64::NAN], |list| ndcg(list, 2)).unwrap();
        assert!((value - 1.0 / 1.630_929_753_571_457_4).abs() < 1e-15, "{value}"); // 1 / (1 + 1/log2(3))
    }

    #[test]
    fn two_tied_rows() {
        // the hit is first or second: (1 + .63093) / 2 over 1
        let value = with_scores(&[1.0, 4.0], &[0.0; 2], |list| expected_ndcg(list, 2)).unwrap();
        assert!((value - 1.630_929_753_571_457_4 / 2.0).abs() < 1e-15, "{value}");
    }
}
