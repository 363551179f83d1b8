//! Mean reciprocal rank.

use super::{Compute, Metric};
use crate::RankedList;

pub(super) const METRIC: Metric = Metric { name: "mrr", compute: Compute::WholeList(reciprocal_rank) };

/// 1 / the 1-based rank of the first relevant row, over the whole list. Its mean over users is MRR.
///
/// Range: (0, 1]. `None` where no row is relevant. Reference: `trec_eval`'s `recip_rank`.
pub fn reciprocal_rank(list: &RankedList<'_>) -> Option<f64> {
    let &first = list.relevant_ranks().first()?;
    Some((f64::from(first) + 1.0).recip())
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_grades;
    use super::*;

    #[test]
    fn three_rows() {
        assert_eq!(with_grades(&[5.0, 1.0, 4.0], reciprocal_rank), Some(1.0));
        assert_eq!(with_grades(&[1.0, 1.0, 4.0], reciprocal_rank), Some(1.0 / 3.0));
        assert_eq!(with_grades(&[1.0], reciprocal_rank), None);
    }
}
