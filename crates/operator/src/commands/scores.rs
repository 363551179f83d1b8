//! `scores`: what every model thinks of rows with features.

use artifacts::stream::{Piece, StreamError};
use artifacts::tables::ScoreRows;
use lineup::{Lineup, Scored, yardsticks};

use crate::round::{Round, RoundArgs};
use crate::streams::{Output, input};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    round: RoundArgs,
}

/// Columns of rows with features that are no feature.
const KEYS: [&str; 6] = ["user_id", "item_id", "timestamp", "fold", "rating", "label"];

/// Scores one piece after the other: a row's scores depend on the row alone.
///
/// # Errors
/// Where the stream, or a file of the round, is not as it should be.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let lineup = Round::open(&args.round)?.lineup()?;
    let mut input = input()?;
    let names: Vec<String> =
        input.names().into_iter().filter(|name| !KEYS.contains(&name.as_str())).collect();
    let mut output = Output::new();
    while let Some(piece) = input.next_piece()? {
        output.write(scored(&lineup, &names, &Rows::of(&piece, &names)?)?)?;
    }
    output.finish(|| {
        scored(&lineup, &names, &Rows { columns: vec![Vec::new(); names.len()], ..Rows::default() })
    })
}

#[derive(Default)]
struct Rows {
    user_ids: Vec<i64>,
    item_ids: Vec<i64>,
    ratings: Vec<f32>,
    columns: Vec<Vec<f64>>,
}

impl Rows {
    fn of(piece: &Piece, names: &[String]) -> Result<Self, StreamError> {
        Ok(Self {
            user_ids: piece.integers("user_id")?,
            item_ids: piece.integers("item_id")?,
            ratings: piece.floats("rating")?,
            columns: names.iter().map(|name| piece.doubles(name)).collect::<Result<_, _>>()?,
        })
    }
}

fn scored(lineup: &Lineup, names: &[String], rows: &Rows) -> anyhow::Result<ScoreRows> {
    let grades: Vec<f64> = rows.ratings.iter().map(|&rating| f64::from(rating)).collect();
    let models: Vec<Scored> =
        lineup.score(names, &rows.columns, false)?.into_iter().chain(yardsticks(&grades)).collect();
    let (names, columns) = models.into_iter().map(|model| (model.name, model.scores)).unzip();
    Ok(ScoreRows {
        user_ids: rows.user_ids.clone(),
        item_ids: rows.item_ids.clone(),
        ratings: rows.ratings.clone(),
        names,
        columns,
    })
}
