//! Files that are either whole or not there.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::Error;

/// How the names of unfinished files begin.
const TEMPORARY: &str = ".unfinished-";

/// A file that has been filled and stands under a temporary name still; dropped, it is removed.
#[derive(Debug)]
#[must_use = "the file is not there before it is finished"]
pub struct Unfinished {
    file: NamedTempFile,
    path: PathBuf,
}

/// Fills a file for `path` through `fill`, under a temporary name in the same folder (made where it is missing).
///
/// # Errors
/// [`Error::Write`] where the folder or the file cannot be written; the temporary file is removed.
pub fn begin(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> std::io::Result<()>,
) -> Result<Unfinished, Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(Error::write(folder))?;
    let attempt = || {
        let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder)?;
        let mut writer = BufWriter::with_capacity(1 << 18, file.as_file_mut());
        fill(&mut writer)?;
        writer.flush()?;
        drop(writer);
        make_readable(file.as_file())?;
        Ok(Unfinished { file, path: path.to_owned() })
    };
    attempt().map_err(Error::write(path))
}

impl Unfinished {
    /// Syncs the file and renames it to its path. Whatever goes wrong, the file that stood there before stands there still.
    ///
    /// Nearly all of the time is spent waiting for the disk.
    ///
    /// # Errors
    /// [`Error::Write`]; the temporary file is removed.
    pub fn finish(self) -> Result<(), Error> {
        let Self { file, path } = self;
        file.as_file().sync_all().map_err(Error::write(&path))?;
        file.persist(&path).map_err(|error| Error::write(&path)(error.error))?;
        Ok(())
    }
}

/// Writes the file at `path` through `fill`, whole or not at all: [`begin`], then [`Unfinished::finish`].
///
/// # Errors
/// [`Error::Write`] where the folder or the file cannot be written; the temporary file is removed.
pub fn write(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> std::io::Result<()>,
) -> Result<(), Error> {
    begin(path, fill)?.finish()
}

/// Temporary files are private; an artifact is as readable as any file that the user makes.
#[cfg(unix)]
fn make_readable(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &File) -> std::io::Result<()> {
    Ok(())
}

/// Removes what a killed run left unfinished in `folder`.
///
/// # Errors
/// [`Error::Write`] where a leftover cannot be removed. A missing folder is fine.
pub fn sweep(folder: &Path) -> Result<(), Error> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            fs::remove_file(entry.path()).map_err(Error::write(&entry.path()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write(&path, |file| file.write_all(b"old")).unwrap();
        let failed = write(&path, |file| {
            file.write_all(b"half of the n")?;
            Err(std::io::Error::other("no space left on device"))
        });
        let Err(Error::Write { path: named, source }) = failed else { panic!("{failed:?}") };
        assert_eq!((named, source.to_string().as_str()), (path.clone(), "no space left on device"));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn leftovers_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".unfinished-x1"), b"half").unwrap();
        fs::write(folder.path().join("whole"), b"whole").unwrap();
        sweep(folder.path()).unwrap();
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, ["whole"]);
    }
}
