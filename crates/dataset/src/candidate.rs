//! A question to the models: how would this user like this item?

use crate::{ItemId, UserId};

/// A (user, item) pair to be scored. It carries no rating on purpose: what scores it or computes its features
/// cannot see the label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// For whom.
    pub user_id: UserId,
    /// What.
    pub item_id: ItemId,
    /// At which time, in seconds since 1970.
    pub at: i64,
}
