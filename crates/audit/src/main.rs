//! `audit`: does any feature of a run depend on a label that it may not see?
//!
//! Reads the split and the manifests of `train-base` and `build-features`, computes the features of every round again from changed ratings
//! ([`stacking::probe`]) and prints a table. Checks besides that what it computes from the unchanged ratings is, bit for bit, what stands in
//! `meta_train.parquet` and `test.parquet`: the proof is about the very features that the meta-models saw. Writes nothing.

mod same;
mod table;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use artifacts::layout::{ITEMS, RATINGS, TAGS};
use artifacts::tables::{SplitRatings, TagRow};
use clap::Parser;
use dataset::{Items, Tag, rng};
use recommenders::BaseConfig;
use stacking::probe::{Pipeline, SplitTable, probe};
use stacking::{BaseSetup, FeatureConfig, Method};
use stage::{CommonArgs, Run, StageName, UsageError};

use crate::same::Artifacts;

/// Probes every feature of a run for leakage; exit code 1 when anything leaks
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    common: CommonArgs,

    /// How many rows a round are changed
    #[arg(long, value_name = "N", default_value_t = 200)]
    rows: usize,
}

/// Whether the run is clean.
fn audit(args: &Args) -> anyhow::Result<bool> {
    stage::use_threads(args.common.threads)?;
    if args.common.config.is_some() {
        let problem = "--config: the audit takes the configuration from the run's manifests".to_owned();
        return Err(UsageError(problem).into());
    }
    let mut run = Run::reading(&args.common);
    run.require(&[StageName::Split, StageName::TrainBase, StageName::BuildFeatures])?;
    let split: SplitRatings = run.read_table(RATINGS)?;
    let items: Items = run.read_table(ITEMS)?;
    let tags: Vec<TagRow> = if run.has(TAGS) { run.read_table(TAGS)? } else { Vec::new() };
    let tags: Vec<Tag> = tags.into_iter().map(Tag::from).collect();
    let base: BaseConfig = run.upstream_whole_config(StageName::TrainBase)?;
    let features: FeatureConfig = run.upstream_whole_config(StageName::BuildFeatures)?;
    let method: Method = run.upstream_config(StageName::Split, "stacking")?;
    let (models, params) = base.check().context("the configuration of train-base")?;
    let candidates = base.candidates.check(&models).context("the configuration of train-base")?;
    let artifacts = Artifacts::read(&mut run, candidates.is_some())?;
    let seed = run.upstream_seed(StageName::TrainBase)?;
    let setup = BaseSetup { models, params, seed };
    let features = features.check().context("the configuration of build-features")?;
    let pipeline = Pipeline {
        method,
        n_folds: stacking::n_folds(&split.folds),
        base: &setup,
        candidates: candidates.as_ref(),
        features: &features,
        items: &items,
        tags: &tags,
    };
    let split = SplitTable { ratings: split.ratings, parts: split.parts, folds: split.folds };
    let mut draws = rng::stream(args.common.seed, "audit");
    let mut differing = 0;
    let findings = probe(&pipeline, &split, args.rows, &mut draws, |round| {
        differing += artifacts.differing(round);
    })?;

    let is_clean = findings.canary_was_caught() && findings.leaking().next().is_none() && differing == 0;
    if !args.common.quiet || !is_clean {
        let text = table::text(&findings, differing);
        let _ = write!(std::io::stdout().lock(), "{text}"); // a reader that has gone away is no failure
    }
    Ok(is_clean)
}

fn main() -> ExitCode {
    stage::program("audit", |args: Args| {
        Ok(if audit(&args)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}
