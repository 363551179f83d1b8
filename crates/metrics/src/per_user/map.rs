//! Mean average precision over the whole list.

use super::map_cut::{average_precision_cut, expected_average_precision_cut};
use super::{Compute, Metric};
use crate::RankedList;

pub(super) const METRIC: Metric = Metric {
    name: "map",
    compute: Compute::WholeList(average_precision),
    expected: Compute::WholeList(expected_average_precision),
};

/// Average precision: the precision at the rank of each relevant row, summed and divided by the number of relevant
/// rows. Its mean over users is MAP.
///
/// Range: [0, 1]; a relevant row that is not retrieved adds 0. `None` where no row is relevant. Reference: `trec_eval`'s `map`.
pub fn average_precision(list: &RankedList<'_>) -> Option<f64> {
    average_precision_cut(list, list.len())
}

/// Its mean over the orders of tied rows.
pub fn expected_average_precision(list: &RankedList<'_>) -> Option<f64> {
    expected_average_precision_cut(list, list.len())
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_grades;
    use super::*;

    #[test]
    fn three_rows() {
        // relevant rows at 1 and 3 (1-based): (1/1 + 2/3) / 2 = 5/6
        assert_eq!(with_grades(&[5.0, 1.0, 4.0], average_precision), Some(f64::midpoint(1.0, 2.0 / 3.0)));
        assert_eq!(with_grades(&[5.0, 4.0, 1.0], average_precision), Some(1.0));
        assert_eq!(with_grades(&[1.0, 1.0], average_precision), None);
    }
}
