//! One row of the item-item products, computed sparsely.

use dataset::Csr;

/// For one item i at a time: the sum over users v of `r_vi * r_vj`, for every item j.
///
/// Kept by each thread and used again for the next item, so that nothing is allocated an item.
pub struct CoRatings {
    sums: Vec<f64>,
    /// The item whose row `sums` holds, if any.
    filled_for: Option<u32>,
}

impl CoRatings {
    /// Room for the row of a catalogue of `n_items`.
    pub fn new(n_items: usize) -> Self {
        Self { sums: vec![0.0; n_items], filled_for: None }
    }

    /// Replaces the row by that of `item`. Sums in f64, over the users in ascending order.
    ///
    /// # Panics
    /// Where `item` is no row of `by_item`, or a column of `by_user` is not below the `n_items` of [`CoRatings::new`].
    pub fn fill(&mut self, item: u32, by_item: &Csr, by_user: &Csr) {
        self.clear(by_item, by_user);
        let (users, values) = by_item.row(item);
        for (&user, &value) in users.iter().zip(values) {
            let value = f64::from(value);
            let (others, other_values) = by_user.row(user);
            for (&other, &other_value) in others.iter().zip(other_values) {
                self.sums[other as usize] += value * f64::from(other_value);
            }
        }
        self.filled_for = Some(item);
    }

    /// The sum for item `other`.
    pub fn sum(&self, other: u32) -> f64 {
        self.sums[other as usize]
    }

    /// Back to zeros, by the cheaper way: along the entries that were touched, or from end to end.
    fn clear(&mut self, by_item: &Csr, by_user: &Csr) {
        let Some(item) = self.filled_for.take() else {
            return;
        };
        let users = by_item.row(item).0;
        let touched: usize = users.iter().map(|&user| by_user.row(user).0.len()).sum();
        if touched * 4 < self.sums.len() {
            for &user in users {
                for &other in by_user.row(user).0 {
                    self.sums[other as usize] = 0.0;
                }
            }
        } else {
            self.sums.fill(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_do_not_leak_into_one_another() {
        // User 0 rated items 0, 1 with 2, 3; user 1 rated items 1, 2 with 4, 5.
        let by_user = [(0, 0, 2.0), (0, 1, 3.0), (1, 1, 4.0), (1, 2, 5.0)];
        let by_item = by_user.map(|(user, item, value)| (item, user, value));
        for n_items in [3, 1000] {
            let by_user = Csr::from_entries(2, by_user.into_iter());
            let by_item = Csr::from_entries(n_items, by_item.into_iter());
            let mut row = CoRatings::new(n_items);
            let mut sums_of = |item| {
                row.fill(item, &by_item, &by_user);
                [row.sum(0), row.sum(1), row.sum(2)]
            };
            assert_eq!(sums_of(0), [4.0, 6.0, 0.0]);
            assert_eq!(sums_of(1), [6.0, 25.0, 20.0]); // 3 * 2, 3 * 3 + 4 * 4, 4 * 5
            assert_eq!(sums_of(2), [0.0, 20.0, 25.0]);
        }
    }
}
