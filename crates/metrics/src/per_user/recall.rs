//! Recall at K: how much of what is relevant do the first K rows hold?

use super::{Compute, Metric};
use crate::RankedList;

pub(super) const METRIC: Metric =
    Metric { name: "recall", compute: Compute::AtK(recall), expected: Compute::AtK(expected_recall) };

/// Relevant rows among the first `k`, divided by all relevant rows of the user.
///
/// Range: [0, 1]; 1 is out of reach for a user with more than `k` relevant rows. `None` where no row is relevant.
/// Reference: `trec_eval`'s `recall_K`.
pub fn recall(list: &RankedList<'_>, k: usize) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    Some(list.hits(k) as f64 / list.n_relevant() as f64)
}

/// Its mean over the orders of tied rows.
pub fn expected_recall(list: &RankedList<'_>, k: usize) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    Some(list.expected_hits(k) / list.n_relevant() as f64)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{with_grades, with_scores};
    use super::*;

    #[test]
    fn three_rows() {
        with_grades(&[5.0, 1.0, 4.0], |list| {
            assert_eq!(recall(list, 2), Some(0.5)); // one of two
            assert_eq!(recall(list, 3), Some(1.0));
        });
        assert_eq!(with_grades(&[1.0], |list| recall(list, 1)), None);
    }

    #[test]
    fn unretrieved_and_tied_rows() {
        let scores = [0.0, 0.0, f64::NAN];
        assert_eq!(with_scores(&[5.0, 1.0, 4.0], &scores, |list| recall(list, 9)), Some(0.5));
        assert_eq!(with_scores(&[5.0, 1.0, 4.0], &scores, |list| expected_recall(list, 1)), Some(0.25));
    }
}
