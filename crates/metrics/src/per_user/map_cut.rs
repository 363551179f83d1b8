//! Mean average precision of the first K rows.

use super::{Compute, Metric};
use crate::RankedList;

pub(super) const METRIC: Metric = Metric { name: "map_cut", compute: Compute::AtK(average_precision_cut) };

/// Average precision of the first `k` rows: the precision at the rank of each relevant row among them, summed and
/// divided by *all* relevant rows of the user, also where these are more than `k`.
///
/// Range: [0, 1]; 1 is out of reach for a user with more than `k` relevant rows. `None` where no row is relevant.
/// Reference: `trec_eval`'s `map_cut_K`. (Other libraries' MAP@K divide by min(K, relevant rows).)
pub fn average_precision_cut(list: &RankedList<'_>, k: usize) -> Option<f64> {
    if list.n_relevant() == 0 {
        return None;
    }
    let hits = &list.relevant_ranks()[..list.hits(k)];
    let precisions = (1u32..).zip(hits).map(|(n, &rank)| f64::from(n) / (f64::from(rank) + 1.0));
    // An empty `sum` would be -0.
    let total = precisions.fold(0.0, |total, precision| total + precision);
    Some(total / list.n_relevant() as f64)
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_grades;
    use super::*;

    #[test]
    fn three_rows() {
        with_grades(&[1.0, 5.0, 4.0], |list| {
            assert_eq!(average_precision_cut(list, 1), Some(0.0));
            assert_eq!(average_precision_cut(list, 2), Some(0.25)); // (1/2) / 2 relevant rows
            assert_eq!(average_precision_cut(list, 3), Some(f64::midpoint(0.5, 2.0 / 3.0))); // (1/2 + 2/3) / 2
        });
        assert_eq!(with_grades(&[1.0], |list| average_precision_cut(list, 1)), None);
    }
}
