//! Compares settings of the booster by the mean NDCG@10 of users, by cross-validation inside the training rows or on test rows.
//!
//! Files are CSV: a header; `user_id`, `item_id`, `fold`, `rating`; then the features. Rows are in ascending order of user, then item.
//! Settings come from stdin, one JSON object a line, for example
//! `{"objective": "lambda_rank", "linear_start": true, "booster": {"n_trees": 100}, "ranking": {"truncation": 10}, "lists": "user_fold"}`.
//! One line of results each goes to stdout, with tabs between: the mean over files and folds, the mean seconds of a fit, the setting, and
//! the value of each file and fold.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use clap::Parser;
use metrics::dcg::{Discounts, dcg};
use metrics::{RankOrder, TieOrder};
use rankers::gbdt::{GbdtParams, fit_from};
use rankers::logistic::{self, LogisticModel, LogisticParams};
use rankers::objective::{ObjectiveKind, RankingParams};
use rankers::{FeatureMatrix, LabelledRows};
use serde::Deserialize;

/// Compare settings of the booster by NDCG@10.
#[derive(Debug, Parser)]
struct Args {
    /// Training rows; with --test, training and test rows in turn
    files: Vec<PathBuf>,
    /// Fit on all training rows and measure on test rows, instead of cross-validation by fold
    #[arg(long)]
    test: bool,
    /// Ratings from here on are relevant
    #[arg(long, default_value_t = 4.0)]
    relevant_from: f32,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

/// Which rows make one list.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Lists {
    User,
    #[default]
    UserFold,
}

/// One line of stdin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    objective: ObjectiveKind,
    #[serde(default)]
    booster: GbdtParams,
    #[serde(default)]
    ranking: RankingParams,
    #[serde(default)]
    lists: Lists,
    /// Start from the scores of a logistic regression.
    #[serde(default)]
    linear_start: bool,
}

/// A file's rows, or some of them.
#[derive(Debug)]
struct Table {
    users: Vec<i64>,
    items: Vec<i64>,
    folds: Vec<i64>,
    ratings: Vec<f32>,
    features: FeatureMatrix,
}

/// What one fit trains on and what it is measured on.
struct Round {
    by_user: Table,
    by_user_fold: Table,
    measured: Table,
}

impl Table {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let mut reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
        let mut columns: Vec<(String, Vec<f64>)> =
            reader.headers()?.iter().map(|name| (name.to_owned(), Vec::new())).collect();
        for record in reader.records() {
            for (field, (name, column)) in record?.iter().zip(&mut columns) {
                column.push(field.parse().with_context(|| format!("column {name}: {field:?} is no number"))?);
            }
        }
        let keys = ["user_id", "item_id", "fold", "rating"];
        ensure!(
            columns.iter().map(|(name, _)| name).zip(keys).all(|(a, b)| a == b),
            "first columns: {keys:?}"
        );
        let features = FeatureMatrix::from_columns(columns.split_off(keys.len()))?;
        let key = |at: usize| columns[at].1.iter().map(|&id| id as i64).collect::<Vec<i64>>();
        let ratings = columns[3].1.iter().map(|&rating| rating as f32).collect();
        Ok(Self { users: key(0), items: key(1), folds: key(2), ratings, features })
    }

    fn select(&self, rows: &[usize]) -> anyhow::Result<Self> {
        let ids = |of: &[i64]| rows.iter().map(|&row| of[row]).collect::<Vec<i64>>();
        let columns = self.features.names().iter().zip(self.features.columns());
        let columns =
            columns.map(|(name, column)| (name.clone(), rows.iter().map(|&row| column[row]).collect()));
        Ok(Self {
            users: ids(&self.users),
            items: ids(&self.items),
            folds: ids(&self.folds),
            ratings: rows.iter().map(|&row| self.ratings[row]).collect(),
            features: FeatureMatrix::from_columns(columns.collect())?,
        })
    }

    fn by_user_fold(&self) -> anyhow::Result<Self> {
        let mut rows: Vec<usize> = (0..self.users.len()).collect();
        rows.sort_by_key(|&row| (self.users[row], self.folds[row], self.items[row]));
        self.select(&rows)
    }

    /// Ends of the runs of rows with one key.
    fn group_ends<K: PartialEq>(&self, key: impl Fn(usize) -> K) -> Vec<usize> {
        let n_rows = self.users.len();
        (1..=n_rows).filter(|&end| end == n_rows || key(end) != key(end - 1)).collect()
    }

    /// The mean NDCG@10 of the users with a relevant row.
    fn ndcg(&self, scores: &[f64], relevant_from: f32) -> f64 {
        let discounts = Discounts::new(self.users.len().max(10));
        let mut order = RankOrder::new(TieOrder::SmallerItem);
        let (mut sum, mut n_users, mut start) = (0.0, 0, 0);
        for end in self.group_ends(|row| self.users[row]) {
            let relevant: Vec<bool> = self.ratings[start..end].iter().map(|&r| r >= relevant_from).collect();
            let n_relevant = relevant.iter().filter(|&&relevant| relevant).count();
            if n_relevant > 0 {
                order.load(&self.items[start..end]);
                let top = order.sort_top(&scores[start..end], 10);
                let gains: Vec<f64> =
                    top.iter().map(|&row| f64::from(u8::from(relevant[row as usize]))).collect();
                sum += dcg(&gains, 10, &discounts) / discounts.sum(n_relevant.min(10));
                n_users += 1;
            }
            start = end;
        }
        sum / f64::from(n_users)
    }
}

