//! Area under the ROC curve over all rows of all users.

use crate::per_user::share_of_ordered_pairs;
use crate::ranking::descending_key;

/// The share of (relevant, other) pairs of rows, of whatever users, in which the relevant row has the higher score;
/// equal scores count 1/2, NaN is below every number.
///
/// Unlike the mean of the per-user AUC it also rewards knowing which *users* like much, which reorders nobody's list.
/// Range: [0, 1], 1/2 for a constant score. `None` where all rows are relevant or none is. Reference: Hanley and
/// `McNeil`, 1982; scikit-learn's `roc_auc_score`.
///
/// # Panics
/// Where the slices have different lengths.
pub fn auc_global(scores: &[f64], relevant: &[bool]) -> Option<f64> {
    assert_eq!(scores.len(), relevant.len(), "scores and labels");
    let mut rows: Vec<(u64, bool)> =
        scores.iter().zip(relevant).map(|(&score, &relevant)| (descending_key(score), relevant)).collect();
    rows.sort_unstable();
    let mut previous = None;
    share_of_ordered_pairs(rows.into_iter().map(|(key, relevant)| {
        let tied = previous.replace(key) == Some(key);
        (relevant, tied)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_rows() {
        // .9 is above .5 (1), .5 is tied with .5 (1/2): 1.5 / 2
        assert_eq!(auc_global(&[0.5, 0.9, 0.5], &[false, true, true]), Some(0.75));
        assert_eq!(auc_global(&[0.1, 0.9, 0.5], &[false, true, true]), Some(1.0));
        assert_eq!(auc_global(&[f64::NAN, f64::NEG_INFINITY], &[true, false]), Some(0.0));
        assert_eq!(auc_global(&[0.1, 0.9], &[true, true]), None);
        assert_eq!(auc_global(&[], &[]), None);
    }
}
