//! The folder in which the stages are run: made anew at the start, gone at the end.

use std::fs;
use std::path::{Path, PathBuf};

use artifacts::{Error, Layout, StageName, atomic};

/// The folder; removed when this is dropped. What a killed ablation left there goes when the next one starts.
pub struct Scratch {
    root: PathBuf,
}

impl Scratch {
    /// An empty folder below that of the ablation, from which unfinished files of a killed one are removed.
    ///
    /// # Errors
    /// [`Error::Write`] where it cannot be emptied or made.
    pub fn make(layout: &Layout) -> Result<Self, Error> {
        atomic::sweep(&layout.ablation_folder())?;
        let root = layout.ablation_scratch();
        let failed = |source| Error::Write { path: root.clone(), source };
        match fs::remove_dir_all(&root) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let scratch = Self { root: root.clone() };
        fs::create_dir_all(scratch.data()).map_err(failed)?;
        Ok(scratch)
    }

    /// The folder of the training ratings, as raw data.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The folder of the run on the split of that number.
    pub fn run(&self, split: usize) -> PathBuf {
        self.root.join(format!("split-{split}"))
    }

    /// Writes the configuration file of `stage`.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write_config(&self, stage: StageName, toml: &str) -> Result<PathBuf, Error> {
        let path = self.root.join(format!("{}.toml", stage.name()));
        fs::write(&path, toml).map_err(|source| Error::Write { path: path.clone(), source })?;
        Ok(path)
    }

    /// Removes the run at `folder`: its numbers have been read.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn remove(folder: &Path) -> Result<(), Error> {
        fs::remove_dir_all(folder).map_err(|source| Error::Write { path: folder.to_owned(), source })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root); // the next start removes what stays
    }
}
