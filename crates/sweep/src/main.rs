//! `sweep`: a search of hyper-parameters of any stage, by validation parts of the training ratings alone.
//!
//! The test ratings are dropped before anything is looked at ([`reruns::training`]); the training ratings are split again, and each trial, a set of
//! values for the keys of a [`space`], is measured on these splits ([`mod@bench`]), every stage that it does not touch taken from a [`store`]. What comes
//! next is proposed from the trials so far ([`sampler`]), which stand in a [`log`], so that a search that is stopped goes on where it was. At the
//! end the best trial meets the preset on splits that the search has not seen ([`confirm`]).

mod base;
mod bench;
mod confirm;
mod log;
mod outputs;
mod picture;
mod sampler;
mod space;
mod store;
mod terminal;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use reruns::{Splits, Stages, training};
use stage::{Bytes, CommonArgs, Progress, Run, UsageError};

use crate::base::Base;
use crate::bench::{Bench, same_measure};
use crate::confirm::Confirmation;
use crate::log::{Log, Trial};
use crate::space::Space;
use crate::store::Store;

/// Searches hyper-parameters of any stage, by validation parts of the training ratings alone; goes on where it was stopped
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    common: CommonArgs,

    /// What is searched, for example config/sweeps/booster.toml; its name is that of the sweep
    #[arg(long, value_name = "FILE")]
    space: PathBuf,

    /// How many trials there are to be in the end, the preset as it is among them
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    trials: u32,

    /// Forget the trials that are there
    #[arg(long)]
    anew: bool,

    /// About how much of what stages have left is kept on the disk while the search goes on
    #[arg(long, value_name = "SIZE", default_value = "4GiB")]
    store: Bytes,

    /// The folder of the stages' binaries; without it that of this program
    #[arg(long, value_name = "DIR")]
    bin: Option<PathBuf>,
}

fn sweep(args: &Args) -> anyhow::Result<()> {
    if args.common.config.is_some() {
        let problem = "--config: the search takes the configuration from the run's manifests".to_owned();
        return Err(UsageError(problem).into());
    }
    stage::use_threads(args.common.threads)?;
    let (name, space) = read_space(&args.space)?;
    let mut run = Run::reading(&args.common);
    let base = Base::read(&mut run, &space)?;
    let stages = Stages::find(args.bin.as_deref(), args.common.threads)?;

    let layout = run.layout().clone();
    let folder = layout.sweep_folder(&name);
    if args.anew {
        store::remove(&folder)?;
    }
    let identity = base.identity(&space, args.common.seed, &stages)?;
    let mut log = Log::open(&layout.sweep_log(&name), &identity)?;
    artifacts::atomic::sweep(&folder)?;
    let data = layout.sweep_scratch(&name).join("data");
    store::remove(&data)?;
    std::fs::create_dir_all(&data)
        .map_err(|source| artifacts::Error::Write { path: data.clone(), source })?;
    let users = training::write(&mut run, &data)?;
    let mut bench = Bench {
        stages: &stages,
        base: &base,
        space: &space,
        data,
        work: layout.sweep_scratch(&name).join("work"),
        store: Store::open(layout.sweep_scratch(&name).join("store"), args.store.0)?,
    };
    // The second half is kept for the end.
    let splits = Splits::draw(2 * space.splits, args.common.seed, "sweep/splits");
    let (searched, unseen) = splits.seeds().split_at(space.splits as usize);
    search(&mut bench, &mut log, searched, args)?;
    let trials = &log.trials()[..(args.trials as usize).min(log.trials().len())];
    let best = best_of(trials)?;
    let confirmed = Confirmation::of(&mut bench, &trials[0], best, unseen, &users, args.common.seed)?;
    drop(bench);
    store::remove(&layout.sweep_scratch(&name))?;

    let sweep =
        outputs::Sweep { name: &name, space: &space, base: &base, trials, best, confirmed: &confirmed };
    outputs::write(&run, &sweep)?;
    picture::write(&run, &sweep)?;
    if !args.common.quiet {
        terminal::print(&sweep, &layout);
    }
    Ok(())
}

