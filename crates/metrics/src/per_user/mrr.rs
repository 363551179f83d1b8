//! Mean reciprocal rank.

use super::{Compute, Metric};
use crate::RankedList;

pub(super) const METRIC: Metric = Metric {
    name: "mrr",
    compute: Compute::WholeList(reciprocal_rank),
    expected: Compute::WholeList(expected_reciprocal_rank),
};

/// 1 / the 1-based rank of the first relevant row, over the whole list. Its mean over users is MRR.
///
/// Range: [0, 1], 0 where no relevant row is retrieved. `None` where no row is relevant. Reference: `trec_eval`'s `recip_rank`.
pub fn reciprocal_rank(list: &RankedList<'_>) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    Some(list.relevant_ranks().first().map_or(0.0, |&first| (f64::from(first) + 1.0).recip()))
}

/// Its mean over the orders of tied rows.
///
/// In the first tie group with a relevant row, n rows of which r are relevant, the first hit comes at the j-th rank
/// (from 0) with the chance that j rows without a hit are drawn, and then one: r / (n - j) of those that are left.
pub fn expected_reciprocal_rank(list: &RankedList<'_>) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    let Some(group) = list.tie_groups().find(|group| group.n_relevant > 0) else { return Some(0.0) };
    let (mut expected, mut no_hit_yet) = (0.0, 1.0);
    for j in 0..=group.len - group.n_relevant {
        let hit = group.n_relevant as f64 / (group.len - j) as f64;
        expected += no_hit_yet * hit / (group.first + j + 1) as f64;
        no_hit_yet *= 1.0 - hit;
    }
    Some(expected)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{with_grades, with_scores};
    use super::*;

    #[test]
    fn three_rows() {
        assert_eq!(with_grades(&[5.0, 1.0, 4.0], reciprocal_rank), Some(1.0));
        assert_eq!(with_grades(&[1.0, 1.0, 4.0], reciprocal_rank), Some(1.0 / 3.0));
        assert_eq!(with_grades(&[1.0], reciprocal_rank), None);
    }

    #[test]
    fn an_unretrieved_row_has_no_rank() {
        assert_eq!(with_scores(&[5.0, 1.0], &[f64::NAN, 0.0], reciprocal_rank), Some(0.0));
        assert_eq!(with_scores(&[5.0], &[f64::NAN], expected_reciprocal_rank), Some(0.0));
    }

    #[test]
    fn three_tied_rows() {
        let value = with_scores(&[1.0, 5.0, 1.0], &[0.0; 3], expected_reciprocal_rank).unwrap();
        assert!((value - 11.0 / 18.0).abs() < 1e-15, "{value}"); // (1 + 1/2 + 1/3) / 3
    }
}
