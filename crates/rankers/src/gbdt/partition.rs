//! Parts a node's rows into those of its two children.

use rayon::prelude::*;

use super::fixed_point::TreeRow;

/// A second thread is worth its start from so many rows on.
const MIN_ROWS_PER_TASK: usize = 8192;

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

    /// What is added to a bin, past 255 beginning again at 0, before it is compared.
    pub fn shift(self) -> u8 {
        self.shift
    }

    /// The largest sum that goes left.
    pub fn last_left(self) -> u8 {
        self.last_left
    }

    /// Whether a row whose feature is in this bin goes left.
    #[inline]
    pub fn goes_left(self, bin: u8) -> bool {
        bin.wrapping_add(self.shift) <= self.last_left
    }
}

/// Parts `rows` in place, in their order on both sides; returns how many went left. `column` holds the bins of the test's feature, `scratch` is
/// at least as long as `rows`.
pub(super) fn partition(
    rows: &mut [TreeRow],
    scratch: &mut [TreeRow],
    column: &[u8],
    test: BinTest,
) -> usize {
    let n_tasks = (rows.len() / MIN_ROWS_PER_TASK).clamp(1, rayon::current_num_threads());
    if n_tasks == 1 {
        let n_left = part(rows, scratch, column, test);
        let n_right = rows.len() - n_left;
        rows[n_left..].copy_from_slice(&scratch[..n_right]);
        return n_left;
    }
    let task_rows = rows.len().div_ceil(n_tasks);
    let scratch = &mut scratch[..rows.len()];
    let n_left_of: Vec<usize> = rows
        .par_chunks_mut(task_rows)
        .zip(scratch.par_chunks_mut(task_rows))
        .map(|(rows, scratch)| part(rows, scratch, column, test))
        .collect();
    // The left rows of each task close up, then come the right rows of each.
    let mut n_left = n_left_of[0];
    for (task, &n) in n_left_of.iter().enumerate().skip(1) {
        rows.copy_within(task * task_rows..task * task_rows + n, n_left);
        n_left += n;
    }
    let mut rights = &mut rows[n_left..];
    let mut copies = Vec::with_capacity(n_tasks);
    for (scratch, n) in scratch.chunks(task_rows).zip(n_left_of) {
        let (to, rest) = std::mem::take(&mut rights).split_at_mut(scratch.len() - n);
        copies.push((to, scratch));
        rights = rest;
    }
    copies.into_par_iter().for_each(|(to, scratch)| to.copy_from_slice(&scratch[..to.len()]));
    n_left
}

/// Moves the rows that go left to the front and copies the others to `scratch`; returns how many went left.
fn part(rows: &mut [TreeRow], scratch: &mut [TreeRow], column: &[u8], test: BinTest) -> usize {
    const TOGETHER: usize = 64;
    let mut bins = [0; TOGETHER];
    let (mut n_left, mut n_right) = (0, 0);
    for start in (0..rows.len()).step_by(TOGETHER) {
        let end = (start + TOGETHER).min(rows.len());
        // All look-ups first: they wait for the memory side by side.
        for (bin, row) in bins.iter_mut().zip(&rows[start..end]) {
            *bin = column[row.row as usize];
        }
        for (at, &bin) in (start..end).zip(&bins) {
            // Each row is written to both sides, and one side moves on: a branch would be mispredicted too often.
            let row = rows[at];
            let left = test.goes_left(bin);
            rows[n_left] = row;
            scratch[n_right] = row;
            n_left += usize::from(left);
            n_right += usize::from(!left);
        }
    }
    n_left
}

#[cfg(test)]
mod tests {
    use super::super::binning::MISSING_BIN;
    use super::super::fixed_point::FixedPoint;
    use super::*;

    fn parted(column: &[u8], test: BinTest) -> (usize, Vec<u32>) {
        let units = FixedPoint::new(column.len(), 1.0, 1.0);
        let mut rows: Vec<TreeRow> =
            (0..column.len() as u32).map(|row| units.round(row, [1.0, 1.0])).collect();
        let n_left = partition(&mut rows, &mut vec![TreeRow::default(); column.len()], column, test);
        (n_left, rows.iter().map(|row| row.row).collect())
    }

    #[test]
    fn both_sides_keep_their_order() {
        let column = [4, 0, MISSING_BIN, 3, 1, 2];
        assert_eq!(parted(&column, BinTest::new(0, 1, true)), (3, vec![1, 2, 4, 0, 3, 5]));
        assert_eq!(parted(&column, BinTest::new(0, 1, false)), (2, vec![1, 4, 0, 2, 3, 5]));
    }

    #[test]
    fn many_tasks_part_as_one_does() {
        let column: Vec<u8> = (0..5 * MIN_ROWS_PER_TASK + 7).map(|row| (row * row % 251) as u8).collect();
        let test = BinTest::new(0, 90, false);
        let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        let one = pool(1).install(|| parted(&column, test));
        assert_eq!(one.0, column.iter().filter(|&&bin| bin <= 90).count());
        assert_eq!(pool(3).install(|| parted(&column, test)), one);
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
