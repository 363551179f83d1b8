//! The words that users put on items.

use crate::{ItemId, UserId};

/// One word, or several, that a user put on an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Who.
    pub user_id: UserId,
    /// On what.
    pub item_id: ItemId,
    /// The word or words, as typed.
    pub tag: String,
    /// When, in seconds since 1970; 0 where that is unknown.
    pub timestamp: i64,
}
