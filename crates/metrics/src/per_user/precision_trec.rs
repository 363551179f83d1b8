//! Precision at K as `trec_eval` defines it.

use super::{Compute, Metric};
use crate::RankedList;

pub(super) const METRIC: Metric = Metric {
    name: "precision_trec",
    compute: Compute::AtK(precision_trec),
    expected: Compute::AtK(expected_precision_trec),
};

/// Relevant rows among the first `k`, divided by `k` even where the user has fewer rows.
///
/// Range: [0, 1]; 1 is out of reach for a user with fewer than `k` relevant rows. `None` where no row is relevant.
/// Reference: `trec_eval`'s `P_K`.
pub fn precision_trec(list: &RankedList<'_>, k: usize) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    Some(list.hits(k) as f64 / k as f64)
}

/// Its mean over the orders of tied rows.
pub fn expected_precision_trec(list: &RankedList<'_>, k: usize) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    Some(list.expected_hits(k) / k as f64)
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_grades;
    use super::*;

    #[test]
    fn three_rows() {
        with_grades(&[5.0, 1.0, 4.0], |list| {
            assert_eq!(precision_trec(list, 2), Some(0.5));
            assert_eq!(precision_trec(list, 10), Some(0.2)); // two of ten places
        });
        assert_eq!(with_grades(&[1.0], |list| precision_trec(list, 1)), None);
    }
}
