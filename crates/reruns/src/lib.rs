//! The stages as programs that another program runs.
//!
//! * [`Stages`]: where they are, and how one is called;
//! * [`config`]: the configuration of a manifest as the file that a stage takes;
//! * [`training`]: the training ratings of a run as raw data, so that nothing that is chosen on them has seen a test rating;
//! * [`Splits`]: the seeds by which these are split again.

pub mod config;
mod splits;
mod stages;
pub mod training;

pub use splits::Splits;
pub use stages::{Call, Refusal, Stages};
