//! `metric-sums`: what the users of a stream add to the means of the metrics, and to the errors of all rows together.

use std::collections::BTreeMap;

use artifacts::tables::MetricSumRow;
use metrics::pooled::{log_loss, mae, rmse};

use crate::ranked::{MetricArgs, ScoreBlocks, Scores};
use crate::streams::{Output, input};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    metrics: MetricArgs,

    /// The models whose scores are in stars
    #[arg(long, value_name = "MODEL,...", value_delimiter = ',')]
    stars: Vec<String>,

    /// The models whose scores are probabilities
    #[arg(long, value_name = "MODEL,...", value_delimiter = ',')]
    probabilities: Vec<String>,
}

/// The RMSE of all rows; its sum is that of the squared errors.
pub const RMSE: &str = "rmse";

/// A sum, over how many users or rows, over how many users.
type Sum = (f64, i64, i64);

/// Sums one block after the other up; the sums come at the end.
///
/// # Errors
/// Where the stream is not as it should be.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let plan = args.metrics.plan()?;
    let mut blocks = ScoreBlocks::new(input()?, &args.metrics);
    let models = blocks.models.clone();
    // By the place of the model, then of the metric.
    let mut sums: BTreeMap<(usize, usize), (&'static str, Option<usize>, Sum)> = BTreeMap::new();
    let mut add = |model: usize, place: usize, metric: &'static str, k, (sum, n, n_users): Sum| {
        let (_, _, all) = sums.entry((model, place)).or_insert((metric, k, (0.0, 0, 0)));
        *all = (all.0 + sum, all.1 + n, all.2 + n_users);
    };
    while let Some(scores) = blocks.next_block()? {
        let per_user = scores.measure(&models, &plan)?;
        for (model, name) in models.iter().enumerate() {
            for (place, column) in plan.columns().iter().enumerate() {
                let values = per_user.values(model, place).flatten();
                let (sum, n) = values.fold((0.0, 0), |(sum, n), value| (sum + value, n + 1));
                add(model, place, column.metric.name, column.k, (sum, n, n));
            }
            for (at, (metric, sum)) in errors(args, name, &scores, model).into_iter().enumerate() {
                let counts = (scores.user_ids.len() as i64, scores.n_users() as i64);
                add(model, plan.columns().len() + at, metric, None, (sum, counts.0, counts.1));
            }
        }
    }
    let row = |((model, _), (metric, k, (sum, n, n_users))): ((usize, usize), (&str, Option<usize>, Sum))| {
        MetricSumRow {
            model: models[model].clone(),
            metric: metric.to_owned(),
            k: k.map(|k| k as i32),
            sum,
            n,
            n_users,
        }
    };
    let mut output = Output::new();
    output.write(sums.into_iter().map(row).collect::<Vec<_>>())?;
    output.finish(|| Ok(Vec::<MetricSumRow>::new()))
}

/// The sums of a model's errors, as far as its scores have some.
fn errors(args: &Args, name: &String, scores: &Scores, model: usize) -> Vec<(&'static str, f64)> {
    let n = scores.user_ids.len() as f64;
    let of_model = &scores.columns[model];
    let mut errors = Vec::new();
    if args.stars.contains(name) {
        errors.extend(rmse(of_model, &scores.grades).map(|rmse| (RMSE, rmse * rmse * n)));
        errors.extend(mae(of_model, &scores.grades).map(|mae| ("mae", mae * n)));
    }
    if args.probabilities.contains(name) {
        errors.extend(log_loss(of_model, &scores.relevant).map(|loss| ("log_loss", loss * n)));
    }
    errors
}
