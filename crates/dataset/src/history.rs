//! What a model or a statistic may see.

use std::sync::OnceLock;

use crate::{Csr, IdIndex, Lookup, Ratings};

/// The ratings that a model is fitted on and that statistics are taken from. Only a splitter's output makes one, so
/// the rows that are held out are not in it and cannot be looked at.
#[derive(Debug, Clone)]
pub struct History {
    users: IdIndex,
    items: IdIndex,
    by_user: Csr,
    /// Made when it is first asked for.
    by_item: OnceLock<Csr>,
    times: Vec<i64>,
    mean: f64,
}

impl History {
    /// Builds the history of `ratings`, each (user, item) pair at most once, in any row order.
    ///
    /// The mean is summed in f64 in (user, item) order, so that the row order does not change it.
    pub fn new(ratings: &Ratings) -> Self {
        Self::from_rows(ratings, |_| true)
    }

    /// The history of those rows of `ratings` for which `keep` holds.
    pub fn from_rows(ratings: &Ratings, keep: impl Fn(usize) -> bool) -> Self {
        let rows = (0..ratings.len()).filter(|&row| keep(row));
        let key = |row: usize| (ratings.user_ids[row], ratings.item_ids[row]);
        if rows.clone().is_sorted_by_key(key) {
            return Self::of_sorted(ratings, rows);
        }
        let mut rows: Vec<usize> = rows.collect();
        rows.sort_unstable_by_key(|&row| key(row));
        Self::of_sorted(ratings, rows.iter().copied())
    }

    /// The history of `rows`, which ascend by user and item. They are walked several times, so that nothing is held but what is kept.
    fn of_sorted(ratings: &Ratings, rows: impl Iterator<Item = usize> + Clone) -> Self {
        let users = IdIndex::new(rows.clone().map(|row| ratings.user_ids[row]));
        let items = IdIndex::new(rows.clone().map(|row| ratings.item_ids[row]));
        let n_rows = rows.clone().count();
        let (user_index, item_index) = (Lookup::new(&users, n_rows), Lookup::new(&items, n_rows));
        let entries = rows.clone().filter_map(|row| {
            let user = user_index.index_of(ratings.user_ids[row])?;
            Some((user, item_index.index_of(ratings.item_ids[row])?, ratings.values[row]))
        });
        let by_user = Csr::from_entries(users.len(), entries);
        let mut times = Vec::with_capacity(n_rows);
        times.extend(rows.map(|row| ratings.timestamps[row]));
        let mut total = 0.0f64;
        for user in 0..users.len() as u32 {
            total += by_user.row(user).1.iter().map(|&value| f64::from(value)).sum::<f64>();
        }
        let mean = if n_rows == 0 { 0.0 } else { total / n_rows as f64 };
        Self { users, items, by_user, by_item: OnceLock::new(), times, mean }
    }

    /// The users who rated something.
    pub fn users(&self) -> &IdIndex {
        &self.users
    }

    /// The items that somebody rated.
    pub fn items(&self) -> &IdIndex {
        &self.items
    }

    /// User index -> (item indices, ratings).
    pub fn by_user(&self) -> &Csr {
        &self.by_user
    }

    /// When each rating was given, in the order of the entries of [`History::by_user`], in seconds since 1970.
    pub fn times(&self) -> &[i64] {
        &self.times
    }

    /// When user `user` rated each item of the user's row of [`History::by_user`], in seconds since 1970.
    ///
    /// # Panics
    /// Where `user` is not the index of a user.
    pub fn times_of(&self, user: u32) -> &[i64] {
        &self.times[self.by_user.range(user)]
    }

    /// Item index -> (user indices, ratings).
    pub fn by_item(&self) -> &Csr {
        self.by_item.get_or_init(|| self.by_user.transposed(self.items.len()))
    }

    /// How many ratings there are.
    pub fn n_ratings(&self) -> usize {
        self.by_user.n_entries()
    }

    /// The mean rating, in stars; 0 where there is none.
    pub fn mean(&self) -> f64 {
        self.mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rating;

    fn rating(user_id: i64, item_id: i64, value: f32) -> Rating {
        Rating { user_id, item_id, value, timestamp: 0 }
    }

    #[test]
    fn both_sides_hold_the_same_ratings() {
        let ratings: Ratings =
            [rating(7, 100, 4.0), rating(3, 100, 2.0), rating(7, 50, 3.0)].into_iter().collect();
        let history = History::new(&ratings);
        assert_eq!(history.users().ids(), [3, 7]);
        assert_eq!(history.items().ids(), [50, 100]);
        assert_eq!(history.by_user().row(1), (&[0, 1][..], &[3.0, 4.0][..]));
        assert_eq!(history.by_item().row(1), (&[0, 1][..], &[2.0, 4.0][..]));
        assert_eq!(history.mean(), 3.0); // (2 + 3 + 4) / 3
    }

    #[test]
    fn times_stand_beside_the_users_items() {
        let at = |user_id, item_id, timestamp| Rating { user_id, item_id, value: 3.0, timestamp };
        let ratings: Ratings = [at(7, 100, 30), at(3, 100, 20), at(7, 50, 10)].into_iter().collect();
        let history = History::new(&ratings);
        assert_eq!((history.times_of(0), history.times_of(1)), (&[20][..], &[10, 30][..]));
    }

    #[test]
    fn an_empty_history_has_mean_zero() {
        let history = History::new(&Ratings::default());
        assert_eq!((history.n_ratings(), history.mean()), (0, 0.0));
    }
}
