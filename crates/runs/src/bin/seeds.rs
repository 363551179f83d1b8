//! `seeds`: one preset over several seeds: means, spreads, and whether the stack wins over all of them together.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use dataset::rng;
use metrics::statistics::Bootstrap;
use runs::{Measure, Results, seeds, terminal, two};
use stage::UsageError;

/// One preset over several seeds
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The folders of the runs
    #[arg(required = true, value_name = "DIR")]
    runs: Vec<PathBuf>,

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
}

fn over_seeds(args: &Args) -> anyhow::Result<()> {
    let measure = Measure { metric: args.metric.clone(), k: (args.k > 0).then_some(i32::from(args.k)) };
    let bootstrap = Bootstrap::new(args.resamples, args.level, rng::stream(0, "seeds/bootstrap"))
        .map_err(|error| UsageError(error.to_string()))?;
    let runs: Vec<Results> =
        args.runs.iter().map(|folder| Results::read(folder, &measure)).collect::<Result<_, _>>()?;
    let all = seeds::over_seeds(&runs, &bootstrap).map_err(|two::Refusal(problem)| UsageError(problem))?;
    let text = terminal::of_seeds(&runs, &all, &measure);
    let _ = write!(std::io::stdout().lock(), "{text}"); // a reader that has gone away is no failure
    Ok(())
}

fn main() -> ExitCode {
    stage::program("seeds", |args: Args| over_seeds(&args).map(|()| ExitCode::SUCCESS))
}
