//! What the stage binaries have in common: flags, configuration, exit codes, the terminal, the run with its manifest.
//!
//! A stage implements [`Stage`] and hands it to [`main`]; everything else happens here.

mod common_args;
mod config;
mod description;
mod exit;
mod memory;
mod number;
mod outputs;
mod progress;
mod resources;
mod run;

use std::process::ExitCode;

use clap::FromArgMatches as _;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use artifacts::StageName;
pub use common_args::CommonArgs;
pub use exit::{CODES_HELP, UsageError};
pub use memory::Bytes;
pub use number::grouped;
pub use progress::Progress;
pub use run::{Run, Summary};

/// One stage of the pipeline: its flags, its configuration, and what it does.
pub trait Stage {
    /// Which stage.
    const NAME: StageName;
    /// The first line of `--help`.
    const ABOUT: &'static str;
    /// The hyper-parameters: every field is a key of the configuration file and a flag.
    type Config: Serialize + DeserializeOwned + JsonSchema + Default;
    /// Flags of this stage besides the common ones and those of the configuration.
    type Args: clap::Args;

    /// Does the stage's work and says in a [`Summary`] what was read and written.
    ///
    /// # Errors
    /// Whatever stops the stage; [`UsageError`] and [`artifacts::Error`] in the chain decide the exit code.
    fn run(run: &mut Run, config: &Self::Config, args: &Self::Args) -> anyhow::Result<Summary>;
}

/// The whole of a stage binary's `main`.
pub fn main<S: Stage>() -> ExitCode {
    let command = command::<S>();
    if let Some(code) = description::print(S::NAME.name(), command.clone()) {
        return code;
    }
    let matches = match command.try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            let _ = error.print(); // a closed stderr is no reason to fail differently
            return exit::of_clap(&error);
        }
    };
    match execute::<S>(&matches) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::report(S::NAME.name(), &error),
    }
}

/// The whole of a tool's `main`: `work`, with its errors told as those of a stage.
pub fn tool(name: &str, work: impl FnOnce() -> anyhow::Result<ExitCode>) -> ExitCode {
    work().unwrap_or_else(|error| exit::report(name, &error))
}

/// The whole `main` of a tool that takes the flags `A`: `work`, with its errors told as those of a stage.
pub fn program<A: clap::Parser>(
    name: &'static str,
    work: impl FnOnce(A) -> anyhow::Result<ExitCode>,
) -> ExitCode {
    let after = A::command().get_after_help().map_or_else(String::new, |text| format!("{text}\n"));
    let command = A::command().name(name).after_help(format!("{after}{}", description::HELP));
    if let Some(code) = description::print(name, command.clone()) {
        return code;
    }
    let args = command.try_get_matches().and_then(|matches| A::from_arg_matches(&matches));
    match args {
        Ok(args) => tool(name, || work(args)),
        Err(error) => {
            let _ = error.print(); // a closed stderr is no reason to fail differently
            exit::of_clap(&error)
        }
    }
}

/// Makes all parallel work run on this many threads, 0 for one a core.
///
/// # Errors
/// [`UsageError`] where the system refuses so many.
pub fn use_threads(threads: usize) -> Result<(), UsageError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    pool.map_err(|error| UsageError(format!("--threads {threads}: {error}")))
}

fn command<S: Stage>() -> clap::Command {
    use clap::Args as _;
    let command = clap::Command::new(S::NAME.name())
        .about(S::ABOUT)
        .version(env!("CARGO_PKG_VERSION"))
        .after_help(format!("{}\n{}", CODES_HELP, description::HELP));
    let command = CommonArgs::augment_args(command);
    config::add_flags::<S::Config>(S::Args::augment_args(command))
}

fn execute<S: Stage>(matches: &clap::ArgMatches) -> anyhow::Result<()> {
    let common = CommonArgs::from_arg_matches(matches)?;
    let args = S::Args::from_arg_matches(matches)?;
    let config: S::Config = config::load(common.config.as_deref(), matches)?;
    if common.print_config {
        return config::print(&config);
    }
    use_threads(common.threads)?;
    let mut run = Run::new(S::NAME, &common, serde_json::to_value(&config)?);
    let summary = S::run(&mut run, &config, &args)?;
    run.finish(&summary)
}
