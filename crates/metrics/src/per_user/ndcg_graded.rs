//! NDCG at K with graded gains.

use super::ndcg::expected_dcg;
use super::{Compute, Metric};
use crate::RankedList;
use crate::dcg::dcg;

pub(super) const METRIC: Metric = Metric {
    name: "ndcg_graded",
    compute: Compute::AtK(ndcg_graded),
    expected: Compute::AtK(expected_ndcg_graded),
};

/// DCG of the first `k` gains divided by the DCG of the best order, all of the user's gains in descending order cut at
/// `k`. An evaluation takes exponential gains, 2^grade - 1 of the rating in stars ([`crate::dcg::Gain::Exponential`]):
/// what `LambdaMART` optimises, and unlike linear gains it hardly rewards rows of one or two stars.
///
/// Range: [0, 1]. `None` where no row is relevant (the same users are left out as in every other metric) or none has a
/// gain. Reference: Burges et al., 2005; `trec_eval`'s `ndcg_cut_K` where the judgements are the gains.
pub fn ndcg_graded(list: &RankedList<'_>, k: usize) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    let ideal = dcg(list.ideal_gains(), k, list.discounts());
    (ideal > 0.0).then(|| dcg(list.gains(), k, list.discounts()) / ideal)
}

/// Its mean over the orders of tied rows: each gains the mean of its tie group.
pub fn expected_ndcg_graded(list: &RankedList<'_>, k: usize) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    let ideal = dcg(list.ideal_gains(), k, list.discounts());
    (ideal > 0.0).then(|| expected_dcg(list, k, |group| group.gain) / ideal)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{with_grades, with_scores};
    use super::*;

    #[test]
    fn three_rows() {
        with_grades(&[1.0, 5.0, 4.0], |list| {
            // gains 1, 31, 15: (1 + 31 * .63093 + 15 * .5) / (31 + 15 * .63093 + 1 * .5) = 28.05882 / 40.96395
            let value = ndcg_graded(list, 3).unwrap();
            assert!((value - 28.058_822_360_715_18 / 40.963_946_303_571_86).abs() < 1e-15, "{value}");
            // cut at 1: 1 / 31
            assert_eq!(ndcg_graded(list, 1), Some(1.0 / 31.0));
        });
        assert_eq!(with_grades(&[5.0, 4.0, 1.0], |list| ndcg_graded(list, 2)), Some(1.0));
        assert_eq!(with_grades(&[3.0, 1.0], |list| ndcg_graded(list, 2)), None);
    }

    #[test]
    fn two_tied_rows_and_one_that_is_not_retrieved() {
        // gains 1 and 15, either first: 8 * (1 + .63093), of 31 + 15 * .63093
        let scores = [0.0, 0.0, f64::NAN];
        let value = with_scores(&[1.0, 4.0, 5.0], &scores, |list| expected_ndcg_graded(list, 2)).unwrap();
        assert!((value - 8.0 * 1.630_929_753_571_457_4 / 40.463_946_303_571_86).abs() < 1e-15, "{value}");
    }
}
