//! Fits a booster on a CSV file several times, and prints one JSON line: the seconds of each fit, the first of them cold, and the
//! quality on training and test rows. (`booster_side` is what `bench/gbdt` runs beside other boosters.)
//!
//! The files have a header, the features and last the label; an empty field is a missing value.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::Parser;
use rankers::gbdt::{Criterion, GbdtModel, GbdtParams, Growth, fit};
use rankers::objective::{CheckedRankingParams, ObjectiveKind};
use rankers::{FeatureMatrix, LabelledRows};
use serde_json::json;

/// Fit a gradient-boosted model several times and time it.
#[derive(Debug, Parser)]
struct Args {
    /// Training rows
    train: PathBuf,
    /// Test rows
    #[arg(long)]
    test: Option<PathBuf>,
    /// How many fits
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Seed of the first fit; each further one counts up
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Threads
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Least squares on the label instead of log-loss
    #[arg(long)]
    squared_error: bool,
    /// Friedman's criterion instead of the second-order gain
    #[arg(long)]
    friedman_mse: bool,
    /// Grow depth-wise instead of leaf-wise
    #[arg(long)]
    depth_wise: bool,
    #[arg(long, default_value_t = 200)]
    n_trees: usize,
    #[arg(long, default_value_t = 0.05)]
    learning_rate: f64,
    #[arg(long, default_value_t = 8)]
    max_leaves: usize,
    #[arg(long, default_value_t = 3)]
    max_depth: usize,
    #[arg(long, default_value_t = 255)]
    max_bins: usize,
    #[arg(long, default_value_t = 1)]
    min_leaf_rows: usize,
    #[arg(long, default_value_t = 0.0)]
    min_child_weight: f64,
    #[arg(long, default_value_t = 0.0)]
    lambda_l1: f64,
    #[arg(long, default_value_t = 0.0)]
    lambda_l2: f64,
    #[arg(long, default_value_t = 1.0)]
    subsample: f64,
    #[arg(long, default_value_t = 1.0)]
    colsample: f64,
    /// Write the last model as LightGBM text
    #[arg(long)]
    lightgbm_text: Option<PathBuf>,
    /// Write the last model's raw scores of the test rows, one a line
    #[arg(long, requires = "test")]
    raw_scores: Option<PathBuf>,
}

impl Args {
    fn params(&self) -> GbdtParams {
        GbdtParams {
            objective: if self.squared_error {
                ObjectiveKind::SquaredError
            } else {
                ObjectiveKind::BinaryLogLoss
            },
            ranking: CheckedRankingParams::default(),
            criterion: if self.friedman_mse { Criterion::FriedmanMse } else { Criterion::Newton },
            growth: if self.depth_wise { Growth::DepthWise } else { Growth::LeafWise },
            n_trees: self.n_trees,
            learning_rate: self.learning_rate,
            max_leaves: self.max_leaves,
            max_depth: self.max_depth,
            max_bins: self.max_bins,
            min_leaf_rows: self.min_leaf_rows,
            min_child_weight: self.min_child_weight,
            min_split_gain: 0.0,
            lambda_l1: self.lambda_l1,
            lambda_l2: self.lambda_l2,
            subsample: self.subsample,
            colsample: self.colsample,
            early_stopping_rounds: 0,
        }
    }
}

/// A table in memory.
struct Table {
    features: FeatureMatrix,
    labels: Vec<f32>,
}

impl Table {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let mut reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
        let mut columns: Vec<(String, Vec<f64>)> =
            reader.headers()?.iter().map(|name| (name.to_owned(), Vec::new())).collect();
        for record in reader.records() {
            for (field, (name, column)) in record?.iter().zip(&mut columns) {
                let value = if field.is_empty() { Ok(f64::NAN) } else { field.parse() };
                column.push(value.with_context(|| {
                    format!(
                        "{}: row {}, column {name}: {field:?} is no number",
                        path.display(),
                        column.len() + 1
                    )
                })?);
            }
        }
        let Some((_, labels)) = columns.pop() else { bail!("{}: no columns", path.display()) };
        let labels = labels.into_iter().map(|label| label as f32).collect();
        Ok(Self { features: FeatureMatrix::from_columns(columns)?, labels })
    }

    fn rows(&self) -> LabelledRows<'_> {
        LabelledRows::new(&self.features, &self.labels)
    }

    /// Mean loss and area under the ROC curve.
    fn quality(&self, model: &GbdtModel) -> anyhow::Result<[f64; 2]> {
        let scores = model.predict_raw(&self.features)?;
        let objective = model.objective().pointwise().context("a pointwise objective")?;
        let loss = objective.loss(0, &scores, &self.labels) / scores.len() as f64;
        Ok([loss, auc(&scores, &self.labels)])
    }
}

/// The share of (positive, negative) pairs in the right order, ties as half. A label above 0.5 is positive.
fn auc(scores: &[f64], labels: &[f32]) -> f64 {
    let mut rows: Vec<(f64, bool)> =
        scores.iter().zip(labels).map(|(&score, &label)| (score, label > 0.5)).collect();
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut negatives, mut pairs) = (0.0, 0.0);
    for tied in rows.chunk_by(|a, b| a.0 == b.0) {
        let n_positive = tied.iter().filter(|row| row.1).count() as f64;
        let n_negative = tied.len() as f64 - n_positive;
        pairs += n_positive * (negatives + n_negative / 2.0);
        negatives += n_negative;
    }
    pairs / (negatives * (rows.len() as f64 - negatives))
}

#[expect(clippy::print_stdout, reason = "the result of the program")]
fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    rayon::ThreadPoolBuilder::new().num_threads(args.threads).build_global()?;
    let params = args.params().check()?;
    let train = Table::read(&args.train)?;
    let test = args.test.as_deref().map(Table::read).transpose()?;
    let (mut seconds, mut test_quality) = (Vec::new(), Vec::new());
    let mut model = None;
    for run in 0..args.runs as u64 {
        let mut rng = dataset::rng::stream(args.seed + run, "bench/gbdt");
        let start = Instant::now();
        let fitted = fit(&params, train.rows(), None, &mut rng)?;
        seconds.push(start.elapsed().as_secs_f64());
        if let Some(test) = &test {
            test_quality.push(test.quality(&fitted)?);
        }
        model = Some(fitted);
    }
    let Some(model) = model else { bail!("runs = 0: expected at least 1") };
    let [train_loss, train_auc] = train.quality(&model)?;
    let mut predict_seconds = None;
    if let Some(test) = &test {
        let start = Instant::now();
        let scores = model.predict_raw(&test.features)?;
        predict_seconds = Some(start.elapsed().as_secs_f64());
        if let Some(path) = &args.raw_scores {
            std::fs::write(path, scores.iter().map(f64::to_string).collect::<Vec<_>>().join("\n"))?;
        }
    }
    if let Some(path) = &args.lightgbm_text {
        std::fs::write(path, model.to_lightgbm_text())?;
    }
    let importances: serde_json::Map<_, _> = model
        .importances()
        .into_iter()
        .map(|importance| (importance.feature, json!(importance.gain)))
        .collect();
    let column = |at: usize| test_quality.iter().map(|quality| quality[at]).collect::<Vec<f64>>();
    println!(
        "{}",
        json!({
            "seconds": seconds,
            "predict_seconds": predict_seconds,
            "train_loss": train_loss,
            "train_auc": train_auc,
            "test_loss": column(0),
            "test_auc": column(1),
            "importances": importances,
        })
    );
    Ok(())
}
