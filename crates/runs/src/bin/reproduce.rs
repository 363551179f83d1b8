//! `reproduce`: a run made again from its manifests alone; ends with the same bytes or says what differs.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use reruns::Stages;
use runs::reproduce::{Raw, Recorded, differences, reasons, rebuild};
use runs::terminal;
use stage::UsageError;

/// A run made again from its manifests
///
/// Exit codes: 0 the same bytes, 1 something differs, 2 wrong usage, 3 a manifest is missing or corrupt.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The manifest of the last stage to run again, `<run>/<stage>/manifest.json`; those of the earlier stages stand beside it
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,

    /// The raw data, as for `split`
    #[arg(long, value_name = "DIR", required_unless_present = "print_dataset")]
    data: Option<PathBuf>,

    /// The split made elsewhere, where the run used one
    #[arg(long, value_name = "FILE")]
    assignments: Option<PathBuf>,

    /// Where the run is made again, kept afterwards; without it a temporary folder that is removed
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,

    /// How many threads a stage uses; 0 is one a core. The bytes do not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,

    /// The folder of the stages' binaries; without it that of this program
    #[arg(long, value_name = "DIR")]
    bin: Option<PathBuf>,

    /// Print the name of the data set that the run was made of, and end
    #[arg(long)]
    print_dataset: bool,

    /// Print no bar, and of the table only what differs
    #[arg(long)]
    quiet: bool,
}

fn reproduce(args: &Args) -> anyhow::Result<ExitCode> {
    let recorded = Recorded::read(&args.manifest)?;
    let mut stdout = std::io::stdout().lock();
    if args.print_dataset {
        let _ = writeln!(stdout, "{}", recorded.first().provenance.dataset);
        return Ok(ExitCode::SUCCESS);
    }
    let Some(data) = &args.data else { return Err(UsageError("--data is missing".to_owned()).into()) };
    let stages = Stages::find(args.bin.as_deref(), args.threads)?;
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let into = match &args.into {
        Some(into) if is_same(into, recorded.layout.root()) => {
            let problem = format!("--into {} is the run itself, which would be overwritten", into.display());
            return Err(UsageError(problem).into());
        }
        Some(into) => into.clone(),
        None => scratch.path().join("run"),
    };
    let raw = Raw { data, assignments: args.assignments.as_deref() };
    let rebuilt = rebuild(&recorded, raw, &stages, &into, args.quiet)?;
    let files = differences::list(&recorded, &rebuilt);
    let is_same = files.iter().all(|file| file.outcome.is_same());
    let code = if is_same {
        Vec::new()
    } else {
        reasons::other_code(&recorded, &stages.path_of("stamps"), scratch.path())
    };
    let reasons = reasons::list(&recorded, &rebuilt, &files, &code);
    let text = terminal::of_reproduction(&recorded, &files, &reasons, args.quiet);
    let _ = write!(stdout, "{text}"); // a reader that has gone away is no failure
    Ok(if is_same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_same(one: &std::path::Path, other: &std::path::Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn main() -> ExitCode {
    stage::program("reproduce", |args: Args| reproduce(&args))
}
