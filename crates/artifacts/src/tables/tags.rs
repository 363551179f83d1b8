//! `split/tags.parquet`: the users' tags. Written by `split` where the data set has tags.

use dataset::Tag;

use super::rows::stored_rows;

/// One tag that one user gave one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRow {
    /// Who.
    pub user_id: i64,
    /// What.
    pub item_id: i64,
    /// The tag, as typed.
    pub tag: String,
    /// When, in seconds since 1970.
    pub timestamp: i64,
}

stored_rows!(TagRow, "split.tags/1", { user_id, item_id, tag, timestamp });

impl From<TagRow> for Tag {
    fn from(row: TagRow) -> Self {
        Self { user_id: row.user_id, item_id: row.item_id, tag: row.tag, timestamp: row.timestamp }
    }
}
