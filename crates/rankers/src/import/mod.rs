//! Boosters that were fitted elsewhere.

mod blocks;
mod lightgbm_text;
mod lightgbm_tree;

pub use lightgbm_text::lightgbm_objectives;

/// Why a file is no model that can stand in place of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ImportError {
    /// The line that is at fault, 1-based.
    pub line: usize,
    /// What stands there, and what was expected.
    pub problem: String,
}

impl ImportError {
    fn new(line: usize, problem: impl Into<String>) -> Self {
        Self { line, problem: problem.into() }
    }
}
