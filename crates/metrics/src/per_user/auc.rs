//! Area under the ROC curve of one user's ranking.

use super::{Compute, Metric};
use crate::RankedList;

pub(super) const METRIC: Metric =
    Metric { name: "auc", compute: Compute::WholeList(auc), expected: Compute::WholeList(auc) };

/// The share of (relevant, other) pairs of the user's rows in which the relevant row has the higher score; equal
/// scores count 1/2, which is the mean over the orders of ties. Rows that are not retrieved stand below all others and are
/// tied with each other.
///
/// Range: [0, 1], 1/2 for a constant score. `None` where all rows are relevant or none is: such a user is left out of
/// the mean. Reference: Hanley and `McNeil`, 1982 (the Mann-Whitney statistic).
pub fn auc(list: &RankedList<'_>) -> Option<f64> {
    let n_missed = list.n_relevant() - list.relevant_ranks().len();
    let n_unretrieved = list.len() - list.n_retrieved();
    let unretrieved = (0..n_unretrieved).map(|row| (row < n_missed, row > 0));
    let retrieved = list.relevant().iter().copied().zip(list.tied().iter().copied());
    share_of_ordered_pairs(retrieved.chain(unretrieved))
}

/// The same over any rows, best first: (is it relevant, has it the score of the row before).
pub(crate) fn share_of_ordered_pairs(rows: impl Iterator<Item = (bool, bool)>) -> Option<f64> {
    let (mut n_relevant, mut n_other) = (0u64, 0u64);
    // Of the current group of equal scores.
    let (mut tied_relevant, mut tied_other) = (0u64, 0u64);
    let mut twice_ordered = 0u128; // in half pairs: 2 where the relevant row is above, 1 where they are tied
    for (relevant, tied) in rows {
        if !tied {
            (tied_relevant, tied_other) = (0, 0);
        }
        if relevant {
            twice_ordered += u128::from(tied_other); // a tie with each other row of the group so far
            n_relevant += 1;
            tied_relevant += 1;
        } else {
            twice_ordered += u128::from(2 * (n_relevant - tied_relevant) + tied_relevant);
            n_other += 1;
            tied_other += 1;
        }
    }
    let n_pairs = u128::from(n_relevant) * u128::from(n_other);
    (n_pairs > 0).then(|| twice_ordered as f64 / (2 * n_pairs) as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{with_grades, with_scores};
    use super::*;

    #[test]
    fn three_rows() {
        assert_eq!(with_grades(&[5.0, 1.0, 4.0], auc), Some(0.5)); // the 5 is above the 1, the 4 is not
        assert_eq!(with_grades(&[5.0, 4.0, 1.0], auc), Some(1.0));
        assert_eq!(with_grades(&[1.0, 1.0, 4.0], auc), Some(0.0));
        // the 5 is above the 1 (1), the 4 is tied with it (1/2): 1.5 / 2
        assert_eq!(with_scores(&[5.0, 1.0, 4.0], &[2.0, 1.0, 1.0], auc), Some(0.75));
        assert_eq!(with_scores(&[5.0, 1.0, 4.0], &[7.0; 3], auc), Some(0.5));
    }

    #[test]
    fn one_class_has_no_pair() {
        assert_eq!(with_grades(&[5.0, 4.0], auc), None);
        assert_eq!(with_grades(&[1.0, 2.0], auc), None);
        assert_eq!(with_grades(&[], auc), None);
    }

    proptest! {
        #[test]
        fn equals_counting_every_pair(rows in prop::collection::vec((any::<bool>(), 0u8..6), 0..40)) {
            let grades: Vec<f64> = rows.iter().map(|&(relevant, _)| if relevant { 5.0 } else { 1.0 }).collect();
            let scores: Vec<f64> = rows.iter().map(|&(_, score)| f64::from(score)).collect();
            let (mut n_pairs, mut ordered) = (0.0, 0.0);
            for a in rows.iter().filter(|row| row.0) {
                for b in rows.iter().filter(|row| !row.0) {
                    n_pairs += 1.0;
                    ordered += match a.1.cmp(&b.1) {
                        std::cmp::Ordering::Greater => 1.0,
                        std::cmp::Ordering::Equal => 0.5,
                        std::cmp::Ordering::Less => 0.0,
                    };
                }
            }
            let expected = (n_pairs > 0.0).then(|| ordered / n_pairs);
            prop_assert_eq!(with_scores(&grades, &scores, auc), expected);
        }
    }

    #[test]
    fn unretrieved_rows_are_tied_below_all_others() {
        let nan = f64::NAN;
        // the 5 is not retrieved: below the first 1, tied with the second: (0 + 1/2) / 2
        assert_eq!(with_scores(&[1.0, 5.0, 1.0], &[f64::NEG_INFINITY, nan, nan], auc), Some(0.25));
        assert_eq!(with_scores(&[5.0, 1.0], &[nan, nan], auc), Some(0.5));
        assert_eq!(with_scores(&[5.0, 1.0], &[0.0, nan], auc), Some(1.0));
    }
}
