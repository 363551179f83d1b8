//! The fitted models of a run, as the stages after their own read them: each file checked against its manifest, each model validated.

mod base;
mod meta;

pub use base::{base_models, base_params, with_users};
pub use meta::{ModelFiles, negative_share, read_stack, stack};
