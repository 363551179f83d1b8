//! The part and the fold of every rating: drawn, or taken from a file.

use std::path::Path;

use anyhow::bail;
use dataset::split::{Hashes, Part, folds_by_time};
use raw::RawData;
use rayon::prelude::*;
use stage::UsageError;

use crate::config::{Checked, FoldBy, Method};
use crate::usage_or_failure;

/// The part of every rating and, but for test ratings, its fold.
///
/// # Errors
/// Where the file of assignments cannot be read or leaves a rating out, and where the ratings are too few for each part to
/// get one.
pub fn assign(
    raw: &RawData,
    config: &Checked,
    assignments: Option<&Path>,
    seed: u64,
) -> anyhow::Result<(Vec<Part>, Vec<Option<i8>>)> {
    let hashes = Hashes::new(&raw.ratings, seed);
    let fractions = config.fractions;
    let given = assignments.map(|file| from_file(raw, file)).transpose()?;
    let (parts, drawn) = match (given, config.method, config.fold_by) {
        // Parts and folds of the same hash.
        (None, Method::Hash, FoldBy::Hash) => hashes.parts_and_folds_by_hash(fractions, config.folds),
        (None, Method::Exact, FoldBy::Hash) => hashes.parts_and_folds_by_count(fractions, config.folds),
        (given, method, fold_by) => {
            let (parts, given) = match (given, method) {
                (Some((parts, given)), _) => (parts, Some(given)),
                (None, Method::Hash) => (hashes.parts_by_hash(fractions), None),
                (None, Method::Exact) => (hashes.parts_by_count(fractions), None),
                (None, Method::Temporal) => (hashes.parts_by_time(fractions), None),
                (None, Method::LeaveLastOut) => (hashes.parts_by_last(fractions), None),
            };
            let drawn = match fold_by {
                FoldBy::Hash => hashes.folds(config.folds),
                FoldBy::User => hashes.folds_by_user(config.folds),
                FoldBy::Time => folds_by_time(&raw.ratings, |row| parts[row] != Part::Test, config.folds),
            };
            let given_or_drawn = given.map(|given| {
                given.into_iter().zip(&drawn).map(|(given, &drawn)| given.unwrap_or(drawn)).collect()
            });
            (parts, given_or_drawn.unwrap_or(drawn))
        }
    };
    if let Some(part) = Part::ALL.into_iter().find(|part| !parts.contains(part)) {
        let problem = format!(
            "no rating falls in {}: {} ratings are too few for this split",
            part.name(),
            raw.ratings.len()
        );
        return Err(UsageError(problem).into());
    }
    let training = |(&part, fold): (&Part, u8)| (part != Part::Test).then_some(fold as i8);
    let folds = parts.par_iter().zip(drawn).map(training).collect();
    Ok((parts, folds))
}

/// The part of every rating, and its fold where the file has one.
fn from_file(raw: &RawData, file: &Path) -> anyhow::Result<(Vec<Part>, Vec<Option<u8>>)> {
    let assignments = raw::read_assignments(file, raw.n_rows).map_err(usage_or_failure)?;
    let mut parts = Vec::with_capacity(raw.rows.len());
    let mut folds = Vec::with_capacity(raw.rows.len());
    for &row in &raw.rows {
        let Some(assignment) = assignments.get(row as usize).copied().flatten() else {
            bail!("{}: row {row} of the ratings file has no split; every row needs one", file.display());
        };
        parts.push(assignment.part);
        folds.push(assignment.fold);
    }
    Ok((parts, folds))
}
