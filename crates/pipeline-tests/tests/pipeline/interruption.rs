//! A stage that is killed leaves nothing that the next run trips over.

use std::process::Stdio;
use std::time::{Duration, Instant};

use pipeline_tests::{RunFolder, STAGES, files_below, same_bytes};

use super::fixture::{finished_run, new_run};

/// How often each stage is killed, at moments spread over the time that it takes.
const KILLS: u32 = 8;

#[test]
fn after_kill_9_anywhere_the_next_run_ends_with_the_same_bytes() {
    let (_undisturbed_folder, undisturbed) = finished_run("notebook");
    let (_folder, run) = new_run("notebook");
    let mut n_killed = 0;
    for stage in STAGES {
        let started = Instant::now();
        run.run_all(&[stage]);
        let whole = started.elapsed();
        for kill in 1..=KILLS {
            n_killed += u32::from(kill_after(&run, stage, whole * kill / (KILLS + 1)));
            // What stands after a kill is either refused or whole, never half-read.
            check_no_half_artifact(&run, stage);
        }
        run.run_all(&[stage]);
    }
    assert!(n_killed >= KILLS, "only {n_killed} kills came before the end of a stage");
    same_bytes(&undisturbed.artifacts, &run.artifacts);
    let leftovers: Vec<String> =
        files_below(&run.artifacts).into_keys().filter(|name| name.contains(".unfinished-")).collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
}

/// Starts `stage` and kills it after `delay`; whether it was still running.
fn kill_after(run: &RunFolder, stage: &str, delay: Duration) -> bool {
    let mut child = run.command(stage).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

/// Where the manifest stands, every file that it lists has the bytes that it lists.
fn check_no_half_artifact(run: &RunFolder, stage: &str) {
    let Ok(bytes) = std::fs::read(run.path(&format!("{stage}/manifest.json"))) else { return };
    let manifest: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    for output in manifest["outputs"].as_array().unwrap() {
        let path = run.path(output["path"].as_str().unwrap());
        let (sha256, _) = artifacts::sha256_of_file(&path).unwrap();
        assert_eq!(output["sha256"], sha256, "{}", path.display());
    }
}