fn read_space(path: &Path) -> anyhow::Result<(String, Space)> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| UsageError(format!("cannot read the space {}: {error}", path.display())))?;
    let space = Space::parse(&text)
        .map_err(|UsageError(problem)| UsageError(format!("{}: {problem}", path.display())))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok((name, space))
}

/// Runs trials until there are enough.
fn search(bench: &mut Bench<'_>, log: &mut Log, splits: &[u64], args: &Args) -> anyhow::Result<()> {
    let progress = Progress::new("sweep", u64::from(args.trials), args.common.quiet);
    for _ in 0..log.trials().len() {
        progress.done();
    }
    let preset = bench.base.values(bench.space);
    while log.trials().len() < args.trials as usize {
        let number = log.trials().len() as u32;
        let best = log.trials().iter().filter_map(|trial| trial.value).fold(f64::NEG_INFINITY, f64::max);
        progress.step(if number == 0 {
            "the preset as it is".to_owned()
        } else {
            format!("trial {number}, best so far {best:.4}")
        });
        let values = sampler::propose(bench.space, &preset, log.trials(), number, args.common.seed)?;
        let trial = run_trial(bench, number, values, splits, log.trials().first())?;
        log.push(trial)?;
        bench.store.shrink()?;
        progress.done();
    }
    Ok(())
}

fn run_trial(
    bench: &mut Bench<'_>,
    number: u32,
    values: Vec<Option<serde_json::Value>>,
    splits: &[u64],
    first: Option<&Trial>,
) -> anyhow::Result<Trial> {
    let mut trial = Trial { number, values, ..Trial::default() };
    for (at, &seed) in splits.iter().enumerate() {
        let measured = match bench.measure(&trial.values, seed)? {
            Ok(measured) => measured,
            Err(refusal) if number == 0 => {
                let problem =
                    format!("the preset cannot be run on the training ratings alone: {}", refusal.message);
                return Err(if refusal.is_usage {
                    UsageError(problem).into()
                } else {
                    anyhow::anyhow!(problem)
                });
            }
            Err(refusal) => {
                return Ok(Trial {
                    number,
                    values: trial.values,
                    problem: refusal.message,
                    ..Trial::default()
                });
            }
        };
        let Some(mean) = measured.mean() else {
            return Err(UsageError(format!(
                "{} has no {} under {}: expected a model and a metric of per_user.parquet",
                bench.space.model,
                outputs::measure(bench.space, bench.base),
                bench.base.protocol
            ))
            .into());
        };
        if let Some(first) = first {
            same_measure(&first.fingerprints[at], &measured.fingerprint, number)?;
        }
        trial.of_splits.push(mean);
        trial.n_users += measured.of_users.len() as u64;
        trial.cpu_seconds += measured.timings.iter().map(|timings| timings.cpu_seconds).sum::<f64>();
        trial.wall_seconds += measured.timings.iter().map(|timings| timings.wall_seconds).sum::<f64>();
        trial.fingerprints.push(measured.fingerprint);
    }
    trial.value = Some(trial.of_splits.iter().sum::<f64>() / trial.of_splits.len() as f64);
    Ok(trial)
}

/// The best trial; of equals the first.
fn best_of(trials: &[Trial]) -> anyhow::Result<&Trial> {
    let better =
        |best: &'_ Trial, one: &'_ Trial| one.value.unwrap_or(f64::MIN) > best.value.unwrap_or(f64::MIN);
    let best = trials.iter().reduce(|best, one| if better(best, one) { one } else { best });
    best.ok_or_else(|| anyhow::anyhow!("no trial has run"))
}

fn main() -> ExitCode {
    stage::program("sweep", |args: Args| sweep(&args).map(|()| ExitCode::SUCCESS))
}
