//! Parts a node's rows into those of its two children.

use super::binned_matrix::BinnedMatrix;

/// The test of a split, on bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BinTest {
    feature: usize,
    last_left: u8,
    shift: u8,
}

impl BinTest {
    /// Bins 0 to `last_left`, at most 254, of `feature` go left, and missing values where `default_left` says so.
    pub fn new(feature: u32, last_left: u8, default_left: bool) -> Self {
        // The missing bin is 255. Shifted by one, it becomes the smallest of all and goes left.
        let shift = u8::from(default_left);
        Self { feature: feature as usize, last_left: last_left + shift, shift }
    }

    /// Which feature is looked at.
    pub fn feature(self) -> usize {
        self.feature
    }

    /// Whether a row whose feature is in this bin goes left.
    #[inline]
    pub fn goes_left(self, bin: u8) -> bool {
        bin.wrapping_add(self.shift) <= self.last_left
    }
}

/// Parts `rows` in place, in their order on both sides; returns how many went left. `scratch` is at least as long as `rows`.
pub(super) fn partition(rows: &mut [u32], scratch: &mut [u32], bins: &BinnedMatrix, test: BinTest) -> usize {
    let (mut n_left, mut n_right) = (0, 0);
    for at in 0..rows.len() {
        // Each row is written to both sides, and one side moves on: a branch would be mispredicted too often.
        let row = rows[at];
        let left = test.goes_left(bins.get(row as usize, test.feature));
        rows[n_left] = row;
        scratch[n_right] = row;
        n_left += usize::from(left);
        n_right += usize::from(!left);
    }
    rows[n_left..].copy_from_slice(&scratch[..n_right]);
    n_left
}

#[cfg(test)]
mod tests {
    use super::super::binning::{FeatureBins, MISSING_BIN};
    use super::*;
    use crate::FeatureMatrix;

    #[test]
    fn both_sides_keep_their_order() {
        let column = vec![5.0, 1.0, f64::NAN, 4.0, 2.0, 3.0];
        let features = FeatureMatrix::from_columns(vec![("a".to_owned(), column.clone())]).unwrap();
        let bins = BinnedMatrix::new(&features, &[FeatureBins::new(column, 255)]);
        for (default_left, left, right) in
            [(true, vec![1, 2, 4], vec![0, 3, 5]), (false, vec![1, 4], vec![0, 2, 3, 5])]
        {
            let mut rows = [0, 1, 2, 3, 4, 5];
            let n_left = partition(&mut rows, &mut [0; 6], &bins, BinTest::new(0, 1, default_left));
            assert_eq!((&rows[..n_left], &rows[n_left..]), (&left[..], &right[..]));
        }
    }

    #[test]
    fn missing_goes_where_it_is_told_at_any_threshold() {
        for last_left in [0, 100, 254] {
            assert!(BinTest::new(0, last_left, true).goes_left(MISSING_BIN));
            assert!(!BinTest::new(0, last_left, false).goes_left(MISSING_BIN));
            for default_left in [true, false] {
                let test = BinTest::new(0, last_left, default_left);
                assert!(test.goes_left(last_left) && (last_left == 254 || !test.goes_left(last_left + 1)));
            }
        }
    }
}
