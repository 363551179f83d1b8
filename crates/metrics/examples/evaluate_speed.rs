//! Times an evaluation: every per-user metric at the cuts 5, 10 and 20 and 1,000 bootstrap draws of each, reading excluded.
//!
//!     cargo run --release -p metrics --example evaluate_speed -- FOLDER RUNS THREADS
//!
//! FOLDER holds four little-endian columns of equal length, rows sorted by user: `user_id.i64`, `item_id.i64`, `rating.f64`,
//! `score.f64`. A rating of 4 or more is relevant. Prints one line of JSON: the seconds of each run, of evaluation and bootstrap
//! apart, the means and the process's peak memory. `bench/metrics/compare.py` calls it.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use metrics::statistics::Bootstrap;
use metrics::{Groups, ModelScores, Plan, TestRows, evaluate};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, runs, threads] = &arguments[..] else {
        return Err("usage: evaluate_speed FOLDER RUNS THREADS".into());
    };
    let folder = Path::new(folder);
    rayon::ThreadPoolBuilder::new().num_threads(threads.parse()?).build_global()?;
    let user_ids = read(&folder.join("user_id.i64"), i64::from_le_bytes)?;
    let item_ids = read(&folder.join("item_id.i64"), i64::from_le_bytes)?;
    let grades = read(&folder.join("rating.f64"), f64::from_le_bytes)?;
    let scores = read(&folder.join("score.f64"), f64::from_le_bytes)?;

    let (mut evaluation, mut bootstrapping, mut means) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs.parse::<usize>()? {
        let start = Instant::now();
        let relevant: Vec<bool> = grades.iter().map(|&grade| grade >= 4.0).collect();
        let groups = Groups::from_sorted(&user_ids)?;
        let rows = TestRows::new(&groups, &item_ids, &relevant, &grades)?;
        let models = [ModelScores { name: "model", scores: &scores }];
        let per_user = evaluate(&rows, &models, &Plan::all(&[5, 10, 20])?)?;
        let summaries = per_user.summaries();
        evaluation.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let intervals =
            Bootstrap::new(1_000, 0.95, ChaCha8Rng::seed_from_u64(1))?.summary_intervals(&per_user);
        bootstrapping.push(start.elapsed().as_secs_f64());
        means = summaries.into_iter().zip(intervals).collect();
    }
    let means: Vec<String> = means
        .iter()
        .map(|(summary, interval)| {
            let name =
                summary.k.map_or_else(|| summary.metric.to_owned(), |k| format!("{}@{k}", summary.metric));
            let (low, high) = interval.map_or((f64::NAN, f64::NAN), |interval| (interval.low, interval.high));
            format!("\"{name}\": [{}, {low}, {high}]", summary.mean.unwrap_or(f64::NAN))
        })
        .collect();
    println!(
        "{{\"evaluation\": {evaluation:?}, \"bootstrap\": {bootstrapping:?}, \"peak_kib\": {}, \"means\": {{{}}}}}",
        peak_kib().unwrap_or(0),
        means.join(", ")
    );
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

/// The most memory that the process has held, where the system tells (Linux).
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
