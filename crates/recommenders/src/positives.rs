//! The binary matrix of who rated what, from some rating on: all that models of implicit feedback look at.

use dataset::Csr;

/// User -> (items, 1.0), over all users and items of `by_user`: the ratings of at least `min_rating` stars. A user or item without any has an
/// empty row or column.
pub fn positives(by_user: &Csr, min_rating: f32) -> Csr {
    let entries = (0..by_user.n_rows() as u32).flat_map(|user| {
        let (items, values) = by_user.row(user);
        let rated = items.iter().zip(values).filter(move |&(_, &value)| value >= min_rating);
        rated.map(move |(&item, _)| (user, item, 1.0))
    });
    Csr::from_entries(by_user.n_rows(), entries)
}

#[cfg(test)]
mod tests {
    use dataset::{History, Rating, Ratings};

    use super::*;

    #[test]
    fn ratings_below_are_as_if_never_given() {
        let rating = |(user_id, item_id, value)| Rating { user_id, item_id, value, timestamp: 0 };
        let ratings: Ratings = [(1, 10, 4.0), (1, 20, 3.5), (2, 20, 0.5)].map(rating).into_iter().collect();
        let history = History::new(&ratings);
        let found = |min_rating| {
            let rows = positives(history.by_user(), min_rating);
            [rows.row(0).0.to_vec(), rows.row(1).0.to_vec()]
        };
        assert_eq!(found(0.0), [vec![0, 1], vec![1]]);
        assert_eq!(found(4.0), [vec![0], vec![]]);
        assert_eq!(positives(history.by_user(), 0.0).row(0).1, [1.0, 1.0]);
    }
}
