//! What can be wrong with an artifact.

use std::path::{Path, PathBuf};

/// An artifact that cannot be read or written. The message names the file, what was expected and what to run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is not there.
    #[error("{} is missing; run `make {make_target}`", path.display())]
    Missing {
        /// Which file.
        path: PathBuf,
        /// What makes it.
        make_target: String,
    },
    /// The file is there, but not what its manifest or its own checksum says, or it cannot be decoded.
    #[error("{} is corrupt: {problem}; run `make {make_target}`", path.display())]
    Corrupt {
        /// Which file.
        path: PathBuf,
        /// What does not fit.
        problem: String,
        /// What makes it.
        make_target: String,
    },
    /// The file is sound, but holds something else.
    #[error("{} holds {found}, expected {expected}; run `make {make_target}`", path.display())]
    WrongKind {
        /// Which file.
        path: PathBuf,
        /// What it holds.
        found: String,
        /// What was expected.
        expected: String,
        /// What makes it.
        make_target: String,
    },
    /// Two stages do not fit together.
    #[error("{problem}; run `make {make_target}`")]
    Stale {
        /// What does not fit.
        problem: String,
        /// What mends it.
        make_target: String,
    },
    /// The file system refused to write.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which file or folder.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The file system refused to read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which file or folder.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
}

impl Error {
    /// Whether an input artifact is at fault (exit code 3) and not the run itself (exit code 1).
    pub fn is_input(&self) -> bool {
        !matches!(self, Self::Write { .. })
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Write { path: path.to_owned(), source }
    }
}
