//! What the tests of the whole pipeline share: the binaries, a run in a temporary folder, the reference's results.

pub mod reference;
mod run;
mod tree;

pub use run::{Outcome, RunFolder, STAGES, binary, workspace};
pub use tree::{files_below, same_bytes};
