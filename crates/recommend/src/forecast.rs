//! What recommending will take of memory, from the sizes that the earlier stages noted.

use artifacts::{Layout, StageName};
use lists::CheckedListConfig;
use stage::{Bytes, Run};

/// The program, its threads, the features on their way to lists.
const PROGRAM: u64 = 80_000_000;
/// A rating with its part and fold while it is read.
const A_RATING: u64 = 42;
/// A training rating: in the history by user and by item, with its time, and its trend.
const A_KNOWN_RATING: u64 = 56;
/// A candidate: itself, and what a neighbourhood model notes of it while it is scored.
const A_CANDIDATE: u64 = 96;
/// A block's candidates at most, beside those of one user.
const CANDIDATES: u64 = 1 << 23;

/// The memory of the lists of `config` from the base models of these file stems.
pub fn forecast(run: &Run, models: &[String], config: &CheckedListConfig) -> Bytes {
    let model_bytes: u64 =
        models.iter().map(|stem| run.upstream_bytes(StageName::TrainBase, &Layout::base_model(stem))).sum();
    let count = |name| run.upstream_count(StageName::Split, name);
    let training = count("base_train") + count("meta_train");
    let each = (config.candidates.proposers.len() * config.candidates.per_proposer + config.popular) as u64;
    let candidates = CANDIDATES.min(count("users") * each) * (A_CANDIDATE + 16 * models.len() as u64);
    let reading = count("ratings") * A_RATING;
    Bytes(PROGRAM + 2 * model_bytes + training * A_KNOWN_RATING + reading.max(candidates))
}
