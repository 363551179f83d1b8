//! Which rows belong to which user.

use std::ops::Range;

use crate::MetricsError;

/// Rows grouped by user: the rows of each user stand together, users in ascending order of their id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    user_ids: Vec<i64>,
    /// Group `g` is the rows `offsets[g]..offsets[g + 1]`; no group is empty.
    offsets: Vec<usize>,
}

impl Groups {
    /// Groups rows by their user ids, one id a row, in ascending order.
    ///
    /// # Errors
    /// [`MetricsError::Unsorted`] at the first row whose user is below that of the row before, and
    /// [`MetricsError::TooManyRows`] for a user with more than `u32::MAX` rows.
    pub fn from_sorted(row_user_ids: &[i64]) -> Result<Self, MetricsError> {
        let (mut user_ids, mut offsets) = (Vec::new(), vec![0]);
        let mut start = 0;
        for group in row_user_ids.chunk_by(|a, b| a == b) {
            let user_id = group[0];
            if let Some(&previous) = user_ids.last()
                && user_id < previous
            {
                return Err(MetricsError::Unsorted { row: start, user_id, previous });
            }
            if u32::try_from(group.len()).is_err() {
                return Err(MetricsError::TooManyRows { user_id, found: group.len() });
            }
            start += group.len();
            user_ids.push(user_id);
            offsets.push(start);
        }
        Ok(Self { user_ids, offsets })
    }

    /// Groups of known sizes: users in ascending order, and how many rows each has. Users without a row have no group.
    ///
    /// # Errors
    /// [`MetricsError::Unsorted`] at the first row of the first user who is not above the one before.
    pub fn from_sizes(users: impl IntoIterator<Item = (i64, u32)>) -> Result<Self, MetricsError> {
        let (mut user_ids, mut offsets) = (Vec::new(), vec![0]);
        let mut end = 0;
        for (user_id, n_rows) in users.into_iter().filter(|(_, n_rows)| *n_rows > 0) {
            if let Some(&previous) = user_ids.last()
                && user_id <= previous
            {
                return Err(MetricsError::Unsorted { row: end, user_id, previous });
            }
            end += n_rows as usize;
            user_ids.push(user_id);
            offsets.push(end);
        }
        Ok(Self { user_ids, offsets })
    }

    /// How many users there are.
    pub fn len(&self) -> usize {
        self.user_ids.len()
    }

    /// Whether there is no user at all.
    pub fn is_empty(&self) -> bool {
        self.user_ids.is_empty()
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.offsets.last().copied().unwrap_or(0)
    }

    /// The users, ascending.
    pub fn user_ids(&self) -> &[i64] {
        &self.user_ids
    }

    /// The rows of the user at `index`.
    ///
    /// # Panics
    /// Where `index` is not below [`Groups::len`].
    pub fn rows(&self, index: usize) -> Range<usize> {
        self.offsets[index]..self.offsets[index + 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_each_user() {
        let groups = Groups::from_sorted(&[3, 3, 7, 9, 9, 9]).unwrap();
        assert_eq!((groups.user_ids(), groups.n_rows()), (&[3, 7, 9][..], 6));
        assert_eq!([0, 1, 2].map(|index| groups.rows(index)), [0..2, 2..3, 3..6]);
        assert_eq!(Groups::from_sizes([(3, 2), (5, 0), (7, 1), (9, 3)]).unwrap(), groups);
        assert!(matches!(Groups::from_sizes([(3, 2), (3, 1)]), Err(MetricsError::Unsorted { row: 2, .. })));
        let none = Groups::from_sorted(&[]).unwrap();
        assert_eq!((none.is_empty(), none.n_rows()), (true, 0));
    }

    #[test]
    fn unsorted_rows_name_the_row() {
        let error = Groups::from_sorted(&[3, 7, 7, 3]).unwrap_err();
        assert_eq!(error, MetricsError::Unsorted { row: 3, user_id: 3, previous: 7 });
        assert_eq!(error.to_string(), "row 3: user 3 comes after user 7; sort the rows by user id");
    }
}
