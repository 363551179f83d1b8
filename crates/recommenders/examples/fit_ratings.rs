//! Fits one base recommender on ratings in plain arrays and scores held-out ones; prints one JSON line with the seconds and the RMSE of the
//! held-out ratings. `bench/mf` runs it beside other libraries.
//!
//! The folder is what `bench/mf/make_data.py` writes: `train` and `test`, each as `<part>.users`, `<part>.items` (little-endian i32) and
//! `<part>.ratings` (f32), in the same order.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use clap::Parser;
use dataset::{Candidate, History, Items, Rating, Ratings, rng};
use recommenders::{BaseConfig, BaseModel, Content, Scorer as _};
use serde_json::json;

/// Fit on the ratings of a folder, score its held-out ones.
#[derive(Debug, Parser)]
struct Args {
    /// The folder of `make_data.py`
    folder: PathBuf,
    /// The model's key
    #[arg(long, default_value = "mf")]
    model: String,
    /// Hyper-parameters that are not the default, for example {"mf": {"factors": 32}}
    #[arg(long, default_value = "{}")]
    params: String,
    #[arg(long, default_value_t = 42)]
    seed: u64,
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

/// The four-byte numbers of a file.
fn numbers<T>(path: &Path, from: impl Fn([u8; 4]) -> T) -> anyhow::Result<Vec<T>> {
    let bytes = std::fs::read(path).with_context(|| format!("{}", path.display()))?;
    let (numbers, rest) = bytes.as_chunks::<4>();
    ensure!(rest.is_empty(), "{}: not a whole number of four-byte numbers", path.display());
    Ok(numbers.iter().map(|&bytes| from(bytes)).collect())
}

fn read(folder: &Path, part: &str) -> anyhow::Result<Ratings> {
    let file = |column: &str| folder.join(format!("{part}.{column}"));
    let users = numbers(&file("users"), i32::from_le_bytes)?;
    let items = numbers(&file("items"), i32::from_le_bytes)?;
    let ratings = numbers(&file("ratings"), f32::from_le_bytes)?;
    ensure!(users.len() == items.len() && users.len() == ratings.len(), "{part}: columns differ in length");
    let rows = users.into_iter().zip(items).zip(ratings);
    let rating = |((user, item), value)| Rating {
        user_id: i64::from(user),
        item_id: i64::from(item),
        value,
        timestamp: 0,
    };
    Ok(rows.map(rating).collect())
}

fn run(args: &Args) -> anyhow::Result<()> {
    let history = History::new(&read(&args.folder, "train")?);
    let test = read(&args.folder, "test")?;
    let candidates: Vec<Candidate> = (test.user_ids.iter().zip(&test.item_ids))
        .map(|(&user_id, &item_id)| Candidate { user_id, item_id, at: 0 })
        .collect();
    let model = BaseModel::from_key(&args.model)?;
    let config: BaseConfig = serde_json::from_str(&args.params).context("--params")?;
    let (_, params) = config.check()?;
    let items = Items::default();

    let start = Instant::now();
    let stream = rng::stream(args.seed, &format!("example/{}", args.model));
    let fit = model.fit(&history, Content { items: &items, tags: &[] }, &params, stream)?;
    let fit_seconds = start.elapsed().as_secs_f64();

    let mut scores = vec![0.0; candidates.len()];
    let start = Instant::now();
    fit.model.score(&candidates, &mut scores);
    let predict_seconds = start.elapsed().as_secs_f64();
    let squared = |(&score, &value): (&f64, &f32)| (score - f64::from(value)).powi(2);
    let rmse = (scores.iter().zip(&test.values).map(squared).sum::<f64>() / scores.len() as f64).sqrt();
    // The sum of the scores' bits says whether two runs are equal.
    let digest = scores.iter().fold(0u64, |sum, score| sum.rotate_left(5) ^ score.to_bits());
    let found = json!({
        "seconds": {"fit": fit_seconds, "predict": predict_seconds},
        "quality": {"rmse": rmse},
        "learning_curve": fit.learning_curve,
        "digest": format!("{digest:016x}"),
    });
    #[expect(clippy::print_stdout, reason = "its output")]
    {
        println!("{found}");
    }
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads).build()?;
    pool.install(|| run(&args))
}
