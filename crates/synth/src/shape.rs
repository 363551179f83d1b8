//! How large the generated data is.

use crate::marginals::Marginals;

/// Checked sizes of a data set, and what its counts and stars are like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    n_users: u32,
    n_items: u32,
    n_ratings: u64,
    seed: u64,
    marginals: Marginals,
}

/// Sizes that no data set can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} = {value}: expected {expected}")]
pub struct ShapeError {
    key: &'static str,
    value: u64,
    expected: String,
}

impl Shape {
    /// The most users, a limit on memory.
    pub const MAX_USERS: u32 = 100_000_000;
    /// The most items, a limit on memory.
    pub const MAX_ITEMS: u32 = 10_000_000;

    /// `n_ratings` ratings of `n_items` items by `n_users` users: each user gives at least one, and none rates an item twice. The tails and
    /// stars are those of ml-latest-small; [`Scale`](crate::Scale) has those of the larger sets.
    ///
    /// # Errors
    /// [`ShapeError`] naming the size that is out of range.
    pub fn new(n_users: u32, n_items: u32, n_ratings: u64, seed: u64) -> Result<Self, ShapeError> {
        let error = |key, value, expected| Err(ShapeError { key, value, expected });
        if !(1..=Self::MAX_USERS).contains(&n_users) {
            return error("users", u64::from(n_users), format!("1 to {}", Self::MAX_USERS));
        }
        if !(1..=Self::MAX_ITEMS).contains(&n_items) {
            return error("items", u64::from(n_items), format!("1 to {}", Self::MAX_ITEMS));
        }
        let (fewest, most) = (u64::from(n_users), u64::from(n_users) * u64::from(n_items));
        if !(fewest..=most).contains(&n_ratings) {
            let expected = format!("{fewest} (one a user) to {most} (every user rates every item)");
            return error("ratings", n_ratings, expected);
        }
        Ok(Self { n_users, n_items, n_ratings, seed, marginals: Marginals::SMALL })
    }

    /// With other marginals than those of ml-latest-small.
    pub(crate) fn with_marginals(self, marginals: Marginals) -> Self {
        Self { marginals, ..self }
    }

    pub(crate) fn marginals(&self) -> &Marginals {
        &self.marginals
    }

    /// How many users there are; their ids are 1 to this.
    pub fn n_users(&self) -> u32 {
        self.n_users
    }

    /// How many items there are.
    pub fn n_items(&self) -> u32 {
        self.n_items
    }

    /// How many ratings there are.
    pub fn n_ratings(&self) -> u64 {
        self.n_ratings
    }

    /// The seed of all random streams.
    pub fn seed(&self) -> u64 {
        self.seed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_sizes_are_named() {
        let message =
            |n_users, n_items, n_ratings| Shape::new(n_users, n_items, n_ratings, 0).unwrap_err().to_string();
        assert_eq!(message(0, 5, 5), "users = 0: expected 1 to 100000000");
        assert_eq!(message(5, 0, 5), "items = 0: expected 1 to 10000000");
        assert_eq!(
            message(3, 4, 13),
            "ratings = 13: expected 3 (one a user) to 12 (every user rates every item)"
        );
        assert_eq!(
            message(3, 4, 2),
            "ratings = 2: expected 3 (one a user) to 12 (every user rates every item)"
        );
        assert!(Shape::new(3, 4, 12, 0).is_ok());
    }
}
