//! `metric-means`: the sums of all users to means.

use artifacts::tables::MetricMeanRow;

use super::metric_sums::RMSE;
use crate::streams::{Output, input};

#[derive(Debug, clap::Args)]
pub struct Args {}

/// One metric of one model: its name, its cut, the sums.
struct Sums {
    model: String,
    metric: String,
    k: Option<i64>,
    sum: f64,
    n: i64,
    n_users: i64,
}

/// Adds the sums of all parts up, in the order in which they come, and takes the means; the order is that of the first part.
///
/// # Errors
/// Where the stream is not as it should be.
pub fn run(_: &Args) -> anyhow::Result<()> {
    let mut input = input()?;
    let mut all: Vec<Sums> = Vec::new();
    while let Some(piece) = input.next_piece()? {
        let (models, metrics) = (piece.texts("model")?, piece.texts("metric")?);
        let (ks, sums) = (piece.optional_integers("k")?, piece.doubles("sum")?);
        let (ns, users) = (piece.integers("n")?, piece.integers("n_users")?);
        for (row, (model, metric)) in models.into_iter().zip(metrics).enumerate() {
            let (k, sum, n, n_users) = (ks[row], sums[row], ns[row], users[row]);
            if !sum.is_finite() || n < 0 {
                let problem = format!(
                    "the sum of {metric} of {model} is {sum} over {n}, expected a number over 0 or more"
                );
                return Err(piece.error_at(row, problem).into());
            }
            match all.iter_mut().find(|sums| (&sums.model, &sums.metric, sums.k) == (&model, &metric, k)) {
                Some(sums) => {
                    (sums.sum, sums.n, sums.n_users) = (sums.sum + sum, sums.n + n, sums.n_users + n_users);
                }
                None => all.push(Sums { model, metric, k, sum, n, n_users }),
            }
        }
    }
    let mean = |sums: Sums| {
        let mean = sums.sum / sums.n as f64;
        MetricMeanRow {
            value: if sums.metric == RMSE { mean.sqrt() } else { mean },
            model: sums.model,
            metric: sums.metric,
            k: sums.k.map(|k| k as i32),
            n_users: sums.n_users,
        }
    };
    let mut output = Output::new();
    output.write(all.into_iter().filter(|sums| sums.n > 0).map(mean).collect::<Vec<_>>())?;
    output.finish(|| Ok(Vec::<MetricMeanRow>::new()))
}
