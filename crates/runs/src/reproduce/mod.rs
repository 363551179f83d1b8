//! One run made again from its manifests: the same bytes, or what differs and why.
//!
//! * [`Recorded`]: what the manifests say of the run;
//! * [`rebuild()`]: the stages, run again in another folder;
//! * [`differences`]: file by file, recorded against found;
//! * [`reasons`]: why they differ, where that can be told.

pub mod differences;
pub mod reasons;
mod rebuild;
mod recorded;

pub use rebuild::{Raw, Rebuilt, rebuild};
pub use recorded::Recorded;
