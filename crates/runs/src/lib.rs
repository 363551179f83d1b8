//! Several runs side by side.
//!
//! * [`Results`]: what `evaluate` left of a run;
//! * [`two`]: two runs, model by model, with paired intervals; refused where their fingerprints differ;
//! * [`seeds`]: one preset over several seeds: each user's values averaged over the seeds, then paired.
//!
//! The binaries `compare` and `seeds` read runs and write to the terminal.

mod results;
pub mod seeds;
pub mod terminal;
pub mod two;

pub use results::{Kind, Measure, Model, ProtocolResults, Results};
