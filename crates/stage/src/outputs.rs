//! The files that a run has written: each waits for the disk beside the others, and beside the work that goes on.

use std::panic;
use std::path::Path;
use std::thread::{self, JoinHandle};

use artifacts::atomic::Unfinished;
use artifacts::manifest::FileRecord;
use artifacts::{Error, Sha256Hex, sha256_of_file};

/// The files, in the order in which they were written.
#[derive(Default)]
pub struct Outputs(Vec<Output>);

struct Output {
    rows: Option<u64>,
    /// Syncs, renames and hashes, which is next to no work.
    thread: JoinHandle<Result<FileRecord, Error>>,
}

impl Outputs {
    /// Puts a file in its place at `path`, behind the caller's back. `name` is its path below the run's folder;
    /// `sha256_without_timings` as in [`FileRecord`].
    ///
    /// # Errors
    /// [`Error::Write`] where the system gives no thread.
    pub fn push(
        &mut self,
        name: String,
        path: &Path,
        unfinished: Unfinished,
        rows: Option<u64>,
        sha256_without_timings: Option<Sha256Hex>,
    ) -> Result<(), Error> {
        let write = |path: &Path, source| Error::Write { path: path.to_owned(), source };
        let finish = {
            let path = path.to_owned();
            move || {
                unfinished.finish()?;
                let (sha256, bytes) = sha256_of_file(&path).map_err(|source| write(&path, source))?;
                Ok(FileRecord { rows, sha256_without_timings, ..FileRecord::new(name, sha256, bytes) })
            }
        };
        let thread = thread::Builder::new().spawn(finish).map_err(|source| write(path, source))?;
        self.0.push(Output { rows, thread });
        Ok(())
    }

    /// The rows of all tables.
    pub fn rows(&self) -> u64 {
        self.0.iter().filter_map(|output| output.rows).sum()
    }

    /// Waits until every file is in its place.
    ///
    /// # Errors
    /// [`Error::Write`] for the first file that could not be put there.
    pub fn finish(&mut self) -> Result<Vec<FileRecord>, Error> {
        // All of them before the first error is told, so that none is left unfinished.
        let wait =
            |output: Output| output.thread.join().unwrap_or_else(|payload| panic::resume_unwind(payload));
        let all: Vec<_> = self.0.drain(..).map(wait).collect();
        all.into_iter().collect()
    }
}

impl Drop for Outputs {
    /// A run that failed leaves no unfinished file behind either.
    fn drop(&mut self) {
        for output in self.0.drain(..) {
            let _ = output.thread.join();
        }
    }
}
