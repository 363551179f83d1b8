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

/// A file that is being filled under a temporary name; dropped, it is removed.
#[derive(Debug)]
#[must_use = "the file is not there before it is finished"]
pub struct Filling {
    writer: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl Filling {
    /// Opens a temporary file in the folder of `path` (made where it is missing).
    ///
    /// # Errors
    /// [`Error::Write`] where the folder or the file cannot be written.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(Error::write(folder))?;
        let file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder);
        let writer = BufWriter::with_capacity(1 << 18, file.map_err(Error::write(path))?);
        Ok(Self { writer, path: path.to_owned() })
    }

    /// Ends the filling.
    ///
    /// # Errors
    /// [`Error::Write`]; the temporary file is removed.
    pub fn close(self) -> Result<Unfinished, Error> {
        let Self { writer, path } = self;
        let close = || {
            let file = writer.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            make_readable(file.as_file())?;
            Ok(file)
        };
        let file = close().map_err(Error::write(&path))?;
        Ok(Unfinished { file, path })
    }
}

impl Write for Filling {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.writer.flush()
    }
}

/// Fills a file for `path` through `fill`, under a temporary name in the same folder (made where it is missing).
///
/// # Errors
/// [`Error::Write`] where the folder or the file cannot be written; the temporary file is removed.
pub fn begin(
    path: &Path,
    fill: impl FnOnce(&mut Filling) -> std::io::Result<()>,
) -> Result<Unfinished, Error> {
    let mut file = Filling::open(path)?;
    fill(&mut file).map_err(Error::write(path))?;
    file.close()
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
pub fn write(path: &Path, fill: impl FnOnce(&mut Filling) -> std::io::Result<()>) -> Result<(), Error> {
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
