//! Which part and which fold a rating falls in.
//!
//! Both come from a keyed hash of (seed, user, item): SHA-256 of the text `podium/split/<seed>/<user_id>/<item_id>`. It depends
//! on no row order, thread count or engine (any SQL engine can compute it), and new ratings do not reshuffle old ones.
//! The digest is cut into 60-bit numbers, which fit a signed 64-bit integer everywhere: hex digits 1 to 15 decide between
//! training and test, 16 to 30 between `base_train` and `meta_train`, 31 to 45 give the fold.

mod hash;
mod smallest;
mod time;

use rayon::prelude::*;

use self::hash::{BITS, PairHash, PairHasher};
use crate::{Ratings, UserId};

pub use time::folds_by_time;

/// What a rating is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The base recommenders are fitted on it.
    BaseTrain,
    /// The meta-models are fitted on it.
    MetaTrain,
    /// The models are measured on it; nothing is fitted on it.
    Test,
}

impl Part {
    /// All parts, in the order of the pipeline.
    pub const ALL: [Self; 3] = [Self::BaseTrain, Self::MetaTrain, Self::Test];

    /// The name in files: `base_train`, `meta_train` or `test`.
    pub fn name(self) -> &'static str {
        match self {
            Self::BaseTrain => "base_train",
            Self::MetaTrain => "meta_train",
            Self::Test => "test",
        }
    }

    /// The part of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// How much goes where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fractions {
    /// The test part's share of all ratings, in (0, 1).
    pub test: f64,
    /// The share of the training ratings (all but test) that `meta_train` gets, in (0, 1).
    pub meta: f64,
}

/// The part that a rating's own hash says.
fn part_by_hash(hash: PairHash, fractions: Fractions) -> Part {
    if unit(hash.test) < fractions.test {
        Part::Test
    } else if unit(hash.meta) < fractions.meta {
        Part::MetaTrain
    } else {
        Part::BaseTrain
    }
}

fn unit(hash: u64) -> f64 {
    hash as f64 / (1u64 << BITS) as f64
}

/// The hashes of all ratings, what parts and folds are drawn from: computed where they are asked for, and kept no longer.
pub struct Hashes<'a> {
    hasher: PairHasher,
    ratings: &'a Ratings,
}

impl<'a> Hashes<'a> {
    /// The hashes of each rating's (user, item) under `seed`.
    pub fn new(ratings: &'a Ratings, seed: u64) -> Self {
        Self { hasher: PairHasher::new(seed), ratings }
    }

    /// The hash of each rating.
    fn pairs(&self) -> impl IndexedParallelIterator<Item = PairHash> {
        let pairs = self.ratings.user_ids.par_iter().zip(&self.ratings.item_ids);
        pairs.map_with(self.hasher.clone(), |hasher, (&user_id, &item_id)| hasher.hash(user_id, item_id))
    }

    /// Each rating's part by its hash alone: the shares hold in expectation, and a rating's part does not depend on the
    /// others.
    pub fn parts_by_hash(&self, fractions: Fractions) -> Vec<Part> {
        self.pairs().map(|hash| part_by_hash(hash, fractions)).collect()
    }

    /// [`Hashes::parts_by_hash`] and [`Hashes::folds`], with one hash a rating for both.
    ///
    /// # Panics
    /// Where `n_folds` is 0.
    pub fn parts_and_folds_by_hash(&self, fractions: Fractions, n_folds: u8) -> (Vec<Part>, Vec<u8>) {
        let (mut parts, mut folds) = (Vec::new(), Vec::new());
        let drawn = self.pairs().map(|hash| (part_by_hash(hash, fractions), hash.fold_of(n_folds)));
        drawn.unzip_into_vecs(&mut parts, &mut folds);
        (parts, folds)
    }

    /// Exact counts: the `ceil(n * test)` ratings of the smallest hash are the test part, and of the rest the
    /// `ceil(rest * meta)` of the smallest second hash are `meta_train`. Independent of the row order too.
    pub fn parts_by_count(&self, fractions: Fractions) -> Vec<Part> {
        self.parts_and_folds_by_count(fractions, 1).0
    }

    /// [`Hashes::parts_by_count`] and [`Hashes::folds`] at once.
    ///
    /// # Panics
    /// Where `n_folds` is 0.
    pub fn parts_and_folds_by_count(&self, fractions: Fractions, n_folds: u8) -> (Vec<Part>, Vec<u8>) {
        let key = |row: usize| (self.ratings.user_ids[row], self.ratings.item_ids[row]);
        let take = |n: usize, share: f64| ((n as f64 * share).ceil() as usize).min(n);
        let (mut hashes, mut folds) = (Vec::new(), Vec::new());
        let drawn = self.pairs().map(|hash| ((hash.test, hash.meta), hash.fold_of(n_folds)));
        drawn.unzip_into_vecs(&mut hashes, &mut folds);
        let n_test = take(hashes.len(), fractions.test);
        let mut parts = vec![Part::BaseTrain; hashes.len()];
        smallest::mark(|row| hashes[row].0, n_test, key, &mut parts, Part::Test);

        let test = hashes.par_iter_mut().zip(&parts).filter(|(_, part)| **part == Part::Test);
        test.for_each(|((_, meta), _)| *meta = u64::MAX);
        let n_meta = take(hashes.len() - n_test, fractions.meta);
        smallest::mark(|row| hashes[row].1, n_meta, key, &mut parts, Part::MetaTrain);
        (parts, folds)
    }

