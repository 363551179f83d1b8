//! The generated files, read back by the reader of raw data, and the binary's flags.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]

mod binary;
mod files;
mod marginals;

use std::path::Path;

use raw::{Options, RawData};
use synth::Shape;

/// A small data set, generated in `out`.
fn generate(out: &Path, n_users: u32, n_items: u32, n_ratings: u64, seed: u64) -> RawData {
    synth::generate(&Shape::new(n_users, n_items, n_ratings, seed).unwrap(), out).unwrap();
    raw::read(out, &Options::default()).unwrap()
}
