//! The run: stages, configuration, commands.

use serde::{Deserialize, Serialize};

/// A stage's manifest in brief.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageRun {
    /// The stage's name.
    pub stage: String,
    /// The version that ran.
    pub version: String,
    /// Wall time, in seconds.
    pub wall_seconds: f64,
    /// Peak resident memory, in bytes; `None` where the system does not tell.
    pub peak_memory_bytes: Option<u64>,
    /// Rows of all inputs.
    pub rows_read: u64,
    /// Rows of all outputs.
    pub rows_written: u64,
}

/// The effective configuration of one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageConfig {
    /// The stage's name.
    pub stage: String,
    /// Every key with the value that was in force.
    pub toml: String,
}

/// Something to type into a shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// What it is for, for example `Everything, from the raw files`.
    pub purpose: String,
    /// The command line.
    pub command: String,
}
