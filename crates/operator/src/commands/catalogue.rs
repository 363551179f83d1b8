//! `catalogue`: the files of items and tags, where an engine reads the ratings.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use artifacts::layout::{ITEMS, TAGS};
use artifacts::table::begin_parquet;
use artifacts::tables::{SCHEMA_KEY, Stored, TagRow};
use dataset::{IdIndex, Items};
use raw::{CatalogueData, Columns, DEFAULT_RATING_RANGE, Options, read_catalogue};
use stage::{StageName, UsageError};

use crate::streams::input;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The catalogue in MovieLens' CSV shape; without it, the rated items have no titles
    #[arg(long, value_name = "FILE")]
    movies: Option<PathBuf>,

    /// The users' tags, likewise
    #[arg(long, value_name = "FILE")]
    tags: Option<PathBuf>,

    /// Count and list malformed rows instead of stopping at the first
    #[arg(long)]
    skip_bad_rows: bool,

    /// The column of users in both files; without it the names that MovieLens uses
    #[arg(long, value_name = "NAME", requires = "item_column")]
    user_column: Option<String>,

    /// The column of items, likewise
    #[arg(long, value_name = "NAME", requires = "user_column")]
    item_column: Option<String>,

    /// The data set's name
    #[arg(long, value_name = "NAME")]
    dataset: String,

    /// The preset's name
    #[arg(long, value_name = "NAME")]
    preset: String,

    /// The data set was generated
    #[arg(long)]
    synthetic: bool,

    /// The beginning of the paths of the files that are written: a folder with a slash behind it, or more
    #[arg(long, value_name = "PREFIX")]
    out: String,
}

/// Writes the files that `split` writes of the same data, and says on stdout what is in them.
///
/// # Errors
/// Where a file or the stream of rated items is not as it should be.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let mut rated = Vec::new();
    let mut input = input()?;
    while let Some(piece) = input.next_piece()? {
        rated.extend(piece.integers("item_id")?);
    }
    let columns = args.user_column.clone().zip(args.item_column.clone());
    let columns =
        columns.map(|(user, item)| Columns { user, item, rating: "rating".to_owned(), timestamp: None });
    let usage = |error: raw::Error| -> anyhow::Error {
        if error.is_usage() { UsageError(error.to_string()).into() } else { error.into() }
    };
    let options = Options::new(columns, DEFAULT_RATING_RANGE, args.skip_bad_rows).map_err(usage)?;
    let (movies, tags) = (args.movies.as_deref(), args.tags.as_deref());
    let found = read_catalogue(movies, tags, &IdIndex::new(rated), &options).map_err(usage)?;
    let CatalogueData { items, tags, n_bad_rows, bad_rows } = found;
    for row in &bad_rows {
        writeln!(std::io::stderr(), "operator: skipped {row}")?;
    }
    let counts =
        serde_json::json!({ "items": items.all().len(), "tags": tags.len(), "skipped_rows": n_bad_rows });
    write::<Items>(args, ITEMS.file, items)?;
    if !tags.is_empty() {
        let row = |tag: raw::Tag| TagRow {
            user_id: tag.user_id,
            item_id: tag.item_id,
            tag: tag.tag,
            timestamp: tag.timestamp,
        };
        write::<Vec<TagRow>>(args, TAGS.file, tags.into_iter().map(row).collect())?;
    }
    writeln!(std::io::stdout(), "{counts}")?;
    Ok(())
}

fn write<T: Stored>(args: &Args, file: &str, rows: T) -> anyhow::Result<()> {
    let metadata = [
        (SCHEMA_KEY, T::SCHEMA),
        ("podium.version", env!("CARGO_PKG_VERSION")),
        ("podium.stage", StageName::Split.name()),
        ("podium.dataset", &args.dataset),
        ("podium.preset", &args.preset),
        ("podium.synthetic", if args.synthetic { "true" } else { "false" }),
    ];
    let path = format!("{}{file}", args.out);
    begin_parquet(Path::new(&path), rows.into_table(), &metadata)?.finish()?;
    Ok(())
}
