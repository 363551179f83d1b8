//! `ablation`: what is each base model and feature group of a preset worth, and what does it cost?
//!
//! Takes each part of the preset away, and adds each that it does not have, runs the stages, and compares the ranking with that of the
//! preset as it is ([`effects`]), and the seconds and bytes ([`costs`]). A choice made by this table must not have looked at the test
//! ratings, or the run's own metrics would no longer be honest: everything here is done on the training ratings alone, which are split again
//! ([`reruns::training`]). Writes a table and a picture into the folder of the ablation, and prints the table.

mod configs;
mod costs;
mod effects;
mod outputs;
mod picture;
mod scratch;
mod terminal;
mod trials;
mod variants;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use reruns::{Splits, Stages, training};
use stage::{CommonArgs, Run, UsageError};

use crate::configs::Configs;
use crate::effects::Effects;
use crate::outputs::Parts;
use crate::scratch::Scratch;
use crate::trials::Trials;

/// Drops and adds each base model and feature group of a preset: what it is worth, and what it costs. Measured on training ratings alone
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    common: CommonArgs,

    /// How many times the training ratings are split again: each holds out another part of them
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    splits: u32,

    /// Only these base models and feature groups, by their keys in the configuration; without it all there are
    #[arg(long, value_name = "NAME", num_args = 1..)]
    only: Vec<String>,

    /// Take the parts of --only away, or add them, all at once instead of one at a time
    #[arg(long, requires = "only")]
    together: bool,

    /// Only these meta-models in the table, by their names in all tables; without it all of the preset
    #[arg(long, value_name = "NAME", num_args = 1..)]
    models: Vec<String>,

    /// The folder of the stages' binaries; without it that of this program
    #[arg(long, value_name = "DIR")]
    bin: Option<PathBuf>,
}

/// Whether the preset, run twice, gave the same.
fn ablate(args: &Args) -> anyhow::Result<bool> {
    if args.common.config.is_some() {
        let problem = "--config: the ablation takes the configuration from the run's manifests".to_owned();
        return Err(UsageError(problem).into());
    }
    stage::use_threads(args.common.threads)?;
    let mut run = Run::reading(&args.common);
    let configs = Configs::read(&mut run)?;
    let variants = variants::list(configs.models(), configs.groups(), &args.only)?;
    let variants = if args.together { variants::together(variants)? } else { variants };
    let meta_models = variants::meta_models(configs.meta_models(), &args.models)?;
    let stages = Stages::find(args.bin.as_deref(), args.common.threads)?;

    let scratch = Scratch::make(run.layout())?;
    let users = training::write(&mut run, &scratch.data())?;
    let splits = Splits::draw(args.splits, args.common.seed, "ablation/splits");
    let bench =
        trials::Bench { stages: &stages, configs: &configs, scratch: &scratch, quiet: args.common.quiet };
    let trials = Trials::run(&bench, &variants, &meta_models, &splits, users)?;
    drop(scratch);

    let effects = Effects::of(&trials, configs.level(), args.common.seed)?;
    let parts = Parts::new(&variants, &trials, &effects);
    outputs::write(&run, &configs, &parts)?;
    picture::write(&run, &configs, &parts)?;
    if !args.common.quiet {
        terminal::print(&configs, &parts);
    }
    Ok(parts.control_is_same())
}

fn main() -> ExitCode {
    stage::program("ablation", |args: Args| {
        if ablate(&args)? {
            return Ok(ExitCode::SUCCESS);
        }
        anyhow::bail!("the preset, run twice, gave two results; no difference in the table can be trusted")
    })
}
