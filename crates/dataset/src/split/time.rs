//! Parts and folds by time. Ratings of one time are never told apart by the order of their rows: they share a part or a fold, or the
//! keyed hash of (seed, user, item) decides between them.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::{Fractions, Hashes, Part};
use crate::Ratings;

impl Hashes<'_> {
    /// One moment for all users: everything at or after it is the test part, and of the ratings before it, those at or after a
    /// second moment are `meta_train`. Each moment is the latest at which its part gets at least its share; ratings of equal time share a part,
    /// so that a part may get more.
    pub fn parts_by_time(&self, fractions: Fractions) -> Vec<Part> {
        let times = &self.ratings.timestamps;
        let mut sorted = times.clone();
        sorted.par_sort_unstable();
        let test_from = moment(&sorted, fractions.test);
        let n_training = test_from.map_or(0, |from| sorted.partition_point(|&time| time < from));
        let meta_from = moment(&sorted[..n_training], fractions.meta);
        let part = |&time: &i64| {
            if test_from.is_some_and(|from| time >= from) {
                Part::Test
            } else if meta_from.is_some_and(|from| time >= from) {
                Part::MetaTrain
            } else {
                Part::BaseTrain
            }
        };
        times.iter().map(part).collect()
    }

    /// Each user's last rating is the test part, but for users with one rating only, who keep it for training; of the training ratings,
    /// `meta_train` gets its share by the hash. Where a user's last ratings have one time, the one of the smallest hash is the last: neither
    /// the row order nor the item's id decides.
    pub fn parts_by_last(&self, fractions: Fractions) -> Vec<Part> {
        let mut parts = self.parts_by_hash(Fractions { test: 0.0, ..fractions });
        let key = |row: usize| (self.ratings.user_ids[row], Reverse(self.ratings.timestamps[row]));
        let hashes: Vec<u64> = self.pairs().map(|hash| hash.test).collect();
        let mut rows: Vec<usize> = (0..parts.len()).collect();
        rows.par_sort_unstable_by_key(|&row| (key(row), hashes[row], self.ratings.item_ids[row]));
        for of_user in rows.chunk_by(|&a, &b| self.ratings.user_ids[a] == self.ratings.user_ids[b]) {
            if let [last, _, ..] = of_user {
                parts[*last] = Part::Test;
            }
        }
        parts
    }
}

/// The latest of the `sorted` times from which on there are at least `share` of them.
fn moment(sorted: &[i64], share: f64) -> Option<i64> {
    let n = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1));
    sorted.len().checked_sub(n).and_then(|at| sorted.get(at)).copied()
}

/// Each rating's fold by its time: fold 0 holds the earliest ratings, and ratings of equal time share a fold. The folds are as
/// even as equal times let them be. `counts` says which ratings are counted: the others get the fold of their time.
///
/// # Panics
/// Where `n_folds` is 0.
pub fn folds_by_time(ratings: &Ratings, counts: impl Fn(usize) -> bool, n_folds: u8) -> Vec<u8> {
    let mut times: Vec<i64> =
        (0..ratings.len()).filter(|&row| counts(row)).map(|row| ratings.timestamps[row]).collect();
    times.par_sort_unstable();
    let cuts: Vec<i64> = (1..usize::from(n_folds))
        .filter_map(|fold| times.get(fold * times.len() / usize::from(n_folds)).copied())
        .collect();
    let fold = |&time: &i64| cuts.partition_point(|&cut| cut <= time) as u8;
    ratings.timestamps.iter().map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rating;

    /// (user, item, time).
    fn ratings(rows: &[(i64, i64, i64)]) -> Ratings {
        let rating = |&(user_id, item_id, timestamp): &(i64, i64, i64)| Rating {
            user_id,
            item_id,
            value: 3.0,
            timestamp,
        };
        rows.iter().map(rating).collect()
    }

    use Part::{BaseTrain as B, MetaTrain as M, Test as T};

    const FRACTIONS: Fractions = Fractions { test: 0.25, meta: 0.5 };

    #[test]
    fn nothing_in_training_is_later_than_the_test_part() {
        let ratings = ratings(&[
            (1, 1, 8),
            (1, 2, 3),
            (2, 1, 6),
            (2, 2, 5),
            (3, 1, 1),
            (3, 2, 2),
            (3, 3, 7),
            (4, 1, 4),
        ]);
        let parts = Hashes::new(&ratings, 42).parts_by_time(FRACTIONS);
        assert_eq!(parts, [T, B, M, M, B, B, T, M]); // 7, 8 | 4, 5, 6 | 1, 2, 3
    }

    #[test]
    fn ratings_of_one_time_share_a_part() {
        // One of four is asked for; three have the latest time.
        let ratings = ratings(&[(1, 1, 9), (1, 2, 9), (2, 1, 9), (2, 2, 1)]);
        let parts = Hashes::new(&ratings, 42).parts_by_time(FRACTIONS);
        assert_eq!(parts, [Part::Test, Part::Test, Part::Test, Part::MetaTrain]);
        let all_at_once = self::ratings(&[(1, 1, 9), (1, 2, 9)]);
        assert_eq!(Hashes::new(&all_at_once, 42).parts_by_time(FRACTIONS), [Part::Test; 2]);
        assert!(Hashes::new(&Ratings::default(), 42).parts_by_time(FRACTIONS).is_empty());
    }

    #[test]
    fn the_last_rating_follows_no_row_order() {
        let mut rows: Vec<(i64, i64, i64)> =
            (0..50).flat_map(|user| (0..8).map(move |item| (user, item, item / 4))).collect();
        rows.push((99, 1, 5)); // one rating only
        let test_of = |rows: &[(i64, i64, i64)], seed| {
            let ratings = ratings(rows);
            let parts = Hashes::new(&ratings, seed).parts_by_last(FRACTIONS);
            let mut test: Vec<_> =
                rows.iter().zip(parts).filter(|(_, part)| *part == Part::Test).map(|(row, _)| *row).collect();
            test.sort_unstable();
            test
        };
        let test = test_of(&rows, 42);
        assert_eq!(test.len(), 50);
        assert!(test.iter().enumerate().all(|(user, row)| row.0 == user as i64 && row.2 == 1));
        assert!(
            (4..8).all(|item| test.iter().any(|row| row.1 == item)),
            "every tied item is somebody's last"
        );
        rows.reverse();
        assert_eq!(test_of(&rows, 42), test);
        assert_ne!(test_of(&rows, 43), test);
    }

    #[test]
    fn folds_by_time_keep_equal_times_together() {
        let ratings = ratings(&[5, 1, 2, 2, 2, 9, 7, 8].map(|time| (1, time, time)));
        // sorted: 1 2 2 2 | 5 7 8 9; the cut is 5
        assert_eq!(folds_by_time(&ratings, |_| true, 2), [1, 0, 0, 0, 0, 1, 1, 1]);
        // sorted: 1 2 | 2 2 | 5 7 | 8 9 with the cuts 2, 5, 8: the twos go together
        assert_eq!(folds_by_time(&ratings, |_| true, 4), [2, 0, 1, 1, 1, 3, 2, 3]);
        // The last three are test ratings: 1 2 | 2 2 5, the cut is 2
        assert_eq!(folds_by_time(&ratings, |row| row < 5, 2), [1, 0, 1, 1, 1, 1, 1, 1]);
    }
}
