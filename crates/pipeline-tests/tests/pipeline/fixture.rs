//! A small generated data set, and finished runs on it.

use std::path::Path;
use std::sync::OnceLock;

use pipeline_tests::{RunFolder, STAGES};
use synth::Shape;
use tempfile::TempDir;

/// 80 users, 300 items, 4,000 ratings: made once, then only read.
pub fn data() -> &'static Path {
    static DATA: OnceLock<TempDir> = OnceLock::new();
    static PATH: OnceLock<std::path::PathBuf> = OnceLock::new();
    let folder = DATA.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let shape = Shape::new(80, 300, 4000, 7).unwrap();
        synth::generate(&shape, &folder.path().join("small")).unwrap();
        folder
    });
    PATH.get_or_init(|| folder.path().join("small"))
}

/// A run of `preset` in a folder of its own; the folder lives as long as the first value.
pub fn new_run(preset: &str) -> (TempDir, RunFolder) {
    let folder = tempfile::tempdir().unwrap();
    let run = RunFolder::new(folder.path().join("run"), data(), preset);
    (folder, run)
}

/// A finished run of `preset`, to be changed at will.
pub fn finished_run(preset: &str) -> (TempDir, RunFolder) {
    let (folder, run) = new_run(preset);
    run.run_all(&STAGES);
    (folder, run)
}
