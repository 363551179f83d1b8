//! Several runs side by side.
//!
//! * [`Results`]: what `evaluate` left of a run;
//! * [`two`]: two runs, model by model, with paired intervals; refused where their fingerprints differ;
//! * [`several`]: any number of runs against the first;
//! * [`seeds`]: one preset over several seeds: each user's values averaged over the seeds, then paired;
//! * [`reproduce`]: one run made again from its manifests.
//!
//! The binaries `compare`, `seeds` and `reproduce` read runs and write to the terminal.

pub mod reproduce;
mod results;
pub mod seeds;
pub mod several;
pub mod terminal;
pub mod two;

pub use results::{Kind, Measure, Model, ProtocolResults, Results};
