//! Ratings that are held back: those of the test part.

use dataset::{ItemId, UserId};

/// Ratings that no model and no feature sees. They are left out of the finished lists, and the lists are measured by them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Held {
    user_ids: Vec<UserId>,
    item_ids: Vec<ItemId>,
    values: Vec<f32>,
}

impl FromIterator<(UserId, ItemId, f32)> for Held {
    /// Of rows in ascending order of (user, item).
    fn from_iter<I: IntoIterator<Item = (UserId, ItemId, f32)>>(rows: I) -> Self {
        let mut held = Self::default();
        for (user_id, item_id, value) in rows {
            held.user_ids.push(user_id);
            held.item_ids.push(item_id);
            held.values.push(value);
        }
        held
    }
}

impl Held {
    /// The items of a user, ascending, and their ratings in stars.
    pub fn of(&self, user_id: UserId) -> (&[ItemId], &[f32]) {
        let from = self.user_ids.partition_point(|&of| of < user_id);
        let n = self.user_ids[from..].partition_point(|&of| of == user_id);
        (&self.item_ids[from..from + n], &self.values[from..from + n])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_user_has_its_own() {
        let held: Held = [(2, 7, 4.0), (2, 9, 1.0), (5, 7, 3.0)].into_iter().collect();
        assert_eq!(held.of(2), (&[7, 9][..], &[4.0, 1.0][..]));
        assert_eq!(held.of(5), (&[7][..], &[3.0][..]));
        assert_eq!(held.of(3), (&[][..], &[][..]));
    }
}
