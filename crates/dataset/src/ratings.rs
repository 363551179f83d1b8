//! The table of ratings, column by column.

use crate::{ItemId, UserId};

/// One rating: who, what, how much, when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rating {
    /// Who rated.
    pub user_id: UserId,
    /// What was rated.
    pub item_id: ItemId,
    /// The rating, in stars.
    pub value: f32,
    /// When, in seconds since 1970.
    pub timestamp: i64,
}

/// Many ratings as four columns of equal length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ratings {
    /// Who rated.
    pub user_ids: Vec<UserId>,
    /// What was rated.
    pub item_ids: Vec<ItemId>,
    /// The ratings, in stars.
    pub values: Vec<f32>,
    /// When, in seconds since 1970.
    pub timestamps: Vec<i64>,
}

impl Ratings {
    /// An empty table with room for `n` ratings.
    pub fn with_capacity(n: usize) -> Self {
        Self {
            user_ids: Vec::with_capacity(n),
            item_ids: Vec::with_capacity(n),
            values: Vec::with_capacity(n),
            timestamps: Vec::with_capacity(n),
        }
    }

    /// How many ratings there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no rating at all.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Removes all ratings, the room for them stays.
    pub fn clear(&mut self) {
        self.user_ids.clear();
        self.item_ids.clear();
        self.values.clear();
        self.timestamps.clear();
    }

    /// Appends one rating.
    pub fn push(&mut self, rating: Rating) {
        self.user_ids.push(rating.user_id);
        self.item_ids.push(rating.item_id);
        self.values.push(rating.value);
        self.timestamps.push(rating.timestamp);
    }

    /// The rating in row `row`.
    ///
    /// # Panics
    /// Where `row` is not below [`Ratings::len`].
    pub fn get(&self, row: usize) -> Rating {
        Rating {
            user_id: self.user_ids[row],
            item_id: self.item_ids[row],
            value: self.values[row],
            timestamp: self.timestamps[row],
        }
    }

    /// All ratings, in row order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Rating> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }
}

impl FromIterator<Rating> for Ratings {
    fn from_iter<T: IntoIterator<Item = Rating>>(ratings: T) -> Self {
        let mut table = Self::default();
        for rating in ratings {
            table.push(rating);
        }
        table
    }
}
