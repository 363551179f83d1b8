//! `stamps`: tells make what has really changed.
//!
//! Make compares times, but a touched file, an edited comment or a rebuilt binary is no reason to run a stage again. So before
//! each run this tool writes, for every stage, a stamp of its code ([`code`]), of its configuration ([`config`]) and of its
//! arguments, and replaces a stamp only where its content differs. It also takes back the manifest of a stage whose artifacts are no longer
//! what the manifest lists ([`intact`]), so that `make <stage>` mends a damaged folder.

mod code;
mod config;
mod intact;
mod stamp;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use artifacts::{Layout, StageName};
use clap::Parser;

/// Writes the stamps that make compares
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The workspace's folder
    #[arg(long, default_value = ".")]
    workspace: PathBuf,

    /// The folder of the preset's configuration files
    #[arg(long)]
    config: PathBuf,

    /// The folder of the run, `<dataset>/<preset>`
    #[arg(long)]
    artifacts: PathBuf,

    /// Whatever else the stages are told, for example the seed
    #[arg(long)]
    arguments: String,

    /// What one stage alone is told besides: a stamp of its own for each
    #[arg(long, value_name = "STAGE=TEXT", value_parser = of_stage)]
    arguments_of: Vec<(String, String)>,
}

fn of_stage(text: &str) -> Result<(String, String), String> {
    let (stage, text) = text.split_once('=').ok_or("expected STAGE=TEXT")?;
    let is_stage = StageName::ALL.iter().any(|name| name.name() == stage);
    is_stage.then(|| (stage.to_owned(), text.to_owned())).ok_or_else(|| format!("{stage} is no stage"))
}

fn run(args: &Args) -> anyhow::Result<()> {
    let packages = code::Packages::read(&args.workspace)?;
    let layout = Layout::new(&args.artifacts);
    let folder = layout.stamps_folder();
    let mut stamps = vec![("all", "arguments", args.arguments.clone())];
    stamps.extend(args.arguments_of.iter().map(|(stage, text)| (stage.as_str(), "arguments", text.clone())));
    let names = StageName::ALL.map(StageName::name);
    stamps.extend(
        names.into_iter().zip(packages.fingerprints(&names)?).map(|(name, code)| (name, "code", code)),
    );
    for stage in StageName::ALL {
        let path = args.config.join(format!("{}.toml", stage.name()));
        // A folder of configurations may be of people who recommend nothing.
        let is_optional = !StageName::TO_VERDICT.contains(&stage);
        let config = if is_optional && !path.exists() { String::new() } else { config::canonical(&path)? };
        stamps.push((stage.name(), "config", config));
    }
    // Side by side: a stamp that is replaced waits for the disk.
    std::thread::scope(|scope| {
        let write = |(name, kind, content): (_, _, String)| {
            let folder = &folder;
            scope.spawn(move || stamp::write(folder, name, kind, &content))
        };
        let running: Vec<_> = stamps.into_iter().map(write).collect();
        running.into_iter().try_for_each(|thread| {
            thread.join().map_err(|_| anyhow!("a thread panicked"))?.map_err(anyhow::Error::from)
        })
    })?;
    StageName::ALL.into_iter().try_for_each(|stage| intact::check(&layout, stage))?;
    Ok(())
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write as _;
            let _ = writeln!(std::io::stderr(), "stamps: error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
