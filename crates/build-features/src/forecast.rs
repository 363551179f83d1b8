//! What building features will take of memory, from the sizes that the earlier stages noted.

use artifacts::{Layout, StageName};
use stacking::{FeatureSetup, Method};
use stage::{Bytes, Run};

/// The program, its threads, the blocks of features on their way to the disk.
const PROGRAM: u64 = 60_000_000;
/// A rating with its part and fold, and whether each round knows or asks it.
const A_RATING: u64 = 80;
/// A rating that a round knows: in the history, and among its item's ratings.
const A_KNOWN_RATING: u64 = 24;
/// The same where items have a trend.
const A_TREND: u64 = 32;
/// A test row while the base models score it, beside its columns.
const A_TEST_ROW: u64 = 96;

/// The memory of building the features of `setup` from the base models of these file stems.
pub fn forecast(run: &Run, setup: &FeatureSetup, (method, folds): (Method, u64), models: &[String]) -> Bytes {
    let model_bytes: u64 =
        models.iter().map(|stem| run.upstream_bytes(StageName::TrainBase, &Layout::base_model(stem))).sum();
    // A score each, and for some the evidence behind it.
    let columns = 2 * models.len() as u64;
    let count = |name| run.upstream_count(StageName::Split, name);
    let (ratings, test) = (count("ratings"), count("test"));
    let training = count("base_train") + count("meta_train");
    // Out-of-fold rounds are in memory side by side.
    let known = if method == Method::HoldOut { training } else { training * folds.saturating_sub(1) };
    let a_known_rating = A_KNOWN_RATING + if setup.has_item_trend() { A_TREND } else { 0 };
    let rounds = known * a_known_rating;
    let scoring = 2 * model_bytes + test * (A_TEST_ROW + 8 * columns);
    Bytes(PROGRAM + ratings * A_RATING + model_bytes + rounds.max(scoring))
}
