//! The lists that a ranking objective orders: contiguous ranges of rows.

use std::ops::Range;

use crate::FitError;

/// A block of rows for one task ends with the first group that brings it to so many rows.
const BLOCK_ROWS: usize = 2048;

/// Rows that follow each other and belong to one query (a user, or a user's rows of one fold). Within a group rows stand in
/// ascending order of the item id: of equal scores, the row that comes first ranks first.
#[derive(Debug, Clone, Copy)]
pub struct QueryGroups<'a> {
    ends: &'a [usize],
}

impl<'a> QueryGroups<'a> {
    /// The groups of `n_rows` rows that end (exclusively) at `ends`.
    ///
    /// # Errors
    /// Where there is none, one is empty, or they do not cover the rows.
    pub fn new(ends: &'a [usize], n_rows: usize) -> Result<Self, FitError> {
        let mut start = 0;
        for (group, &end) in ends.iter().enumerate() {
            if end <= start || end > n_rows {
                return Err(FitError::GroupEnd { group, end, start, n_rows });
            }
            start = end;
        }
        match ends.last() {
            None => Err(FitError::NoGroups),
            Some(&end) if end < n_rows => Err(FitError::RowsWithoutGroup { end, n_rows }),
            Some(_) => Ok(Self { ends }),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none, which the constructor refuses.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The rows of each group.
    pub fn ranges(self) -> impl Iterator<Item = Range<usize>> + 'a {
        self.within(0..self.ends.last().copied().unwrap_or(0)).map(|(_, rows)| rows)
    }

    /// The groups of a block that begins and ends with whole groups: each one's number and rows.
    pub(super) fn within(self, block: Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> + 'a {
        let first = self.ends.partition_point(|&end| end <= block.start);
        let ends = self.ends[first..].iter().copied().take_while(move |&end| end <= block.end);
        ends.scan(block.start, |start, end| Some(std::mem::replace(start, end)..end))
            .enumerate()
            .map(move |(at, rows)| (first + at, rows))
    }

    /// Blocks of whole groups, as [`super::Objective::block_ends`] wants them.
    pub(super) fn block_ends(self) -> Vec<usize> {
        let mut block_ends = Vec::new();
        let mut start = 0;
        for (group, &end) in self.ends.iter().enumerate() {
            if end - start >= BLOCK_ROWS || group + 1 == self.ends.len() {
                block_ends.push(end);
                start = end;
            }
        }
        block_ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_do_not_cover_the_rows_are_told() {
        let message = |ends: &[usize]| QueryGroups::new(ends, 5).unwrap_err().to_string();
        assert_eq!(message(&[]), "no query groups: a ranking objective needs the end of each group of rows");
        assert_eq!(
            message(&[2, 2, 5]),
            "query group 1 (0-based) ends at row 2: expected an end above 2, where it begins, and at most 5, the number of rows"
        );
        assert_eq!(
            message(&[2, 6]),
            "query group 1 (0-based) ends at row 6: expected an end above 2, where it begins, and at most 5, the number of rows"
        );
        assert_eq!(message(&[2, 4]), "the query groups end at row 4: expected 5, the number of rows");
        assert!(QueryGroups::new(&[5], 5).is_ok());
    }

    #[test]
    fn blocks_are_whole_groups() {
        let ends = [1, 2000, 2048, 2049, 9000, 9001];
        let groups = QueryGroups::new(&ends, 9001).unwrap();
        assert_eq!(groups.block_ends(), [2048, 9000, 9001]);
        let within: Vec<_> = groups.within(2048..9000).collect();
        assert_eq!(within, [(3, 2048..2049), (4, 2049..9000)]);
        assert_eq!(groups.ranges().last(), Some(9000..9001));
    }
}
