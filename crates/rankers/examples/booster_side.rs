//! Podium's side of `bench/gbdt`, `bench/gbdt_small` and `bench/lambdamart`: fits a booster once, predicts the training rows, and prints one
//! JSON line: seconds and the quality on test rows. `bench/gbdt/make_data.py` says what the folder holds.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use clap::Parser;
use metrics::dcg::{Discounts, dcg, ideal_dcg};
use metrics::{RankOrder, TieOrder};
use rankers::gbdt::{GbdtModel, GbdtParams, fit};
use rankers::objective::{Grades, ObjectiveKind, RankingParams};
use rankers::{FeatureMatrix, LabelledRows};
use serde::Deserialize;
use serde_json::json;

/// Fit a booster once, predict once, and say how long it took.
#[derive(Debug, Parser)]
struct Args {
    /// Folder of the rows
    folder: PathBuf,
    /// JSON file of the fit's settings
    settings: PathBuf,
    /// Threads
    threads: usize,
}

#[derive(Debug, Deserialize)]
struct Shape {
    n_features: usize,
    /// 0 where rows are not in groups.
    group_size: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    n_trees: usize,
    learning_rate: f64,
    max_leaves: usize,
    /// -1 for no limit.
    max_depth: i64,
    min_leaf_rows: usize,
    min_child_weight: f64,
    lambda_l2: f64,
    #[serde(default)]
    truncation: usize,
}

/// Rows in memory.
struct Table {
    features: FeatureMatrix,
    labels: Vec<f32>,
    group_ends: Vec<usize>,
}

fn read_json<T: for<'de> Deserialize<'de>>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

fn read_f32(path: &Path) -> anyhow::Result<Vec<f32>> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let number = |bytes: &[u8]| bytes.try_into().map_or(f32::NAN, f32::from_le_bytes);
    Ok(bytes.chunks_exact(size_of::<f32>()).map(number).collect())
}

impl Table {
    fn read(folder: &Path, part: &str, shape: &Shape) -> anyhow::Result<Self> {
        let values = read_f32(&folder.join(format!("{part}.features.f32")))?;
        let labels = read_f32(&folder.join(format!("{part}.labels.f32")))?;
        ensure!(
            values.len() == labels.len() * shape.n_features,
            "{part}: {} values for {} rows of {} features",
            values.len(),
            labels.len(),
            shape.n_features
        );
        let columns = (0..shape.n_features)
            .map(|at| {
                let column = values.iter().skip(at).step_by(shape.n_features).map(|&value| f64::from(value));
                (format!("f{at}"), column.collect())
            })
            .collect();
        let group_ends = match shape.group_size {
            0 => Vec::new(),
            size => (1..=labels.len() / size).map(|group| group * size).collect(),
        };
        Ok(Self { features: FeatureMatrix::from_columns(columns)?, labels, group_ends })
    }

    fn rows(&self) -> LabelledRows<'_> {
        LabelledRows { features: &self.features, labels: &self.labels, group_ends: &self.group_ends }
    }

    fn quality(&self, model: &GbdtModel) -> anyhow::Result<serde_json::Value> {
        let scores = model.predict_raw(&self.features)?;
        Ok(match model.objective().pointwise() {
            Some(objective) => {
                json!({ "log_loss": objective.loss(0, &scores, &self.labels) / scores.len() as f64 })
            }
            None => json!({ "ndcg_at_10": self.ndcg(&scores) }),
        })
    }

    /// NDCG@10 with gains 2^grade - 1, the mean over the groups that have a gain.
    fn ndcg(&self, scores: &[f64]) -> f64 {
        let mut order = RankOrder::new(TieOrder::SmallerItem);
        let (mut sum, mut n, mut start) = (0.0, 0, 0);
        for &end in &self.group_ends {
            let group = std::mem::replace(&mut start, end)..end;
            let gains: Vec<f64> =
                self.labels[group.clone()].iter().map(|&grade| f64::from(grade).exp2() - 1.0).collect();
            let discounts = Discounts::new(gains.len());
            let ideal = ideal_dcg(&gains, 10, &discounts);
            if ideal > 0.0 {
                order.load(&(0..gains.len() as i64).collect::<Vec<_>>());
                let top = order.sort_top(&scores[group], 10);
                let top: Vec<f64> = top.iter().map(|&row| gains[row as usize]).collect();
                sum += dcg(&top, 10, &discounts) / ideal;
                n += 1;
            }
        }
        sum / f64::from(n)
    }
}

impl Settings {
    fn params(&self, shape: &Shape) -> anyhow::Result<GbdtParams> {
        let ranks = shape.group_size > 0;
        let ranking = RankingParams {
            grades: Grades::Label,
            truncation: self.truncation.max(1),
            ..RankingParams::default()
        };
        Ok(GbdtParams {
            objective: if ranks { ObjectiveKind::LambdaRank } else { ObjectiveKind::BinaryLogLoss },
            ranking: ranking.check()?,
            n_trees: self.n_trees,
            learning_rate: self.learning_rate,
            max_leaves: self.max_leaves,
            max_depth: usize::try_from(self.max_depth).unwrap_or(64),
            min_leaf_rows: self.min_leaf_rows,
            min_child_weight: self.min_child_weight,
            lambda_l2: self.lambda_l2,
            ..GbdtParams::default()
        })
    }
}

#[expect(clippy::print_stdout, reason = "the result of the program")]
fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    rayon::ThreadPoolBuilder::new().num_threads(args.threads).build_global()?;
    let shape: Shape = read_json(&args.folder.join("shape.json"))?;
    let params = read_json::<Settings>(&args.settings)?.params(&shape)?.check()?;
    let train = Table::read(&args.folder, "train", &shape)?;

    let start = Instant::now();
    let model = fit(&params, train.rows(), None, &mut dataset::rng::stream(42, "bench/gbdt"))?;
    let fit_seconds = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let predicted = model.predict(&train.features)?;
    let predict_seconds = start.elapsed().as_secs_f64();
    ensure!(predicted.len() == train.labels.len(), "as many predictions as rows");
    let quality = Table::read(&args.folder, "test", &shape)?.quality(&model)?;
    println!(
        "{}",
        json!({ "seconds": { "fit": fit_seconds, "predict": predict_seconds }, "quality": quality })
    );
    Ok(())
}
