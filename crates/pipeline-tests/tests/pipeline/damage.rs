//! Damaged, foreign and unwritable artifacts: exit code, message, nothing half-written.

use std::fs;
use std::path::Path;
use std::process::Command;

use pipeline_tests::{Outcome, RunFolder, files_below};

use super::fixture::finished_run;

fn message(run: &RunFolder, outcome: &Outcome) -> String {
    outcome.stderr.trim().replace(&format!("{}/", run.artifacts.display()), "")
}

/// Runs `stage`, which must refuse its input and leave all files as they are.
fn refused(run: &RunFolder, stage: &str) -> String {
    let before = files_below(&run.artifacts);
    let outcome = run.run(stage);
    assert_eq!(outcome.code, Some(3), "{}", outcome.stderr);
    assert!(before == files_below(&run.artifacts), "{stage} changed something although it refused to run");
    message(run, &outcome)
}

#[test]
fn a_truncated_table_is_refused() {
    let (_folder, run) = finished_run("notebook");
    let path = run.path("build-features/meta_train.parquet");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(
        refused(&run, "train-meta"),
        "train-meta: error: build-features/meta_train.parquet is corrupt: its bytes are not those that its manifest lists; \
         run `make build-features`"
    );
}

#[test]
fn a_flipped_byte_in_a_model_is_refused() {
    let (_folder, run) = finished_run("notebook");
    let path = run.path("train-base/mf.bin");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(
        refused(&run, "build-features"),
        "build-features: error: train-base/mf.bin is corrupt: its bytes are not those that its manifest lists; run `make train-base`"
    );
}

#[test]
fn a_flipped_byte_is_noticed_even_where_the_manifest_agrees() {
    let (_folder, run) = finished_run("notebook");
    let path = run.path("train-meta/gb.bin");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).unwrap();
    relist(&run, "train-meta", "train-meta/gb.bin");
    assert_eq!(
        refused(&run, "evaluate"),
        "evaluate: error: train-meta/gb.bin is corrupt: its checksum does not match its content; run `make train-meta`"
    );
}

#[test]
fn an_artifact_of_another_kind_is_named() {
    let (_folder, run) = finished_run("notebook");
    fs::copy(run.path("train-base/bias.bin"), run.path("train-meta/gb.bin")).unwrap();
    relist(&run, "train-meta", "train-meta/gb.bin");
    assert_eq!(
        refused(&run, "evaluate"),
        "evaluate: error: train-meta/gb.bin holds base.bias v1, expected meta.gb v1; run `make train-meta`"
    );
    fs::copy(run.path("split/items.parquet"), run.path("build-features/test.parquet")).unwrap();
    relist(&run, "build-features", "build-features/test.parquet");
    let said = refused(&run, "evaluate");
    assert!(said.contains("holds split.items/1, expected build-features.rows/1"), "{said}");
}

#[test]
fn the_manifest_of_another_stage_is_refused() {
    let (_folder, run) = finished_run("notebook");
    fs::copy(run.path("split/manifest.json"), run.path("train-base/manifest.json")).unwrap();
    let said = refused(&run, "build-features");
    assert!(said.contains("train-base/manifest.json holds the manifest of split"), "{said}");
    fs::write(run.path("train-base/manifest.json"), "{ \"stage\": ").unwrap();
    let said = refused(&run, "build-features");
    assert!(said.contains("train-base/manifest.json is corrupt: EOF while parsing"), "{said}");
}

#[test]
fn a_missing_artifact_says_what_to_run() {
    let (_folder, run) = finished_run("notebook");
    fs::remove_file(run.path("train-base/genre.bin")).unwrap();
    assert_eq!(
        refused(&run, "build-features"),
        "build-features: error: train-base/genre.bin is missing; run `make train-base`"
    );
    fs::remove_file(run.path("split/manifest.json")).unwrap();
    assert_eq!(
        refused(&run, "train-base"),
        "train-base: error: split/manifest.json is missing; run `make split`"
    );
}

#[test]
fn stages_of_different_splits_are_not_mixed() {
    let (_folder, run) = finished_run("notebook");
    let other = run.clone().with_flag("--seed", 43);
    other.run_all(&["split"]);
    let said = refused(&run, "build-features");
    assert!(said.contains("train-base was made from another split/ratings.parquet"), "{said}");
}

#[test]
fn an_unwritable_folder_is_a_failure() {
    let (_folder, run) = finished_run("notebook");
    // A file where the folder should be: not even root can write below it.
    let mut blocked = run.clone();
    blocked.artifacts = run.path("split/ratings.parquet");
    let outcome = blocked.run("split");
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("split: error: cannot write "), "{}", outcome.stderr);
}

#[test]
fn a_full_disk_is_a_failure_and_leaves_nothing_half_written() {
    let (_folder, run) = finished_run("notebook");
    let small = tempfile::tempdir().unwrap();
    let Some(_mounted) = SmallDisk::mount(small.path()) else {
        eprintln!("skipped: mounting a small file system is not permitted here");
        return;
    };
    let mut full = run.clone();
    full.artifacts = small.path().join("run");
    let outcome = full.run("split");
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.to_lowercase().contains("no space left on device"), "{}", outcome.stderr);
    let left: Vec<String> = files_below(&full.artifacts).into_keys().collect();
    assert!(
        !left.iter().any(|name| name.contains(".unfinished-") || name.ends_with("manifest.json")),
        "{left:?}"
    );
}

/// A file system of 32 kB, unmounted when dropped.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(at: &'a Path) -> Option<Self> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=32k", "tmpfs"]).arg(at).output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(at))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).output();
    }
}

/// Makes the manifest of `stage` list the bytes that stand at `artifact` now.
fn relist(run: &RunFolder, stage: &str, artifact: &str) {
    let path = run.path(&format!("{stage}/manifest.json"));
    let mut manifest: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let (sha256, bytes) = artifacts::sha256_of_file(&run.path(artifact)).unwrap();
    let outputs = manifest["outputs"].as_array_mut().unwrap();
    let record = outputs.iter_mut().find(|output| output["path"] == artifact).unwrap();
    record["sha256"] = sha256.into();
    record["bytes"] = bytes.into();
    fs::write(&path, manifest.to_string()).unwrap();
}
