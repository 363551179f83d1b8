//! Reading whole folders and files, shape by shape.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests, which clippy does not see as such"
)]

mod assignments;
mod malformed;
mod parquet;
mod real;
mod shapes;
mod written;

use std::fs;
use std::path::PathBuf;

use raw::{Error, Options, RawData};
use tempfile::TempDir;

/// A folder with the given files in it.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// What a folder of these files holds, read with the default options.
fn read(files: &[(&str, &[u8])]) -> Result<RawData, Error> {
    raw::read(folder(files).path(), &Options::default())
}

/// The ratings as (user, item, stars, timestamp).
fn rows(data: &RawData) -> Vec<(i64, i64, f32, i64)> {
    data.ratings.iter().map(|r| (r.user_id, r.item_id, r.value, r.timestamp)).collect()
}

/// A file or folder shared by the project's developers; `None`, with a message, where it is absent. In CI it must be there.
fn shared(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("CI").is_err(), "{}: missing, and CI is set", path.display());
    eprintln!("skipped: {} is not here", path.display());
    None
}
