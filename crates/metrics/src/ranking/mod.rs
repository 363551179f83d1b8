//! The order of one user's rows, and what a metric sees of it.

mod list;
mod order;
mod rank_order;
mod ranker;
mod ties;

pub use list::RankedList;
pub use order::TieOrder;
pub use rank_order::RankOrder;
pub use ranker::Ranker;
pub use ties::{TieGroup, Ties};

pub(crate) use order::descending_key;
