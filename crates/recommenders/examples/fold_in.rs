//! How well new users are scored who are folded into a model, beside users that the model was fitted on; prints one JSON line a model.
//!
//! A fifth of the ratings, drawn, is held out. Every `one-in`-th user is new: folded into a model of the others (`folded_in`), unknown to it
//! (`unknown`), or fitted with them after all (`fitted`). The errors are those of these users' held-out ratings: RMSE in stars, and the
//! share of a user's pairs of different ratings that the scores put in the right order, ties half (`order`), meaned over users.
//!
//! `cargo run --release -p recommenders --example fold_in -- <MovieLens folder> --models mf,svdpp`

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser;
use dataset::{Candidate, History, Items, Rating, Ratings, rng};
use rand::RngExt as _;
use recommenders::{BaseConfig, BaseModel, BaseParams, Content, FittedModel, Scorer as _};
use serde_json::{Value, json};

/// Compare folded-in users with fitted ones.
#[derive(Debug, Parser)]
struct Args {
    /// A folder with MovieLens' ratings.csv and movies.csv
    folder: PathBuf,
    /// The models' keys; all where none is given
    #[arg(long, value_delimiter = ',')]
    models: Vec<String>,
    /// Hyper-parameters that are not the default, for example {"mf": {"factors": 24}}
    #[arg(long, default_value = "{}")]
    params: String,
    /// Which share of the users is new
    #[arg(long, default_value_t = 10)]
    one_in: i64,
    /// How many ratings of a new user are known at most
    #[arg(long, default_value_t = usize::MAX)]
    at_most: usize,
    #[arg(long, default_value_t = 42)]
    seed: u64,
}

#[derive(serde::Deserialize)]
struct RatingRow {
    #[serde(rename = "userId")]
    user_id: i64,
    #[serde(rename = "movieId")]
    item_id: i64,
    rating: f32,
}

#[derive(serde::Deserialize)]
struct MovieRow {
    #[serde(rename = "movieId")]
    id: i64,
    title: String,
    genres: String,
}

fn rows<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| format!("{}", path.display()))?;
    reader.deserialize().collect::<Result<_, _>>().with_context(|| format!("{}", path.display()))
}

/// What is known of the others, what of the new users, and the new users' held-out ratings.
struct Parts {
    others: Ratings,
    new: Ratings,
    held_out: Ratings,
}

fn split(ratings: &[RatingRow], args: &Args) -> Parts {
    let mut rng = rng::stream(args.seed, "example/fold-in");
    let mut parts =
        Parts { others: Ratings::default(), new: Ratings::default(), held_out: Ratings::default() };
    let (mut last, mut n_known) = (None, 0);
    for &RatingRow { user_id, item_id, rating: value } in ratings {
        n_known = if last == Some(user_id) { n_known } else { 0 };
        last = Some(user_id);
        let is_held_out = rng.random_range(0..5) == 0;
        let part = match (user_id % args.one_in == 0, is_held_out) {
            (true, true) => &mut parts.held_out,
            (false, false) => &mut parts.others,
            (true, false) if n_known < args.at_most => {
                n_known += 1;
                &mut parts.new
            }
            _ => continue,
        };
        part.push(Rating { user_id, item_id, value, timestamp: 0 });
    }
    parts
}

/// The errors of the scores of `ratings`.
fn errors(model: &FittedModel, ratings: &Ratings) -> Value {
    let candidates: Vec<Candidate> = (ratings.iter())
        .map(|rating| Candidate { user_id: rating.user_id, item_id: rating.item_id, at: 0 })
        .collect();
    let scores = model.scores(&candidates);
    let squared =
        scores.iter().zip(&ratings.values).map(|(score, &value)| (score - f64::from(value)).powi(2));
    let rmse = (squared.sum::<f64>() / scores.len() as f64).sqrt();
    let scored: Vec<(i64, f32, f64)> =
        ratings.iter().zip(&scores).map(|(rating, &score)| (rating.user_id, rating.value, score)).collect();
    let order = |of_user: &[(i64, f32, f64)]| {
        let (mut right, mut n) = (0.0, 0.0);
        for &(_, better, high) in of_user {
            for &(_, _, low) in of_user.iter().filter(|&&(_, worse, _)| worse < better) {
                right += f64::from(u8::from(high > low)) + f64::from(u8::from(high == low)) / 2.0;
                n += 1.0;
            }
        }
        (n > 0.0).then(|| right / n)
    };
    let orders: Vec<f64> = scored.chunk_by(|a, b| a.0 == b.0).filter_map(order).collect();
    let order = orders.iter().sum::<f64>() / orders.len() as f64;
    let rmse = model.kind().is_star_scale().then_some(rmse);
    json!({ "rmse": rmse, "order": order })
}

fn compare(kind: BaseModel, parts: &Parts, items: &Items, params: &BaseParams) -> anyhow::Result<Value> {
    let content = Content { items, tags: &[] };
    let fit = |ratings: &Ratings| {
        let stream = rng::stream(42, &format!("example/{}", kind.file_stem()));
        kind.fit(&History::new(ratings), content, params, stream).map(|fit| fit.model)
    };
    let everybody: Ratings = parts.others.iter().chain(parts.new.iter()).collect();
    let fitted = errors(&fit(&everybody)?, &parts.held_out);
    let model = fit(&parts.others)?;
    let unknown = errors(&model, &parts.held_out);
    let folded_in = errors(&model.fold_in(&History::new(&parts.new), params)?, &parts.held_out);
    Ok(json!({ "model": kind.name(), "fitted": fitted, "folded_in": folded_in, "unknown": unknown }))
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let movies = rows::<MovieRow>(&args.folder.join("movies.csv"))?.into_iter().map(|movie| {
        let genres = movie.genres.split('|').filter(|genre| !genre.starts_with('('));
        (movie.id, movie.title, genres.map(str::to_owned).collect())
    });
    let items = Items::new(movies.collect())?;
    let parts = split(&rows(&args.folder.join("ratings.csv"))?, &args);
    let config: BaseConfig = serde_json::from_str(&args.params).context("--params")?;
    let (_, params) = config.check()?;
    let mut kinds = BaseModel::ALL.to_vec();
    if !args.models.is_empty() {
        kinds = args.models.iter().map(|key| BaseModel::from_key(key)).collect::<Result<_, _>>()?;
    }
    for kind in kinds {
        let found = compare(kind, &parts, &items, &params)?;
        #[expect(clippy::print_stdout, reason = "its output")]
        {
            println!("{found}");
        }
    }
    Ok(())
}
