//! Precision at K over the rows that the user has.

use super::{Compute, Metric};
use crate::RankedList;

pub(super) const METRIC: Metric = Metric {
    name: "precision",
    compute: Compute::AtK(precision),
    expected: Compute::AtK(expected_precision),
};

/// Relevant rows among the first `k`, divided by min(`k`, the user's rows): a user with three rows can reach 1. The user's
/// rows are all of them, retrieved or not.
///
/// Range: [0, 1]. `None` where no row is relevant. This is the definition of the reference notebook; `trec_eval`
/// divides by `k` always, see [`precision_trec`](super::precision_trec()).
pub fn precision(list: &RankedList<'_>, k: usize) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    Some(list.hits(k) as f64 / k.min(list.len()) as f64)
}

/// Its mean over the orders of tied rows.
pub fn expected_precision(list: &RankedList<'_>, k: usize) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    Some(list.expected_hits(k) / k.min(list.len()) as f64)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{with_grades, with_scores};
    use super::*;

    #[test]
    fn three_rows() {
        with_grades(&[5.0, 1.0, 4.0], |list| {
            assert_eq!(precision(list, 1), Some(1.0));
            assert_eq!(precision(list, 2), Some(0.5));
            assert_eq!(precision(list, 10), Some(2.0 / 3.0)); // two of the three there are
        });
        assert_eq!(with_grades(&[1.0], |list| precision(list, 1)), None);
    }

    #[test]
    fn unretrieved_and_tied_rows() {
        let nan = f64::NAN;
        assert_eq!(with_scores(&[5.0, 4.0, 1.0], &[1.0, nan, nan], |list| precision(list, 2)), Some(0.5));
        assert_eq!(
            with_scores(&[5.0, 4.0, 1.0], &[1.0, 0.0, 0.0], |list| expected_precision(list, 2)),
            Some(0.75)
        );
    }
}
