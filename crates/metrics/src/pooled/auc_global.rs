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

/// The AUC, and how far each row moves it: its change for a little more weight of the row, over that weight, with the weight
/// of all rows as unit. They sum to 0 over the relevant rows, and over the others. `None` as for [`auc_global`].
///
/// A relevant row's placement is the share of other rows below it, another row's the share of relevant rows above it, ties
/// 1/2; the mean of either is the AUC, and an influence is the difference to it over the rows of the class.
///
/// # Panics
/// Where the slices have different lengths, or more than `u32::MAX` rows.
pub(crate) fn auc_influences(scores: &[f64], relevant: &[bool]) -> Option<(f64, Vec<f64>)> {
    assert_eq!(scores.len(), relevant.len(), "scores and labels");
    assert!(u32::try_from(scores.len()).is_ok(), "{} rows", scores.len());
    let mut rows: Vec<(u64, u32)> =
        scores.iter().zip(0..).map(|(&score, row)| (descending_key(score), row)).collect();
    rows.sort_unstable();
    let mut previous = None;
    let auc = share_of_ordered_pairs(rows.iter().map(|&(key, row)| {
        let tied = previous.replace(key) == Some(key);
        (relevant[row as usize], tied)
    }))?;
    let n_relevant = relevant.iter().filter(|relevant| **relevant).count() as f64;
    let n_other = relevant.len() as f64 - n_relevant;
    let mut influences = vec![0.0; rows.len()];
    let (mut relevant_above, mut other_above) = (0.0, 0.0);
    for tied in rows.chunk_by(|a, b| a.0 == b.0) {
        let tied_relevant = tied.iter().filter(|(_, row)| relevant[*row as usize]).count() as f64;
        let tied_other = tied.len() as f64 - tied_relevant;
        let other_below = n_other - other_above - tied_other;
        for &(_, row) in tied {
            influences[row as usize] = if relevant[row as usize] {
                ((other_below + tied_other / 2.0) / n_other - auc) / n_relevant
            } else {
                ((relevant_above + tied_relevant / 2.0) / n_relevant - auc) / n_other
            };
        }
        relevant_above += tied_relevant;
        other_above += tied_other;
    }
    Some((auc, influences))
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

    #[test]
    fn influences_by_hand() {
        // .9 is above both others, .5 is tied with one and above the other: placements 1 and 3/4 of the relevant rows,
        // (1 + 1/2) / 2 and 1 of the others; each less 7/8, over 2
        let (auc, influences) = auc_influences(&[0.9, 0.5, 0.5, 0.1], &[true, false, true, false]).unwrap();
        assert_eq!((auc, influences), (0.875, vec![0.0625, -0.0625, -0.0625, 0.0625]));
        assert_eq!(auc_influences(&[0.1], &[true]), None);
    }
}
