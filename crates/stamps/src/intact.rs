//! Whether a stage's artifacts are still what its manifest lists.

use std::fs;
use std::io::Write as _;

use artifacts::manifest::FileRecord;
use artifacts::{Error, Layout, Manifest, StageName, sha256_of_file};

/// Removes the manifest of `stage`, so that make runs the stage again, where it cannot be read or one of the files that it lists
/// is gone, has another size, or was changed since to other bytes.
///
/// # Errors
/// Where the manifest cannot be removed.
pub fn check(layout: &Layout, stage: StageName) -> Result<(), Error> {
    let path = layout.manifest(stage);
    let problem = match Manifest::read(layout, stage) {
        Err(Error::Missing { .. }) => return Ok(()),
        Err(error) => error.to_string(),
        Ok(manifest) => match manifest.outputs.iter().find(|output| !is_intact(layout, stage, output)) {
            None => return Ok(()),
            Some(output) => format!("{} is not what its manifest lists", output.path),
        },
    };
    let _ = writeln!(std::io::stderr(), "stamps: {problem}: {} runs again", stage.name());
    fs::remove_file(&path).map_err(|source| Error::Write { path, source })
}

/// Only a file that was changed after the manifest was written is hashed, so that this stays quick on large runs.
fn is_intact(layout: &Layout, stage: StageName, output: &FileRecord) -> bool {
    let path = layout.root().join(&output.path);
    let Ok(metadata) = fs::metadata(&path) else { return false };
    if metadata.len() != output.bytes {
        return false;
    }
    let written = fs::metadata(layout.manifest(stage)).and_then(|manifest| manifest.modified());
    match (metadata.modified(), written) {
        (Ok(changed), Ok(written)) if changed <= written => true,
        _ => sha256_of_file(&path).is_ok_and(|(sha256, _)| sha256 == output.sha256),
    }
}
