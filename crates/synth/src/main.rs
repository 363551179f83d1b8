//! `synth`: writes a generated data set of MovieLens' shape.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use synth::{Error, Scale, Shape};

/// Writes a generated data set in the form of MovieLens CSV files. The defaults are the size of ml-latest-small.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The folder to make; one that was generated before is replaced.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Sizes and long tails of a MovieLens set: 1m, 10m, 20m, 25m, 32m, or any number of millions.
    #[arg(long, value_name = "N", conflicts_with_all = ["users", "items", "ratings"])]
    scale: Option<Scale>,
    /// How many users.
    #[arg(long, value_name = "N", default_value_t = 610)]
    users: u32,
    /// How many films.
    #[arg(long, value_name = "N", default_value_t = 9_742)]
    items: u32,
    /// How many ratings; at least one a user, at most users times items.
    #[arg(long, value_name = "N", default_value_t = 100_836)]
    ratings: u64,
    /// The seed of every random draw; the same seed gives the same bytes.
    #[arg(long, value_name = "N", default_value_t = 42)]
    seed: u64,
    /// Say nothing but errors.
    #[arg(long)]
    quiet: bool,
}

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let _ = error.print(); // nobody is left to tell when the terminal is gone
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let shape = match args.scale {
        Some(scale) => scale.shape(args.seed),
        None => Shape::new(args.users, args.items, args.ratings, args.seed),
    };
    let shape = match shape {
        Ok(shape) => shape,
        Err(error) => return failed(&error, 2),
    };
    match run(&args, &shape) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error, if error.is_usage() { 2 } else { 1 }),
    }
}

fn run(args: &Args, shape: &Shape) -> Result<(), Error> {
    let started = Instant::now();
    let bar = if args.quiet || !std::io::stderr().is_terminal() {
        ProgressBar::hidden()
    } else {
        ProgressBar::new(shape.n_ratings())
    };
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} ratings {eta}") {
        bar.set_style(style);
    }
    let result = synth::generate_with_progress(shape, &args.out, |n_written| bar.set_position(n_written));
    bar.finish_and_clear();
    result?;
    if !args.quiet {
        say(&format!(
            "synth: {} ratings of {} items by {} users in {} (generated, seed {}), {:.1} s",
            shape.n_ratings(),
            shape.n_items(),
            shape.n_users(),
            args.out.display(),
            shape.seed(),
            started.elapsed().as_secs_f64(),
        ));
    }
    Ok(())
}

fn failed(error: &dyn std::error::Error, code: u8) -> ExitCode {
    say(&format!("synth: {error}"));
    ExitCode::from(code)
}

#[expect(clippy::print_stderr, reason = "the one place where this binary speaks")]
fn say(message: &str) {
    eprintln!("{message}");
}
