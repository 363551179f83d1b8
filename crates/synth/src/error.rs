//! What can go wrong while data is generated.

use std::io;
use std::path::{Path, PathBuf};

use crate::output::MARKER;

/// Why no data set was generated.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The output folder holds something that this generator did not make.
    #[error(
        "{}: exists and holds no {MARKER} file, so it was not generated and will not be replaced; choose another folder",
        .0.display()
    )]
    NotGenerated(PathBuf),

    /// The output folder has no name of its own, like `/` or `..`.
    #[error("{}: not the name of a folder that can be made", .0.display())]
    NoName(PathBuf),

    /// A file or folder cannot be written.
    #[error("{}: cannot be written: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl Error {
    /// Whether the caller chose a folder that cannot be used (exit code 2).
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::NotGenerated(_) | Self::NoName(_))
    }

    /// Attaches `path` to a system error.
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}
