//! A stamp: a small file that is replaced only where its content differs.

use std::io::Write as _;
use std::path::Path;

use artifacts::atomic;

/// Makes `<folder>/<name>.<kind>` hold `content`; its time of change moves only where it held something else.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(folder: &Path, name: &str, kind: &str, content: &str) -> Result<(), artifacts::Error> {
    let path = folder.join(format!("{name}.{kind}"));
    if std::fs::read(&path).is_ok_and(|old| old == content.as_bytes()) {
        return Ok(());
    }
    atomic::write(&path, |file| file.write_all(content.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equal_stamp_keeps_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let time = || std::fs::metadata(folder.path().join("split.code")).unwrap().modified().unwrap();
        write(folder.path(), "split", "code", "a").unwrap();
        let first = time();
        write(folder.path(), "split", "code", "a").unwrap();
        assert_eq!(time(), first);
        write(folder.path(), "split", "code", "b").unwrap();
        assert_eq!(std::fs::read(folder.path().join("split.code")).unwrap(), b"b");
    }
}
