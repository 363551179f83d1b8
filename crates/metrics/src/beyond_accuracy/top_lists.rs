//! The items that each user would be shown.

use rayon::prelude::*;

use crate::evaluation::check_length;
use crate::{Groups, MetricsError, RankOrder, TieOrder};

/// Users a task.
const USERS_PER_TASK: usize = 64;

/// One model's best items for each user, best first: at most `k` each, as positions in the [`super::Catalogue`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopLists {
    k: usize,
    /// The list of user `u` is `items[offsets[u]..offsets[u + 1]]`.
    offsets: Vec<usize>,
    items: Vec<u32>,
}

impl TopLists {
    /// No user yet; lists of up to `k` items.
    pub fn new(k: usize) -> Self {
        Self { k, offsets: vec![0], items: Vec::new() }
    }

    /// Adds the next user's list, best item first; items beyond the first `k` are left out.
    pub fn push(&mut self, items: &[u32]) {
        self.items.extend_from_slice(&items[..self.k.min(items.len())]);
        self.offsets.push(self.items.len());
    }

    /// The `k` best rows of each user of `groups` by `scores`; ties by the smaller item id, rows of a NaN score left out.
    /// `items` is each row's position in the catalogue.
    ///
    /// # Errors
    /// [`MetricsError::Length`] where there is not one id, one item and one score a row.
    pub fn from_scores(
        groups: &Groups,
        item_ids: &[i64],
        items: &[u32],
        scores: &[f64],
        k: usize,
    ) -> Result<Self, MetricsError> {
        check_length("item_ids", item_ids.len(), groups)?;
        check_length("items", items.len(), groups)?;
        check_length("scores", scores.len(), groups)?;
        let users: Vec<usize> = (0..groups.len()).collect();
        let parts: Vec<Self> = users
            .par_chunks(USERS_PER_TASK)
            .map_init(
                || RankOrder::new(TieOrder::SmallerItem),
                |order, users| {
                    let mut part = Self::new(k);
                    for &user in users {
                        let range = groups.rows(user);
                        order.load(&item_ids[range.clone()]);
                        order.sort_top(&scores[range.clone()], k);
                        let rows = &order.rows()[..order.n_retrieved()];
                        part.items.extend(rows.iter().map(|&row| items[range.start + row as usize]));
                        part.offsets.push(part.items.len());
                    }
                    part
                },
            )
            .collect();
        let mut lists = Self::new(k);
        for part in parts {
            let before = lists.items.len();
            lists.items.extend(part.items);
            lists.offsets.extend(part.offsets[1..].iter().map(|offset| before + offset));
        }
        Ok(lists)
    }

    /// How many users there are.
    pub fn n_users(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The most items that a list has.
    pub fn k(&self) -> usize {
        self.k
    }

    /// The first `k` items of the user at `user`: fewer where the list is shorter.
    ///
    /// # Panics
    /// Where `user` is not below [`TopLists::n_users`].
    pub fn top(&self, user: usize, k: usize) -> &[u32] {
        let list = &self.items[self.offsets[user]..self.offsets[user + 1]];
        &list[..k.min(list.len())]
    }

    /// The first `k` items of each user.
    pub fn tops(&self, k: usize) -> impl ExactSizeIterator<Item = &[u32]> {
        (0..self.n_users()).map(move |user| self.top(user, k))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_rows_that_are_retrieved() {
        let groups = Groups::from_sorted(&[1, 1, 1, 2, 2]).unwrap();
        let scores = [0.5, 0.5, 0.9, f64::NAN, f64::NEG_INFINITY];
        let lists =
            TopLists::from_scores(&groups, &[30, 20, 10, 10, 20], &[2, 1, 0, 0, 1], &scores, 2).unwrap();
        assert_eq!(lists.tops(2).collect::<Vec<_>>(), [&[0, 1][..], &[1]]); // of the tied 20 and 30 the 20
        assert_eq!(lists.tops(1).collect::<Vec<_>>(), [&[0][..], &[1]]);
        let mut pushed = TopLists::new(2);
        pushed.push(&[0, 1, 2]);
        pushed.push(&[1]);
        assert_eq!((lists.n_users(), lists.k()), (2, 2));
        assert_eq!(pushed, lists);
    }

    #[test]
    fn a_short_column_is_named() {
        let groups = Groups::from_sorted(&[1, 1]).unwrap();
        let error = TopLists::from_scores(&groups, &[1, 2], &[0, 1], &[0.5], 2).unwrap_err().to_string();
        assert_eq!(error, "scores has 1 rows, expected 2: one for each user id");
    }

    #[test]
    fn many_users_keep_their_order() {
        let user_ids: Vec<i64> = (0..1000).collect();
        let groups = Groups::from_sorted(&user_ids).unwrap();
        let items: Vec<u32> = (0..1000).rev().collect();
        let lists = TopLists::from_scores(&groups, &user_ids, &items, &vec![0.0; 1000], 3).unwrap();
        assert!(lists.tops(3).zip(&items).all(|(top, item)| top == [*item]));
    }
}
