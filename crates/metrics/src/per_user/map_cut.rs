//! Mean average precision of the first K rows.

use super::{Compute, Metric};
use crate::RankedList;

pub(super) const METRIC: Metric = Metric {
    name: "map_cut",
    compute: Compute::AtK(average_precision_cut),
    expected: Compute::AtK(expected_average_precision_cut),
};

/// Average precision of the first `k` rows: the precision at the rank of each relevant row among them, summed and
/// divided by *all* relevant rows of the user, also where these are more than `k`.
///
/// Range: [0, 1]; 1 is out of reach for a user with more than `k` relevant rows. `None` where no row is relevant.
/// Reference: `trec_eval`'s `map_cut_K`. (Other libraries' MAP@K divide by min(K, relevant rows).)
pub fn average_precision_cut(list: &RankedList<'_>, k: usize) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    let hits = &list.relevant_ranks()[..list.hits(k)];
    let precisions = (1u32..).zip(hits).map(|(n, &rank)| f64::from(n) / (f64::from(rank) + 1.0));
    // An empty `sum` would be -0.
    let total = precisions.fold(0.0, |total, precision| total + precision);
    Some(total / list.n_relevant() as f64)
}

/// Its mean over the orders of tied rows.
///
/// At the j-th rank (from 0) of a tie group of n rows, r of them relevant, a relevant row stands with the chance r / n.
/// If it does, each of the j ranks of the group above it holds one of the other r - 1 with the chance
/// (r - 1) / (n - 1).
pub fn expected_average_precision_cut(list: &RankedList<'_>, k: usize) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    let (mut total, mut n_above) = (0.0, 0);
    for group in list.tie_groups().take_while(|group| group.first < k) {
        if group.n_relevant > 0 {
            let chance = group.n_relevant as f64 / group.len as f64;
            let chance_of_another = (group.n_relevant - 1) as f64 / (group.len - 1).max(1) as f64;
            for j in 0..group.n_within(k) {
                let hits = (n_above + 1) as f64 + j as f64 * chance_of_another;
                total += chance * hits / (group.first + j + 1) as f64;
            }
        }
        n_above += group.n_relevant;
    }
    Some(total / list.n_relevant() as f64)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{with_grades, with_scores};
    use super::*;

    #[test]
    fn three_rows() {
        with_grades(&[1.0, 5.0, 4.0], |list| {
            assert_eq!(average_precision_cut(list, 1), Some(0.0));
            assert_eq!(average_precision_cut(list, 2), Some(0.25)); // (1/2) / 2 relevant rows
            assert_eq!(average_precision_cut(list, 3), Some(f64::midpoint(0.5, 2.0 / 3.0))); // (1/2 + 2/3) / 2
        });
        assert_eq!(with_grades(&[1.0], |list| average_precision_cut(list, 1)), None);
    }

    #[test]
    fn an_unretrieved_row_counts_in_the_denominator() {
        let value = with_scores(&[5.0, 4.0], &[0.0, f64::NAN], |list| average_precision_cut(list, 9));
        assert_eq!(value, Some(0.5)); // (1/1) / 2 relevant rows
    }

    #[test]
    fn three_tied_rows() {
        let at = |k| {
            with_scores(&[5.0, 1.0, 4.0], &[0.0; 3], |list| expected_average_precision_cut(list, k)).unwrap()
        };
        assert!((at(1) - 1.0 / 3.0).abs() < 1e-15); // a hit with 2/3, over 2 relevant rows
        // of the orders RRN, RNR, NRR: (1 + 5/6 + 7/12) / 3 = 29/36
        assert!((at(3) - 29.0 / 36.0).abs() < 1e-15);
    }
}
