//! Every per-user metric of several models in one pass over the rows.

mod evaluate;
mod groups;
mod item_segments;
mod per_user;
mod plan;
mod rows;

pub use evaluate::evaluate;
pub use groups::Groups;
pub use item_segments::{ItemSegmentValues, evaluate_item_segments};
pub use per_user::{PerUser, PerUserValue, Summary};
pub use plan::{Column, Plan};
pub(crate) use rows::check_length;
pub use rows::{ModelScores, TestRows};
