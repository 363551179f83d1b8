//! Which part and which fold a rating falls in.
//!
//! Both come from a keyed hash of (seed, user, item): SHA-256 of the text `podium/split/<seed>/<user_id>/<item_id>`. It depends
//! on no row order, thread count or engine (any SQL engine can compute it), and new ratings do not reshuffle old ones.
//! The digest is cut into 60-bit numbers, which fit a signed 64-bit integer everywhere: hex digits 1 to 15 decide between
//! training and test, 16 to 30 between `base_train` and `meta_train`, 31 to 45 give the fold.

mod time;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::{ItemId, Ratings, UserId};

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

/// The hash of one (user, item) pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PairHash {
    test: u64,
    meta: u64,
    fold: u64,
}

const BITS: u32 = 60;

fn pair_hash(seed: u64, user_id: UserId, item_id: ItemId) -> PairHash {
    let digest = Sha256::digest(format!("podium/split/{seed}/{user_id}/{item_id}"));
    let word = |from: usize| {
        let mut bytes = [0u8; 8];
        bytes.copy_from_slice(&digest[from..from + 8]);
        u64::from_be_bytes(bytes)
    };
    // 15 hex digits are 7.5 bytes: the second number starts in the middle of byte 7, the third at byte 15.
    PairHash { test: word(0) >> 4, meta: word(7) & ((1 << BITS) - 1), fold: word(15) >> 4 }
}

fn unit(hash: u64) -> f64 {
    hash as f64 / (1u64 << BITS) as f64
}

/// The hashes of all ratings: what parts and folds are drawn from.
pub struct Hashes<'a> {
    seed: u64,
    ratings: &'a Ratings,
    pairs: Vec<PairHash>,
}

impl<'a> Hashes<'a> {
    /// Hashes each rating's (user, item) under `seed`.
    pub fn new(ratings: &'a Ratings, seed: u64) -> Self {
        let pairs = ratings.user_ids.par_iter().zip(&ratings.item_ids);
        let hashes = pairs.map(|(&user_id, &item_id)| pair_hash(seed, user_id, item_id)).collect();
        Self { seed, ratings, pairs: hashes }
    }

    /// Each rating's part by its hash alone: the shares hold in expectation, and a rating's part does not depend on the
    /// others.
    pub fn parts_by_hash(&self, fractions: Fractions) -> Vec<Part> {
        let part = |hash: &PairHash| {
            if unit(hash.test) < fractions.test {
                Part::Test
            } else if unit(hash.meta) < fractions.meta {
                Part::MetaTrain
            } else {
                Part::BaseTrain
            }
        };
        self.pairs.iter().map(part).collect()
    }

    /// Exact counts: the `ceil(n * test)` ratings of the smallest hash are the test part, and of the rest the
    /// `ceil(rest * meta)` of the smallest second hash are `meta_train`. Independent of the row order too.
    pub fn parts_by_count(&self, fractions: Fractions) -> Vec<Part> {
        let key = |row: usize| (self.ratings.user_ids[row], self.ratings.item_ids[row]);
        let take = |n: usize, share: f64| ((n as f64 * share).ceil() as usize).min(n);
        let mut parts = vec![Part::BaseTrain; self.pairs.len()];

        let mut test: Vec<usize> = (0..self.pairs.len()).collect();
        test.par_sort_unstable_by_key(|&row| (self.pairs[row].test, key(row)));
        let mut rest = test.split_off(take(test.len(), fractions.test));
        for row in test {
            parts[row] = Part::Test;
        }
        rest.par_sort_unstable_by_key(|&row| (self.pairs[row].meta, key(row)));
        rest.truncate(take(rest.len(), fractions.meta));
        for row in rest {
            parts[row] = Part::MetaTrain;
        }
        parts
    }

    /// Each user's fold, the same for all of the user's ratings: the fold of the pair of the user and item -1, which no data set has.
    ///
    /// # Panics
    /// Where `n_folds` is 0.
    pub fn folds_by_user(&self, n_folds: u8) -> Vec<u8> {
        let fold = |user_id| (pair_hash(self.seed, user_id, -1).fold % u64::from(n_folds)) as u8;
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
        self.pairs.iter().map(|hash| (hash.fold % u64::from(n_folds)) as u8).collect()
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

    #[test]
    fn the_hash_is_what_any_engine_computes() {
        // printf 'podium/split/42/1/31' | sha256sum, cut into hex digits 1-15, 16-30 and 31-45.
        let digest = Sha256::digest("podium/split/42/1/31");
        let hex = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let number = |from: usize| u64::from_str_radix(&hex[from..from + 15], 16).unwrap();
        let hash = pair_hash(42, 1, 31);
        assert_eq!([hash.test, hash.meta, hash.fold], [number(0), number(15), number(30)]);
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
