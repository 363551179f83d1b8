//! What stages have left, by what it was made of: a stage that a trial does not touch is not run again.
//!
//! A stage's outputs follow from its configuration, the seed and what the stages before it left; so its address is the digest of the configuration,
//! the seed and the address of the stage before. Each stands in a folder of its own, shaped like a run with this one stage.

use std::fs;
use std::path::{Path, PathBuf};

use artifacts::{Error, Layout, StageName, sha256_of_bytes};

/// The folders, those that were not used for the longest time first.
pub struct Store {
    root: PathBuf,
    /// Address and size.
    kept: Vec<(String, u64)>,
    limit: u64,
}

/// Where the outputs of a stage stand, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// That of `stage` with this configuration and seed, behind the stage at `before`.
    pub fn of(stage: StageName, config: &str, seed: u64, before: Option<&Self>) -> Self {
        let before = before.map_or("", |before| before.0.as_str());
        Self(
            sha256_of_bytes(format!("{before}\n{seed}\n{}\n{config}", stage.name()).as_bytes())[..24]
                .to_owned(),
        )
    }
}

impl Store {
    /// The store in the folder `root`, with what a stopped search left there; at most about `limit` bytes are kept.
    ///
    /// # Errors
    /// [`Error::Write`] where the folder cannot be made or read.
    pub fn open(root: PathBuf, limit: u64) -> Result<Self, Error> {
        let failed = |source| Error::Write { path: root.clone(), source };
        fs::create_dir_all(&root).map_err(failed)?;
        let mut found = Vec::new();
        for entry in fs::read_dir(&root).map_err(failed)?.flatten() {
            let used = entry.metadata().and_then(|metadata| metadata.modified()).map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            found.push((used, name, size(&entry.path()).map_err(failed)?));
        }
        found.sort();
        let kept = found.into_iter().map(|(_, name, size)| (name, size)).collect();
        Ok(Self { root, kept, limit })
    }

    /// The outputs at `address`, as a run that has this stage alone; `None` where they are not there.
    pub fn get(&mut self, address: &Address) -> Option<Layout> {
        let at = self.kept.iter().position(|(kept, _)| *kept == address.0)?;
        let used = self.kept.remove(at);
        self.kept.push(used);
        Some(Layout::new(self.root.join(&address.0)))
    }

    /// Takes what `stage` has left in the folder of the run `from`; the folder stays, as its files stand in both.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn put(&mut self, address: &Address, stage: StageName, from: &Layout) -> Result<(), Error> {
        let place = Layout::new(self.root.join(&address.0));
        let half = self.root.with_extension("half").join(stage.name());
        let failed = |source| Error::Write { path: place.root().to_owned(), source };
        remove(&self.root.with_extension("half"))?;
        link(&from.folder(stage), &half).map_err(failed)?;
        remove(place.root())?;
        // Whole or not there.
        fs::rename(self.root.with_extension("half"), place.root()).map_err(failed)?;
        self.kept.retain(|(kept, _)| *kept != address.0);
        self.kept.push((address.0.clone(), size(place.root()).map_err(failed)?));
        Ok(())
    }

    /// Lets go of what was not used for the longest time, until the rest is below the limit.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn shrink(&mut self) -> Result<(), Error> {
        let mut all: u64 = self.kept.iter().map(|(_, size)| size).sum();
        while all > self.limit && self.kept.len() > 1 {
            let (name, size) = self.kept.remove(0);
            remove(&self.root.join(name))?;
            all -= size;
        }
        Ok(())
    }
}

/// Makes what stands in the folder `from` stand in `to` too: as the same files, which no stage changes but replaces.
///
/// # Errors
/// Where a file cannot be linked nor copied.
pub fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, place) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            link(&path, &place)?;
        } else if fs::hard_link(&path, &place).is_err() {
            fs::copy(&path, &place)?; // a file system without links
        }
    }
    Ok(())
}

/// Removes a folder with all that is in it, where it is there.
///
/// # Errors
/// [`Error::Write`].
pub fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Write { path: folder.to_owned(), source })
        }
        _ => Ok(()),
    }
}

fn size(folder: &Path) -> std::io::Result<u64> {
    fs::read_dir(folder)?.try_fold(0, |sum, entry| {
        let entry = entry?;
        let metadata = entry.metadata()?;
        Ok(sum + if metadata.is_dir() { size(&entry.path())? } else { metadata.len() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unused_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let run = Layout::new(folder.path().join("run"));
        fs::create_dir_all(run.folder(StageName::Split).join("below")).unwrap();
        fs::write(run.folder(StageName::Split).join("below/file"), [0; 100]).unwrap();
        let root = folder.path().join("store");
        let mut store = Store::open(root.clone(), 250).unwrap();
        let address = |seed| Address::of(StageName::Split, "", seed, None);
        assert_eq!(store.get(&address(0)), None);
        for seed in 0..3 {
            store.put(&address(seed), StageName::Split, &run).unwrap();
        }
        assert!(store.get(&address(0)).is_some());
        store.shrink().unwrap();
        assert!(store.get(&address(1)).is_none() && store.get(&address(2)).is_some());
        let found = store.get(&address(0)).unwrap();
        assert_eq!(fs::read(found.folder(StageName::Split).join("below/file")).unwrap(), [0; 100]);
        // A stopped search goes on with what is there.
        assert!(Store::open(root, 250).unwrap().get(&address(2)).is_some());
    }

    #[test]
    fn an_address_depends_on_all_that_is_before() {
        let first = |seed| Address::of(StageName::Split, "a", seed, None);
        let second = |before: &Address| Address::of(StageName::TrainBase, "b", 1, Some(before));
        assert_eq!(second(&first(1)), second(&first(1)));
        assert_ne!(second(&first(1)), second(&first(2)));
    }
}
