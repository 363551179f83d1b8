//! Raw data in memory.

use std::path::PathBuf;

use dataset::{ItemId, Items, Ratings, UserId};

use crate::BadRow;

/// A word that a user put on an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Who.
    pub user_id: UserId,
    /// On what.
    pub item_id: ItemId,
    /// The word or words, as typed.
    pub tag: String,
    /// When, in seconds since 1970; 0 where the file has no timestamps.
    pub timestamp: i64,
}

/// What [`crate::read`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct RawData {
    /// The ratings, ascending by (user, item), each pair once.
    pub ratings: Ratings,
    /// For each of them, the 0-based data row of the ratings file it stands in; malformed and duplicate rows count,
    /// header and blank lines do not.
    pub rows: Vec<u64>,
    /// The catalogue: every item of the items file, and every rated item (with an empty title where the file lacks it).
    pub items: Items,
    /// The tags, ascending by (user, item, timestamp), and in file order where these are equal.
    pub tags: Vec<Tag>,
    /// How many data rows the ratings file has, malformed and duplicate ones included.
    pub n_rows: u64,
    /// How many ratings gave way to a later one of the same user and item.
    pub n_duplicates: u64,
    /// How many malformed rows all files have together.
    pub n_bad_rows: u64,
    /// The first [`crate::LISTED_BAD_ROWS`] of them.
    pub bad_rows: Vec<BadRow>,
    /// Every file that was read, the ratings first.
    pub files: Vec<PathBuf>,
    /// Whether the data says of itself that it was generated (see [`crate::SYNTHETIC_MARKER`]).
    pub synthetic: bool,
}
