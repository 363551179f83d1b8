//! The graph of the stages as make sees it: what reruns, and what does not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use pipeline_tests::{STAGES, binary, workspace};
use tempfile::TempDir;

use super::fixture;

/// A folder with its own configuration files and artifacts, on which the real graph is run.
struct Graph {
    folder: TempDir,
}

impl Graph {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config");
        fs::create_dir(&config).unwrap();
        for stage in STAGES {
            let file = format!("{stage}.toml");
            fs::copy(workspace().join("config/default").join(&file), config.join(&file)).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs make and tells which stages ran.
    fn make(&self, target: &str, variables: &[&str]) -> Vec<&'static str> {
        let before = self.times();
        let bin = binary("split");
        let output = Command::new("make")
            .args([
                "--no-print-directory",
                "-f",
                "scripts/pipeline.mk",
                target,
                "PRESET=default",
                "SEED=42",
                "THREADS=1",
            ])
            .arg(format!("DATA={}", fixture::data().display()))
            .arg(format!("BIN={}", bin.parent().unwrap_or(Path::new(".")).display()))
            .arg(format!("CONFIG={}", self.path("config").display()))
            .arg(format!("ARTIFACTS={}", self.path("run").display()))
            .args(variables)
            .current_dir(workspace())
            .env_remove("MAKEFLAGS")
            .env_remove("MAKELEVEL")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let after = self.times();
        STAGES.into_iter().filter(|stage| before.get(stage) != after.get(stage)).collect()
    }

    fn times(&self) -> BTreeMap<&'static str, SystemTime> {
        let time = |stage: &&'static str| {
            let manifest = self.path("run").join(stage).join("manifest.json");
            Some((*stage, fs::metadata(manifest).ok()?.modified().ok()?))
        };
        STAGES.iter().filter_map(time).collect()
    }

    fn edit(&self, stage: &str, edit: impl Fn(String) -> String) {
        let path = self.path("config").join(format!("{stage}.toml"));
        let before = fs::read_to_string(&path).unwrap();
        let after = edit(before.clone());
        assert_ne!(before, after, "{} was not edited", path.display());
        fs::write(&path, after).unwrap();
    }
}

#[test]
fn what_changed_reruns_with_all_that_follows_and_nothing_else() {
    let graph = Graph::new();
    assert_eq!(graph.make("build-features", &[]), STAGES[..3]);
    assert_eq!(graph.make("evaluate", &[]), STAGES[3..]);
    assert_eq!(graph.make("evaluate", &[]), [""; 0]);

    graph.edit("train-meta", |text| text.replace("n_trees = 40", "n_trees = 20"));
    assert_eq!(graph.make("evaluate", &[]), STAGES[3..]);
    graph.edit("split", |text| format!("# a comment\n{text}"));
    graph.edit("train-base", |text| text.replace("k = 40 ", "k   =   40"));
    assert_eq!(graph.make("evaluate", &[]), [""; 0]);
    graph.edit("evaluate", |text| text.replace("[5, 10, 20]", "[5, 10]"));
    assert_eq!(graph.make("evaluate", &[]), ["evaluate"]);
    assert_eq!(graph.make("evaluate", &["SEED=7"]), STAGES);
}

#[test]
fn an_imported_model_reruns_what_reads_it() {
    let graph = Graph::new();
    assert_eq!(graph.make("evaluate", &[]), STAGES);
    let model = graph.path("model.txt");
    fs::copy(graph.path("run/train-meta/gb.lightgbm.txt"), &model).unwrap();
    let import = format!("IMPORT=gb={}", model.display());
    assert_eq!(graph.make("evaluate", &[&import]), STAGES[3..]);
    assert_eq!(graph.make("evaluate", &[&import]), [""; 0]);
    fs::copy(graph.path("run/train-meta/gb.lightgbm.txt"), &model).unwrap();
    assert_eq!(graph.make("evaluate", &[&import]), STAGES[3..]);
    assert_eq!(graph.make("evaluate", &[]), STAGES[3..]);
}

#[test]
fn a_damaged_artifact_is_made_again() {
    let graph = Graph::new();
    graph.make("evaluate", &[]);
    let damaged = graph.path("run/train-base/mf.bin");
    let mut bytes = fs::read(&damaged).unwrap();
    bytes[100] ^= 1;
    fs::write(&damaged, &bytes).unwrap();
    assert_eq!(graph.make("evaluate", &[]), STAGES[1..]);
    fs::remove_file(graph.path("run/build-features/test.parquet")).unwrap();
    assert_eq!(graph.make("evaluate", &[]), STAGES[2..]);
}
