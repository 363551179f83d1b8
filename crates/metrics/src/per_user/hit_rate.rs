//! Hit rate at K: did the first K rows hold anything relevant?

use super::{Compute, Metric};
use crate::RankedList;

pub(super) const METRIC: Metric = Metric { name: "hit_rate", compute: Compute::AtK(hit_rate) };

/// 1 where at least one of the first `k` rows is relevant, else 0. The mean over users is the share of users served.
///
/// Range: {0, 1}. `None` where no row is relevant. `trec_eval` calls it `success_K`.
pub fn hit_rate(list: &RankedList<'_>, k: usize) -> Option<f64> {
    let &first = list.relevant_ranks().first()?;
    Some(if (first as usize) < k { 1.0 } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_grades;
    use super::*;

    #[test]
    fn three_rows() {
        with_grades(&[1.0, 5.0, 4.0], |list| {
            assert_eq!(hit_rate(list, 1), Some(0.0)); // the first relevant row is the second
            assert_eq!(hit_rate(list, 2), Some(1.0));
            assert_eq!(hit_rate(list, 99), Some(1.0));
        });
        assert_eq!(with_grades(&[1.0, 2.0], |list| hit_rate(list, 1)), None);
    }
}
