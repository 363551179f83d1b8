//! What the training ratings and the item table say of the catalogue.

use crate::MetricsError;

/// The items that could be shown. An item is named by its position, from 0, in these columns.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue<'a> {
    genres: &'a [u64],
    n_raters: &'a [u32],
    n_users: usize,
}

impl<'a> Catalogue<'a> {
    /// Of each item its genres as a bit set, and how many of the `n_users` users with a training rating rated it.
    ///
    /// # Errors
    /// [`MetricsError::Catalogue`] where the columns differ in length or an item has more raters than there are users.
    pub fn new(genres: &'a [u64], n_raters: &'a [u32], n_users: usize) -> Result<Self, MetricsError> {
        let too_many = n_raters.iter().any(|&n| n as usize > n_users);
        if genres.len() != n_raters.len() || too_many {
            return Err(MetricsError::Catalogue {
                n_genres: genres.len(),
                n_raters: n_raters.len(),
                most_raters: n_raters.iter().copied().max().unwrap_or(0),
                n_users,
            });
        }
        Ok(Self { genres, n_raters, n_users })
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.genres.len()
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.genres.is_empty()
    }

    /// The item's genres as a bit set.
    pub(super) fn genres(&self, item: u32) -> u64 {
        self.genres[item as usize]
    }

    /// The share of users who rated the item in training: its popularity, in [0, 1].
    pub(super) fn popularity(&self, item: u32) -> f64 {
        f64::from(self.n_raters[item as usize]) / self.n_users.max(1) as f64
    }

    /// -log2 of that share, where an item without a rating counts as rated by one user.
    pub(super) fn self_information(&self, item: u32) -> f64 {
        let n_raters = self.n_raters[item as usize].max(1);
        (self.n_users.max(1) as f64 / f64::from(n_raters)).log2()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_cannot_be_are_named() {
        let error = Catalogue::new(&[0; 2], &[1; 3], 5).unwrap_err().to_string();
        assert_eq!(
            error,
            "catalogue of 2 genre sets and 3 numbers of raters, at most 1 of 5 users; expected one of both for each item, \
             and no item with more raters than users"
        );
        assert!(Catalogue::new(&[0; 2], &[1, 6], 5).is_err());
        assert!(Catalogue::new(&[], &[], 0).unwrap().is_empty());
    }
}
