//! The training ratings as raw data, for `split` to part again.

use std::path::Path;

use artifacts::Error;
use artifacts::layout::{ITEMS, RATINGS, TAGS};
use artifacts::tables::{SplitRatings, TagRow};
use dataset::split::Part;
use dataset::{IdIndex, Items, Ratings};
use raw::Tag;
use stage::Run;

/// Writes the training ratings of the run, with its catalogue and tags, into the folder `data`; the test ratings are dropped before
/// anything is looked at. Returns their users.
///
/// # Errors
/// Where an artifact of `split` cannot be read, or a file cannot be written.
pub fn write(run: &mut Run, data: &Path) -> Result<IdIndex, Error> {
    let split: SplitRatings = run.read_table(RATINGS)?;
    let training: Ratings = split
        .ratings
        .iter()
        .zip(&split.parts)
        .filter(|(_, part)| **part != Part::Test)
        .map(|(rating, _)| rating)
        .collect();
    drop(split);
    let items: Items = run.read_table(ITEMS)?;
    let tags: Vec<TagRow> = if run.has(TAGS) { run.read_table(TAGS)? } else { Vec::new() };
    let tag = |row: TagRow| Tag {
        user_id: row.user_id,
        item_id: row.item_id,
        tag: row.tag,
        timestamp: row.timestamp,
    };
    let tags: Vec<Tag> = tags.into_iter().map(tag).collect();
    let failed = |source| Error::Write { path: data.to_owned(), source };
    raw::write_movielens(data, &training, &items, &tags).map_err(failed)?;
    if run.provenance().synthetic {
        std::fs::write(data.join(raw::SYNTHETIC_MARKER), "").map_err(failed)?;
    }
    Ok(IdIndex::new(training.user_ids))
}
