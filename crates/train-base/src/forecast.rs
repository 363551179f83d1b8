//! What fitting the base models will take of memory, from the sizes that the split noted.

use artifacts::StageName;
use recommenders::BaseModel;
use stacking::Method;
use stage::{Bytes, Run};

/// The program, its threads, buffers of files.
const PROGRAM: u64 = 40_000_000;
/// A rating with its part and fold, and whether each round knows or asks it.
const A_RATING: u64 = 56;
/// A rating that a round knows: the history from one side or both, and what the widest model makes of it.
const A_KNOWN_RATING: u64 = 64;
/// A row that a round asks: the candidate, its place, the model's answer on its way.
const AN_ASKED_ROW: u64 = 64;
/// A scored row's keys.
const KEYS: u64 = 28;

/// The sizes of a split, as its manifest notes them.
pub struct Sizes {
    ratings: u64,
    known: u64,
    asked_a_round: u64,
    asked: u64,
}

impl Sizes {
    /// The sizes of the split that `run` reads; `folds` is the number that it was asked for.
    pub fn of(run: &Run, method: Method, folds: u64) -> Self {
        let count = |name| run.upstream_count(StageName::Split, name);
        let (ratings, base_train, meta_train) = (count("ratings"), count("base_train"), count("meta_train"));
        let training = base_train + meta_train;
        match method {
            Method::HoldOut => {
                Self { ratings, known: base_train, asked_a_round: meta_train, asked: meta_train }
            }
            Method::KFold | Method::Forward => {
                Self { ratings, known: training, asked_a_round: training / folds.max(1), asked: training }
            }
        }
    }

    /// The memory of fitting `models` with `lanes` of them at a time.
    pub fn forecast(&self, models: &[BaseModel], lanes: usize) -> Bytes {
        let columns: usize =
            models.iter().map(|model| 1 + usize::from(model.support_column().is_some())).sum();
        let lane = self.known * A_KNOWN_RATING + self.asked_a_round * AN_ASKED_ROW;
        let scores = self.asked * (KEYS + 8 * columns as u64);
        Bytes(PROGRAM + self.ratings * A_RATING + scores + lane * lanes.min(models.len()) as u64)
    }
}
