//! `compare`: two runs side by side, with paired intervals over users; refuses runs whose fingerprints differ, naming the difference.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use dataset::rng;
use metrics::statistics::Bootstrap;
use runs::{Measure, Results, terminal, two};
use stage::UsageError;

/// Two runs side by side: B less A, user by user
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The folder of run A
    #[arg(long, value_name = "DIR")]
    a: PathBuf,

    /// The folder of run B
    #[arg(long, value_name = "DIR")]
    b: PathBuf,

    /// One protocol; without it every protocol that both runs have
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
    let (a, b) = (Results::read(&args.a, &measure)?, Results::read(&args.b, &measure)?);
    let compared = two::compare(&a, &b, args.protocol.as_deref(), &bootstrap)
        .map_err(|two::Refusal(problem)| UsageError(problem))?;
    if compared.iter().all(|comparison| comparison.rows.iter().all(|row| row.a.is_none() && row.b.is_none()))
    {
        return Err(UsageError(format!("neither run has {} in per_user.parquet", measure.name())).into());
    }
    let text = terminal::of_two(&a, &b, &compared, &measure);
    let _ = write!(std::io::stdout().lock(), "{text}"); // a reader that has gone away is no failure
    Ok(())
}

fn main() -> ExitCode {
    stage::tool("compare", || compare(&Args::parse()).map(|()| ExitCode::SUCCESS))
}