    /// Each user's fold, the same for all of the user's ratings: the fold of the pair of the user and item -1, which no data set has.
    ///
    /// # Panics
    /// Where `n_folds` is 0.
    pub fn folds_by_user(&self, n_folds: u8) -> Vec<u8> {
        let mut hasher = self.hasher.clone();
        let mut fold = |user_id| hasher.hash(user_id, -1).fold_of(n_folds);
        let mut last: Option<(UserId, u8)> = None;
        let of = |&user_id: &UserId| {
            let known = last.filter(|(of, _)| *of == user_id);
            let (_, fold) = *last.insert(known.unwrap_or_else(|| (user_id, fold(user_id))));
            fold
        };
        self.ratings.user_ids.iter().map(of).collect()
    }

    /// Each rating's fold, 0 to `n_folds - 1`.
    ///
    /// # Panics
    /// Where `n_folds` is 0.
    pub fn folds(&self, n_folds: u8) -> Vec<u8> {
        self.pairs().map(|hash| hash.fold_of(n_folds)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rating;

    fn grid(n_users: i64, n_items: i64) -> Ratings {
        let pairs = (0..n_users).flat_map(|user_id| (0..n_items).map(move |item_id| (user_id, item_id)));
        pairs.map(|(user_id, item_id)| Rating { user_id, item_id, value: 3.0, timestamp: 0 }).collect()
    }

    const FRACTIONS: Fractions = Fractions { test: 0.2, meta: 0.2 };

    /// By sorting all of them.
    #[test]
    fn the_smallest_hashes_are_marked() {
        let hashes: Vec<u64> =
            (0..3000u64).map(|row| ((row * 7919 % 1000) << (BITS - 10)) | (row % 3)).collect();
        for n in [0, 1, 29, 30, 31, 1500, 2999, 3000] {
            let mut parts = vec![Part::BaseTrain; hashes.len()];
            smallest::mark(|row| hashes[row], n, std::cmp::Reverse, &mut parts, Part::Test);
            let mut order: Vec<usize> = (0..hashes.len()).collect();
            order.sort_unstable_by_key(|&row| (hashes[row], std::cmp::Reverse(row)));
            let mut expected = vec![Part::BaseTrain; hashes.len()];
            for &row in &order[..n] {
                expected[row] = Part::Test;
            }
            assert_eq!(parts, expected, "{n}");
        }
    }

    #[test]
    fn parts_and_folds_at_once_are_those_of_each() {
        let ratings = grid(23, 40);
        let hashes = Hashes::new(&ratings, 5);
        let folds = hashes.folds(7);
        assert_eq!(
            hashes.parts_and_folds_by_hash(FRACTIONS, 7),
            (hashes.parts_by_hash(FRACTIONS), folds.clone())
        );
        assert_eq!(hashes.parts_and_folds_by_count(FRACTIONS, 7), (hashes.parts_by_count(FRACTIONS), folds));
    }

    #[test]
    fn exact_counts_are_exact_and_follow_no_row_order() {
        let ratings = grid(11, 17); // 187 ratings: ceil(37.4) = 38 test, ceil(149 * .2) = 30 meta_train
        let parts = Hashes::new(&ratings, 42).parts_by_count(FRACTIONS);
        let count = |part| parts.iter().filter(|&&p| p == part).count();
        assert_eq!([count(Part::Test), count(Part::MetaTrain), count(Part::BaseTrain)], [38, 30, 119]);

        let backwards: Ratings = (0..ratings.len()).rev().map(|row| ratings.get(row)).collect();
        let mut reversed = Hashes::new(&backwards, 42).parts_by_count(FRACTIONS);
        reversed.reverse();
        assert_eq!(parts, reversed);
    }

    #[test]
    fn hashed_parts_do_not_depend_on_other_ratings() {
        let all = Hashes::new(&grid(20, 50), 7).parts_by_hash(FRACTIONS);
        let fewer = Hashes::new(&grid(10, 50), 7).parts_by_hash(FRACTIONS);
        assert_eq!(all[..500], fewer[..]);
        let n_test = all.iter().filter(|&&part| part == Part::Test).count();
        assert!((150..250).contains(&n_test), "{n_test} of 1000"); // 200 expected, standard deviation 12.6
    }

    #[test]
    fn folds_are_even_and_depend_on_the_seed() {
        let ratings = grid(40, 50);
        let of = Hashes::new(&ratings, 1).folds(5);
        for fold in 0..5 {
            let n = of.iter().map(|&f| usize::from(f == fold)).sum::<usize>();
            assert!((300..500).contains(&n), "fold {fold} has {n} of 2000");
        }
        assert_ne!(of, Hashes::new(&ratings, 2).folds(5));
    }
}
