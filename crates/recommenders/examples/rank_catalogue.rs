//! Fits one base recommender on the training rows of a CSV file, ranks for every user all items that the user has not rated there, and
//! prints one JSON line with the seconds of the fit and of each scoring. `bench/catalogue/compare.py` runs it beside Python libraries.
//!
//! The file has the columns `user_id`, `item_id`, `rating`, `part`; rows of the part `test` are not fitted on, but their items are ranked too.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use clap::Parser;
use dataset::{Candidate, History, IdIndex, Items, Rating, Ratings, rng};
use rayon::prelude::*;
use recommenders::{BaseConfig, BaseModel, Content, Scorer as _};
use serde_json::json;

/// Rank the whole catalogue for every user.
#[derive(Debug, Parser)]
struct Args {
    /// Ratings with their part
    ratings: PathBuf,
    /// The model's key
    #[arg(long)]
    model: String,
    /// Hyper-parameters that are not the default, for example {"ials": {"factors": 32}}
    #[arg(long, default_value = "{}")]
    params: String,
    /// A MovieLens file of titles and genres, for models that look at them
    #[arg(long)]
    movies: Option<PathBuf>,
    /// Write each user's best items here: `user_id`, rank from 1, `item_id`, score
    #[arg(long)]
    lists: Option<PathBuf>,
    /// How many items a list has
    #[arg(long, default_value_t = 10)]
    top: usize,
    /// How many times everything is scored
    #[arg(long, default_value_t = 1)]
    runs: usize,
    #[arg(long, default_value_t = 42)]
    seed: u64,
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

#[derive(serde::Deserialize)]
struct Row {
    user_id: i64,
    item_id: i64,
    rating: f32,
    part: String,
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

/// The best `top` of one user's scored items that are not in `rated`; equal scores by the smaller id.
fn best(candidates: &[Candidate], scores: &[f64], rated: &[i64], top: usize) -> Vec<(i64, f64)> {
    let mut list: Vec<(i64, f64)> = (candidates.iter().zip(scores))
        .filter(|(candidate, _)| rated.binary_search(&candidate.item_id).is_err())
        .map(|(candidate, &score)| (candidate.item_id, score))
        .collect();
    let order = |a: &(i64, f64), b: &(i64, f64)| -> Ordering { b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)) };
    if list.len() > top && top > 0 {
        list.select_nth_unstable_by(top - 1, order);
    }
    list.truncate(top);
    list.sort_unstable_by(order);
    list
}

fn run(args: &Args) -> anyhow::Result<()> {
    let rows: Vec<Row> = csv::Reader::from_path(&args.ratings)
        .with_context(|| format!("{}", args.ratings.display()))?
        .into_deserialize()
        .collect::<Result<_, _>>()?;
    let known = rows.iter().filter(|row| row.part != "test");
    let rating =
        |row: &Row| Rating { user_id: row.user_id, item_id: row.item_id, value: row.rating, timestamp: 0 };
    let history = History::new(&known.map(rating).collect::<Ratings>());
    let catalogue = IdIndex::new(rows.iter().map(|row| row.item_id));
    let items = args.movies.as_deref().map(read_items).transpose()?.unwrap_or_default();
    let model = BaseModel::from_key(&args.model)?;
    let config: BaseConfig = serde_json::from_str(&args.params).context("--params")?;
    let (_, params) = config.check()?;

    let start = Instant::now();
    let stream = rng::stream(args.seed, &format!("example/{}", args.model));
    let fitted = model.fit(&history, Content { items: &items, tags: &[] }, &params, stream)?.model;
    let fit_seconds = start.elapsed().as_secs_f64();

    let of_user =
        |&user_id| catalogue.ids().iter().map(move |&item_id| Candidate { user_id, item_id, at: 0 });
    let candidates: Vec<Candidate> = history.users().ids().iter().flat_map(of_user).collect();
    let mut scores = vec![0.0; candidates.len()];
    let mut score_seconds = Vec::new();
    for _ in 0..args.runs {
        let start = Instant::now();
        fitted.score(&candidates, &mut scores);
        score_seconds.push(start.elapsed().as_secs_f64());
    }
    // One candidate out of some thousands, alone: the score must not depend on the batch.
    for at in (0..candidates.len()).step_by(7919) {
        let alone = fitted.scores(&candidates[at..=at])[0];
        anyhow::ensure!(
            alone.to_bits() == scores[at].to_bits(),
            "{:?}: {alone}, {}",
            candidates[at],
            scores[at]
        );
    }
    if let Some(path) = &args.lists {
        let lists: Vec<Vec<(i64, f64)>> = (0..history.users().len())
            .into_par_iter()
            .map(|user| {
                let of_user = user * catalogue.len()..(user + 1) * catalogue.len();
                let rated = history.by_user().row(user as u32).0.iter();
                let rated: Vec<i64> = rated.map(|&item| history.items().id_at(item)).collect();
                best(&candidates[of_user.clone()], &scores[of_user], &rated, args.top)
            })
            .collect();
        let mut out = csv::Writer::from_path(path)?;
        out.write_record(["user_id", "rank", "item_id", "score"])?;
        for (user_id, list) in history.users().ids().iter().zip(lists) {
            for (rank, (item_id, score)) in (1..).zip(list) {
                out.serialize((user_id, rank, item_id, score))?;
            }
        }
        out.flush()?;
    }
    let found = json!({"model": model.name(), "candidates": candidates.len(), "fit_seconds": fit_seconds, "score_seconds": score_seconds});
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
