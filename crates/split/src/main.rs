//! Stage 1, `split`: reads the raw files and says what each rating is used for.
//!
//! Reads the raw ratings, movies and tags; writes `ratings.parquet`, `items.parquet` and, where there are tags,
//! `tags.parquet`.

mod config;
mod parts;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use artifacts::layout::{ITEMS, RATINGS, TAGS};
use artifacts::manifest::ASSIGNMENTS;
use artifacts::table::ROW_GROUP_ROWS;
use artifacts::tables::{SplitRatings, Stored as _, TagRow};
use artifacts::{Layout, Provenance};
use config::Config;
use dataset::IdIndex;
use dataset::split::Part;
use raw::RawData;
use rayon::prelude::*;
use stage::{Bytes, Run, Stage, StageName, Summary, UsageError, grouped};

#[derive(Debug, clap::Args)]
struct Args {
    /// The raw data: a folder in one of MovieLens' shapes, or a CSV or Parquet file of ratings
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// The data set's name in all artifacts; without it the name of the data's folder or file
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,

    /// The preset's name in all artifacts; without it the name of the run's folder
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,

    /// A split made elsewhere: a Parquet or CSV file with `row` (0-based row of the ratings file) and `split`
    /// (`base_train`, `meta_train` or `test`), optionally `fold`
    #[arg(long, value_name = "FILE")]
    assignments: Option<PathBuf>,
}

/// Bytes of the program with its buffers, and of a rating while it is read, put into order and given its part.
const PROGRAM: u64 = 40_000_000;
const A_RATING: u64 = 56;
/// Ratings that are encoded at a time.
const ROWS_A_PIECE: usize = ROW_GROUP_ROWS;

struct Split;

impl Stage for Split {
    const NAME: StageName = StageName::Split;
    const ABOUT: &'static str = "Reads raw ratings and says which part and fold each falls in";
    type Config = Config;
    type Args = Args;

    fn run(run: &mut Run, config: &Config, args: &Args) -> anyhow::Result<Summary> {
        let checked = config.check()?;
        let n_ratings = raw::about_how_many(&args.data).map_err(usage_or_failure)?;
        run.will_need(Bytes(PROGRAM + n_ratings * A_RATING))?;
        let raw = raw::read(&args.data, &checked.options).map_err(usage_or_failure)?;
        run.set_provenance(provenance(args, raw.synthetic, run.layout())?);
        let files: Vec<&Path> = raw.files.iter().chain(&args.assignments).map(PathBuf::as_path).collect();
        let seed = run.seed();
        let (recorded, drawn) = rayon::join(
            || run.record_raw_inputs(&files),
            || parts::assign(&raw, &checked, args.assignments.as_deref(), seed),
        );
        recorded?;
        if let Some(assignments) = &args.assignments {
            run.tell_role(assignments, ASSIGNMENTS);
        }
        let (parts, folds) = drawn?;
        tell_problems(run, &raw);
        let summary = count(run, &raw, &parts);
        write(run, raw, parts, folds)?;
        Ok(summary)
    }
}

/// A wrong path or column name is the caller's to mend; a broken file is a failure.
fn usage_or_failure(error: raw::Error) -> anyhow::Error {
    if error.is_usage() { UsageError(error.to_string()).into() } else { error.into() }
}

fn provenance(args: &Args, synthetic: bool, layout: &Layout) -> anyhow::Result<Provenance> {
    let last_name = |path: &Path| -> anyhow::Result<String> {
        let path = path.canonicalize().or_else(|_| std::path::absolute(path));
        let path = path.context("the current folder is gone")?;
        Ok(path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned())
    };
    let given_or_last =
        |given: &Option<String>, path: &Path| given.clone().map_or_else(|| last_name(path), Ok);
    Ok(Provenance {
        dataset: given_or_last(&args.dataset, &args.data)?,
        synthetic,
        preset: given_or_last(&args.preset, layout.root())?,
    })
}

fn tell_problems(run: &Run, raw: &RawData) {
    if raw.n_duplicates > 0 {
        run.warn(&format!(
            "{} ratings of a user and item rated before: the latest timestamp stays",
            raw.n_duplicates
        ));
    }
    if raw.n_bad_rows > 0 {
        run.warn(&format!("{} malformed rows skipped:", raw.n_bad_rows));
        for row in &raw.bad_rows {
            run.warn(&format!("  {row}"));
        }
        if raw.n_bad_rows > raw.bad_rows.len() as u64 {
            run.warn(&format!("  and {} more", raw.n_bad_rows - raw.bad_rows.len() as u64));
        }
    }
}

fn count(run: &mut Run, raw: &RawData, parts: &[Part]) -> Summary {
    let n_users = IdIndex::of(&raw.ratings.user_ids).len();
    let n_items = IdIndex::of(&raw.ratings.item_ids).len();
    run.count("users", n_users);
    run.count("items_rated", n_items);
    run.count("items", raw.items.all().len());
    run.count("ratings", raw.ratings.len());
    run.count("tags", raw.tags.len());
    run.count("duplicate_ratings", raw.n_duplicates);
    run.count("skipped_rows", raw.n_bad_rows);
    let sizes = Part::ALL.map(|part| parts.par_iter().filter(|&&p| p == part).count());
    let [base_train, meta_train, test] = sizes.map(grouped);
    for (part, size) in Part::ALL.into_iter().zip(sizes) {
        run.count(part.name(), size);
    }
    Summary {
        read: format!(
            "{} ratings of {} users and {} items",
            grouped(raw.ratings.len()),
            grouped(n_users),
            grouped(n_items)
        ),
        wrote: format!("{base_train} base_train, {meta_train} meta_train and {test} test rows"),
    }
}

fn write(
    run: &mut Run,
    raw: RawData,
    parts: Vec<Part>,
    folds: Vec<Option<i8>>,
) -> Result<(), artifacts::Error> {
    let rows = raw.rows.into_iter().map(|row| row as i64).collect(); // in place
    let split = SplitRatings { rows, ratings: raw.ratings, parts, folds };
    let mut writer = run.begin_table::<SplitRatings>(RATINGS)?;
    // Piece by piece: as a table all of it would be in memory a second time. At least one, which tells the columns.
    for first in (0..split.rows.len().max(1)).step_by(ROWS_A_PIECE) {
        let behind = split.rows.len().min(first + ROWS_A_PIECE);
        writer.write(split.slice(first..behind).into_table())?;
    }
    run.end_table(RATINGS, writer)?;
    run.write_table(ITEMS, raw.items)?;
    if raw.tags.is_empty() {
        return run.remove_stale(TAGS.file);
    }
    let tags: Vec<TagRow> = raw
        .tags
        .into_iter()
        .map(|tag| TagRow {
            user_id: tag.user_id,
            item_id: tag.item_id,
            tag: tag.tag,
            timestamp: tag.timestamp,
        })
        .collect();
    run.write_table(TAGS, tags)
}

fn main() -> ExitCode {
    stage::main::<Split>()
}