fn fit_logistic(rows: LabelledRows<'_>, relevant_from: f32) -> anyhow::Result<LogisticModel> {
    // Labels are relevance already, or stars.
    let least = if rows.labels.iter().all(|&label| label <= 1.0) { 1.0 } else { relevant_from };
    let labels: Vec<f32> = rows.labels.iter().map(|&label| f32::from(u8::from(label >= least))).collect();
    let params = LogisticParams { standardise: true, ..LogisticParams::default() }.check()?;
    Ok(logistic::fit(&params, LabelledRows::new(rows.features, &labels))?)
}

fn rounds(args: &Args) -> anyhow::Result<Vec<Round>> {
    let mut rounds = Vec::new();
    let mut add = |by_user: Table, measured: Table| -> anyhow::Result<()> {
        rounds.push(Round { by_user_fold: by_user.by_user_fold()?, by_user, measured });
        Ok(())
    };
    if args.test {
        for pair in args.files.chunks_exact(2) {
            add(Table::read(&pair[0])?, Table::read(&pair[1])?)?;
        }
        return Ok(rounds);
    }
    for file in &args.files {
        let table = Table::read(file)?;
        let n_folds = table.folds.iter().max().map_or(0, |max| max + 1);
        for fold in 0..n_folds {
            let (measured, train): (Vec<usize>, Vec<usize>) =
                (0..table.users.len()).partition(|&row| table.folds[row] == fold);
            add(table.select(&train)?, table.select(&measured)?)?;
        }
    }
    Ok(rounds)
}

#[expect(clippy::print_stdout, reason = "the result of the program")]
fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    rayon::ThreadPoolBuilder::new().num_threads(args.threads).build_global()?;
    let rounds = rounds(&args)?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let Setting { objective, booster, ranking, lists, linear_start } =
            serde_json::from_str(&line).context(line.clone())?;
        let params = GbdtParams { objective, ranking: ranking.check()?, ..booster }.check()?;
        let (mut values, mut seconds) = (Vec::new(), 0.0);
        for (at, round) in rounds.iter().enumerate() {
            let (table, group_ends) = match lists {
                Lists::User => (&round.by_user, round.by_user.group_ends(|row| round.by_user.users[row])),
                Lists::UserFold => {
                    let table = &round.by_user_fold;
                    (table, table.group_ends(|row| (table.users[row], table.folds[row])))
                }
            };
            let labels: Vec<f32> = match objective {
                ObjectiveKind::BinaryLogLoss => {
                    table.ratings.iter().map(|&r| f32::from(u8::from(r >= args.relevant_from))).collect()
                }
                _ => table.ratings.clone(),
            };
            let rows = LabelledRows { features: &table.features, labels: &labels, group_ends: &group_ends };
            let mut rng = dataset::rng::stream(args.seed + at as u64, "compare-boosters");
            let start = Instant::now();
            let logistic = if linear_start { Some(fit_logistic(rows, args.relevant_from)?) } else { None };
            let model = fit_from(&params, logistic.as_ref(), rows, None, &mut rng)?;
            seconds += start.elapsed().as_secs_f64();
            let scores = model.predict_raw(&round.measured.features)?;
            values.push(round.measured.ndcg(&scores, args.relevant_from));
        }
        let n = values.len() as f64;
        let each: Vec<String> = values.iter().map(|value| format!("{value:.4}")).collect();
        println!("{:.5}\t{:.2} s\t{line}\t{}", values.iter().sum::<f64>() / n, seconds / n, each.join(" "));
    }
    Ok(())
}
