//! Fits one base recommender on ratings given as plain columns, scores the rows held out, and prints one JSON line with the seconds and the
//! quality. `bench/item_knn` runs it beside Python libraries.
//!
//! The folder holds `user.i32`, `item.i32`, `rating.f32` and `asked.u8` (0: known, 1: to be scored, 2: neither), little-endian, a number a rating.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use clap::Parser;
use dataset::{Candidate, History, Items, Rating, Ratings, rng};
use rayon::prelude::*;
use recommenders::{BaseConfig, BaseModel, Content, FittedModel, Scorer as _};
use serde_json::json;

/// Fit on the known ratings, score the others.
#[derive(Debug, Parser)]
struct Args {
    /// The folder of columns
    folder: PathBuf,
    /// The model's key
    #[arg(long)]
    model: String,
    /// Hyper-parameters that are not the default, for example {"`item_knn"`: {"k": 20}}
    #[arg(long, default_value = "{}")]
    params: String,
    /// A MovieLens file of titles and genres, for models that look at them
    #[arg(long)]
    movies: Option<PathBuf>,
    /// Rank all unrated items for the first so many users, instead of scoring the rows held out
    #[arg(long)]
    rank: Option<usize>,
    /// Write the scores here, an f32 a held-out row
    #[arg(long)]
    scores: Option<PathBuf>,
    #[arg(long, default_value_t = 42)]
    seed: u64,
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

/// How many items a list has.
const TOP: usize = 10;
/// From this rating on, in stars, a held-out item is a hit.
const RELEVANT: f32 = 4.0;
/// Users ranked at once: their candidates are held in memory.
const USERS_AT_ONCE: usize = 512;

/// What was rated.
struct Rows {
    ratings: Ratings,
    asked: Vec<u8>,
}

fn numbers<const N: usize, T>(path: &Path, of: impl Fn([u8; N]) -> T) -> anyhow::Result<Vec<T>> {
    let bytes = std::fs::read(path).with_context(|| format!("{}", path.display()))?;
    Ok(bytes.as_chunks::<N>().0.iter().map(|&bytes| of(bytes)).collect())
}

fn read(folder: &Path) -> anyhow::Result<Rows> {
    let users = numbers(&folder.join("user.i32"), i32::from_le_bytes)?;
    let items = numbers(&folder.join("item.i32"), i32::from_le_bytes)?;
    let values = numbers(&folder.join("rating.f32"), f32::from_le_bytes)?;
    let asked = numbers(&folder.join("asked.u8"), u8::from_le_bytes)?;
    let rating = |((&user, &item), &value)| Rating {
        user_id: i64::from(user),
        item_id: i64::from(item),
        value,
        timestamp: 0,
    };
    Ok(Rows { ratings: users.iter().zip(&items).zip(&values).map(rating).collect(), asked })
}

#[derive(serde::Deserialize)]
struct Movie {
    #[serde(rename = "movieId")]
    id: i64,
    title: String,
    genres: String,
}

fn read_items(path: &Path) -> anyhow::Result<Items> {
    let rows = csv::Reader::from_path(path)?.into_deserialize();
    let item = |movie: Movie| {
        let genres = movie.genres.split('|').filter(|genre| !genre.starts_with('('));
        (movie.id, movie.title, genres.map(str::to_owned).collect())
    };
    Ok(Items::new(rows.map(|row| row.map(item)).collect::<Result<_, _>>()?)?)
}

/// Seconds and RMSE of the rows to be scored.
fn score_rows(fitted: &FittedModel, rows: &Rows, scores_to: Option<&Path>) -> anyhow::Result<(f64, f64)> {
    let asked: Vec<usize> = (0..rows.asked.len()).filter(|&row| rows.asked[row] == 1).collect();
    let candidate = |&row: &usize| Candidate {
        user_id: rows.ratings.user_ids[row],
        item_id: rows.ratings.item_ids[row],
        at: 0,
    };
    let candidates: Vec<Candidate> = asked.iter().map(candidate).collect();
    let (mut scores, mut support) = (vec![0.0; asked.len()], vec![0.0; asked.len()]);
    let start = Instant::now();
    fitted.score_with_support(&candidates, &mut scores, &mut support);
    let seconds = start.elapsed().as_secs_f64();
    let squared = |(&row, &score): (&usize, &f64)| (f64::from(rows.ratings.values[row]) - score).powi(2);
    let rmse = (asked.iter().zip(&scores).map(squared).sum::<f64>() / asked.len() as f64).sqrt();
    if let Some(path) = scores_to {
        let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
        scores.iter().try_for_each(|&score| out.write_all(&(score as f32).to_le_bytes()))?;
        out.flush()?;
    }
    Ok((seconds, rmse))
}

/// The best of one user's scored items that are not in `rated`, ascending; equal scores by the smaller item.
fn best(scores: &[f64], rated: &[u32]) -> Vec<usize> {
    let order = |a: usize, b: usize| -> Ordering { scores[b].total_cmp(&scores[a]).then(a.cmp(&b)) };
    let mut list: Vec<usize> = Vec::with_capacity(TOP + 1);
    let mut rated = rated.iter().map(|&item| item as usize).peekable();
    for (item, &score) in scores.iter().enumerate() {
        if rated.next_if_eq(&item).is_some() || list.len() == TOP && score <= scores[list[TOP - 1]] {
            continue;
        }
        list.insert(list.partition_point(|&better| order(better, item).is_lt()), item);
        list.truncate(TOP);
    }
    list
}

/// Seconds, NDCG@10 and recall@10 of lists over the whole catalogue, over the users with a relevant row held out.
fn rank(fitted: &FittedModel, history: &History, rows: &Rows, n_users: usize) -> (f64, f64, f64) {
    let mut relevant: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let is_relevant = |&row: &usize| rows.asked[row] != 0 && rows.ratings.values[row] >= RELEVANT;
    for row in (0..rows.asked.len()).filter(is_relevant) {
        relevant.entry(rows.ratings.user_ids[row]).or_default().push(rows.ratings.item_ids[row]);
    }
    let (users, items) = (history.users(), history.items());
    let n_users = n_users.min(users.len());
    let (mut lists, mut seconds) = (Vec::new(), 0.0);
    for first in (0..n_users).step_by(USERS_AT_ONCE) {
        let of_block = first..(first + USERS_AT_ONCE).min(n_users);
        let all = |user: usize| {
            let user_id = users.id_at(user as u32);
            items.ids().iter().map(move |&item_id| Candidate { user_id, item_id, at: 0 })
        };
        let candidates: Vec<Candidate> = of_block.clone().flat_map(all).collect();
        let start = Instant::now();
        let scores = fitted.scores(&candidates);
        let of_users = of_block.into_par_iter().zip(scores.par_chunks_exact(items.len()));
        let found: Vec<Vec<usize>> =
            of_users.map(|(user, scores)| best(scores, history.by_user().row(user as u32).0)).collect();
        seconds += start.elapsed().as_secs_f64();
        lists.extend(found);
    }
    let discount = |place: usize| (place as f64 + 2.0).log2().recip();
    let (mut ndcg, mut recall, mut n) = (0.0, 0.0, 0.0f64);
    for (user, list) in lists.iter().enumerate() {
        let Some(wanted) = relevant.get(&users.id_at(user as u32)) else { continue };
        let hits = list.iter().enumerate().filter(|&(_, &item)| wanted.contains(&items.id_at(item as u32)));
        let places: Vec<usize> = hits.map(|(place, _)| place).collect();
        let ideal: f64 = (0..wanted.len().min(TOP)).map(discount).sum();
        ndcg += places.iter().map(|&place| discount(place)).sum::<f64>() / ideal;
        recall += places.len() as f64 / wanted.len().min(TOP) as f64;
        n += 1.0;
    }
    (seconds, ndcg / n.max(1.0), recall / n.max(1.0))
}

fn run(args: &Args) -> anyhow::Result<()> {
    let rows = read(&args.folder)?;
    let history = History::from_rows(&rows.ratings, |row| rows.asked[row] == 0);
    let items = args.movies.as_deref().map(read_items).transpose()?.unwrap_or_default();
    let model = BaseModel::from_key(&args.model)?;
    let config: BaseConfig = serde_json::from_str(&args.params).context("--params")?;
    let (_, params) = config.check()?;

    let start = Instant::now();
    let stream = rng::stream(args.seed, &format!("example/{}", args.model));
    let fitted = model.fit(&history, Content { items: &items, tags: &[] }, &params, stream)?.model;
    let fit = start.elapsed().as_secs_f64();
    let found = if let Some(n_users) = args.rank {
        let (score, ndcg, recall) = rank(&fitted, &history, &rows, n_users);
        json!({"seconds": {"fit": fit, "score": score, "fit and score": fit + score},
            "quality": {"ndcg@10": ndcg, "recall@10": recall}})
    } else {
        let (score, rmse) = score_rows(&fitted, &rows, args.scores.as_deref())?;
        json!({"seconds": {"fit": fit, "score": score, "fit and score": fit + score}, "quality": {"rmse": rmse}})
    };
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
