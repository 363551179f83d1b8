//! What memory the stage will need.

use rankers::MetaModel;
use recommenders::BaseModel;
use stage::{Bytes, Run, StageName};

use crate::config::Checked;

/// A test row: its keys, twice, its label, its grade and what the averages and the yardsticks say of it.
const BYTES_PER_ROW: u64 = 90;
/// A score, and what it is ordered by while errors are measured, of some models at a time.
const BYTES_PER_SCORE: u64 = 8 + 4;
/// A training rating: its item.
const BYTES_PER_RATING: u64 = 4;
/// The program, and the tables' pieces on their way from and to the disk.
const BYTES_AT_LEAST: u64 = 120_000_000;
/// Ranking metrics at a cut, and without one.
const METRICS: (u64, u64) = (7, 3);

/// Test rows and users times models, mostly. What is ranked from the catalogue is as long as its candidates, which are read whole.
pub fn forecast(run: &Run, n_test_rows: usize, config: &Checked) -> Bytes {
    let count = |name: &str| run.upstream_count(StageName::Split, name);
    let keys: Vec<String> = run.upstream_config(StageName::TrainMeta, "models").unwrap_or_default();
    let n_meta = keys.iter().filter(|key| MetaModel::from_key(key).is_some()).count() as u64;
    let base: Vec<String> = run.upstream_config(StageName::TrainBase, "models").unwrap_or_default();
    let n_base = if base.is_empty() { BaseModel::ALL.len() } else { base.len() } as u64;
    // Two averages and two yardsticks.
    let n_models = n_base + n_meta + 4;
    let n_values = METRICS.0 * config.ks.len() as u64 + METRICS.1;
    let per_user = n_models * n_values * 8;
    // The draws of those who count and of all users, a byte each, as far as they are kept.
    let draws = (2 * config.bootstrap.n_resamples() as u64 * count("users")).min(2 << 30);
    let of_rows = n_test_rows as u64 * (BYTES_PER_ROW + BYTES_PER_SCORE * n_models);
    Bytes(BYTES_AT_LEAST + of_rows + count("users") * per_user + draws + count("ratings") * BYTES_PER_RATING)
}
