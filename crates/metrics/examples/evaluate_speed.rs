//! Times an evaluation: every per-user metric at the cuts 5, 10 and 20 and 1,000 bootstrap draws of each, reading excluded.
//!
//!     cargo run --release -p metrics --example evaluate_speed -- FOLDER THREADS
//!
//! FOLDER holds four little-endian columns of equal length, rows sorted by user: `user_id.i64`, `item_id.i64`, `rating.f64`,
//! `score.f64`. A rating of 4 or more is relevant. The podium side of `bench/metrics`: prints one line of JSON.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use metrics::statistics::Bootstrap;
use metrics::{Groups, ModelScores, Plan, TestRows, evaluate};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, threads] = &arguments[..] else {
        return Err("usage: evaluate_speed FOLDER THREADS".into());
    };
    let folder = Path::new(folder);
    rayon::ThreadPoolBuilder::new().num_threads(threads.parse()?).build_global()?;
    let user_ids = read(&folder.join("user_id.i64"), i64::from_le_bytes)?;
    let item_ids = read(&folder.join("item_id.i64"), i64::from_le_bytes)?;
    let grades = read(&folder.join("rating.f64"), f64::from_le_bytes)?;
    let scores = read(&folder.join("score.f64"), f64::from_le_bytes)?;

    let start = Instant::now();
    let relevant: Vec<bool> = grades.iter().map(|&grade| grade >= 4.0).collect();
    let groups = Groups::from_sorted(&user_ids)?;
    let rows = TestRows::new(&groups, &item_ids, &relevant, &grades)?;
    let models = [ModelScores { name: "model", scores: &scores }];
    let per_user = evaluate(&rows, &models, &Plan::all(&[5, 10, 20])?)?;
    let summaries = per_user.summaries();
    let without_intervals = start.elapsed().as_secs_f64();
    let bootstrap = Bootstrap::new(1_000, 0.95, ChaCha8Rng::seed_from_u64(1))?;
    let n_intervals = bootstrap.summary_intervals(&per_user).into_iter().flatten().count();
    let seconds = start.elapsed().as_secs_f64();

    let mean = |metric: &str, k: Option<usize>| {
        let found = summaries.iter().find(|summary| summary.metric == metric && summary.k == k);
        found.and_then(|summary| summary.mean).unwrap_or(f64::NAN)
    };
    let (ndcg, map) = (mean("ndcg", Some(10)), mean("map", None));
    writeln!(
        std::io::stdout().lock(),
        "{{\"seconds\": {{\"evaluate\": {seconds}, \"without_intervals\": {without_intervals}}}, \
         \"quality\": {{\"ndcg@10\": {ndcg}, \"map\": {map}}}, \"intervals\": {n_intervals}}}"
    )?;
    Ok(())
}

/// One column.
fn read<T>(path: &Path, of: fn([u8; 8]) -> T) -> Result<Vec<T>, Box<dyn Error>> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (values, rest) = bytes.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(format!("{}: {} bytes, expected a multiple of 8", path.display(), bytes.len()).into());
    }
    Ok(values.iter().map(|bytes| of(*bytes)).collect())
}
