//! `compare`: runs side by side, with paired intervals over users; refuses runs whose fingerprints differ, naming the difference.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use dataset::rng;
use metrics::statistics::Bootstrap;
use runs::{Measure, Results, several, terminal, two};
use stage::UsageError;

/// Runs side by side, user by user: B less A, or several against the first
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The folder of run A
    #[arg(long, value_name = "DIR", requires = "b", required_unless_present = "runs")]
    a: Option<PathBuf>,

    /// The folder of run B
    #[arg(long, value_name = "DIR", requires = "a")]
    b: Option<PathBuf>,

    /// The folders of two or more runs: the best models of each, against those of the first
    #[arg(long, value_name = "DIR", num_args = 2.., conflicts_with_all = ["a", "b"])]
    runs: Vec<PathBuf>,

    /// One protocol; without it every protocol that all runs have
    #[arg(long, value_name = "NAME")]
    protocol: Option<String>,

    /// The metric, as in metrics.parquet
    #[arg(long, value_name = "NAME", default_value = "ndcg")]
    metric: String,

    /// Its cut; 0 for a metric without one
    #[arg(long, value_name = "N", default_value_t = 10)]
    k: u16,

    /// How often the users are drawn again
    #[arg(long, value_name = "N", default_value_t = 1000)]
    resamples: usize,

    /// The level of the intervals
    #[arg(long, value_name = "X", default_value_t = 0.95)]
    level: f64,

    /// The seed of the draws
    #[arg(long, value_name = "N", default_value_t = 42)]
    seed: u64,
}

fn compare(args: &Args) -> anyhow::Result<()> {
    let measure = Measure { metric: args.metric.clone(), k: (args.k > 0).then_some(i32::from(args.k)) };
    let bootstrap = Bootstrap::new(args.resamples, args.level, rng::stream(args.seed, "compare/bootstrap"))
        .map_err(|error| UsageError(error.to_string()))?;
    let text = match (&args.a, &args.b) {
        (Some(a), Some(b)) => of_two(a, b, args, &measure, &bootstrap)?,
        _ => of_several(args, &measure, &bootstrap)?,
    };
    let _ = write!(std::io::stdout().lock(), "{text}"); // a reader that has gone away is no failure
    Ok(())
}

fn of_two(
    a: &Path,
    b: &Path,
    args: &Args,
    measure: &Measure,
    bootstrap: &Bootstrap,
) -> anyhow::Result<String> {
    let (a, b) = (Results::read(a, measure)?, Results::read(b, measure)?);
    let compared = two::compare(&a, &b, args.protocol.as_deref(), bootstrap)
        .map_err(|two::Refusal(problem)| UsageError(problem))?;
    if compared.iter().all(|comparison| comparison.rows.iter().all(|row| row.a.is_none() && row.b.is_none()))
    {
        return Err(UsageError(format!("neither run has {} in per_user.parquet", measure.name())).into());
    }
    Ok(terminal::of_two(&a, &b, &compared, measure))
}

fn of_several(args: &Args, measure: &Measure, bootstrap: &Bootstrap) -> anyhow::Result<String> {
    let runs: Vec<Results> =
        args.runs.iter().map(|folder| Results::read(folder, measure)).collect::<Result<_, _>>()?;
    let all = several::standings(&runs, args.protocol.as_deref(), bootstrap)
        .map_err(|two::Refusal(problem)| UsageError(problem))?;
    if all.iter().all(|standings| standings.rows.is_empty()) {
        return Err(UsageError(format!("no run has {} in per_user.parquet", measure.name())).into());
    }
    Ok(terminal::of_several(&runs, &all, measure))
}

fn main() -> ExitCode {
    stage::program("compare", |args: Args| compare(&args).map(|()| ExitCode::SUCCESS))
}
