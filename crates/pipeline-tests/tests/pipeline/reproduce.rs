//! A run made again from its manifests: the same bytes, or what differs and why.

use std::fs;
use std::path::Path;
use std::process::Command;

use pipeline_tests::{Outcome, RunFolder, STAGES, binary, same_bytes};

use super::fixture::{data, finished_run, new_run};

fn reproduce(run: &RunFolder, stage: &str, flags: &[&str]) -> Outcome {
    let mut command = Command::new(binary("reproduce"));
    command.arg("--manifest").arg(run.path(&format!("{stage}/manifest.json"))).args(flags);
    if !flags.contains(&"--data") {
        command.arg("--data").arg(data());
    }
    command.output().unwrap().into()
}

fn edit(run: &RunFolder, stage: &str, edit: impl Fn(&mut serde_json::Value)) {
    let path = run.path(&format!("{stage}/manifest.json"));
    let mut manifest = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    edit(&mut manifest);
    fs::write(&path, manifest.to_string()).unwrap();
}

fn line<'a>(outcome: &'a Outcome, file: &str) -> Vec<&'a str> {
    let line = outcome.stdout.lines().find(|line| line.trim_start().starts_with(file));
    line.unwrap_or_else(|| panic!("no {file} in {}", outcome.stdout)).split_whitespace().collect()
}

#[test]
fn manifests_alone_give_the_same_bytes() {
    let (folder, run) = new_run("default");
    // Configuration from flags, seed from a flag: neither stands in a file.
    let run = run.with_flag("--seed", 9);
    run.run_all(&STAGES[..3]);
    let trained: Outcome = run
        .command("train-meta")
        .args(["--gb-n-trees", "7", "--gb-learning-rate", "0.1234567890123"])
        .output()
        .unwrap()
        .into();
    assert_eq!(trained.code, Some(0), "{}", trained.stderr);
    run.run_all(&["evaluate"]);
    // All that is kept of the run.
    let kept = folder.path().join("kept");
    for stage in STAGES {
        fs::create_dir_all(kept.join(stage)).unwrap();
        let name = format!("{stage}/manifest.json");
        fs::copy(run.path(&name), kept.join(&name)).unwrap();
    }
    let into = folder.path().join("again");
    let of_kept = RunFolder::new(&kept, data(), "default");
    let outcome = reproduce(&of_kept, "evaluate", &["--into", into.to_str().unwrap(), "--threads", "1"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("reproduced: small, preset default, seed 9: all"), "{}", outcome.stdout);
    assert_eq!(line(&outcome, "evaluate/report/index.html")[1..4], ["same", "but", "for"]);
    assert_eq!(line(&outcome, "train-meta/gb.bin")[1], "same");
    for stage in STAGES {
        same_bytes(&run.path(stage), &into.join(stage));
    }

    let outcome = reproduce(&of_kept, "train-base", &["--quiet"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(outcome.stdout.lines().count(), 1, "{}", outcome.stdout);
}

#[test]
fn other_raw_data_are_named_and_nothing_is_built_on_them() {
    let (folder, run) = finished_run("default");
    let other = folder.path().join("small");
    fs::create_dir(&other).unwrap();
    for entry in fs::read_dir(data()).unwrap().flatten() {
        fs::copy(entry.path(), other.join(entry.file_name())).unwrap();
    }
    let ratings = other.join("ratings.csv");
    let text = fs::read_to_string(&ratings).unwrap();
    let (rest, _last) = text.trim_end().rsplit_once('\n').unwrap();
    fs::write(&ratings, format!("{rest}\n")).unwrap();
    let outcome = reproduce(&run, "evaluate", &["--data", other.to_str().unwrap()]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert_eq!(line(&outcome, "ratings.csv")[1], "differs");
    assert_eq!(line(&outcome, "split/ratings.parquet")[1], "differs");
    assert_eq!(line(&outcome, "train-base/mf.bin")[1..3], ["not", "rebuilt"]);
    assert!(outcome.stdout.contains("other raw data: ratings.csv had"), "{}", outcome.stdout);
}

#[test]
fn another_version_and_another_configuration_are_told() {
    let (_folder, run) = finished_run("notebook");
    edit(&run, "train-base", |manifest| {
        manifest["version"] = "0.0.9".into();
        manifest["built_for"] = "pdp11-unix".into();
        manifest["config"]["mf"]["factors"] = 7.into();
    });
    let outcome = reproduce(&run, "train-base", &[]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert_eq!(line(&outcome, "train-base/mf.bin")[1], "differs");
    assert_eq!(line(&outcome, "train-base/bias.bin")[1], "same");
    assert!(
        outcome.stdout.contains("other version: train-base was run by Podium 0.0.9"),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome.stdout.contains("other build: train-base ran as built for pdp11-unix"),
        "{}",
        outcome.stdout
    );

    edit(&run, "train-base", |manifest| manifest["config"]["mf"]["gone"] = 1.into());
    let outcome = reproduce(&run, "train-base", &[]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("train-base cannot be run: "), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("unknown field `gone`"), "{}", outcome.stdout);
}

#[test]
fn a_split_made_elsewhere_is_asked_for_and_used() {
    let (folder, run) = new_run("default");
    let assignments = folder.path().join("elsewhere.csv");
    let n_rows = fs::read_to_string(data().join("ratings.csv")).unwrap().lines().count() - 1;
    let part = |row: usize| ["base_train", "base_train", "meta_train", "test"][row % 4];
    let rows: Vec<String> = (0..n_rows).map(|row| format!("{row},{}", part(row))).collect();
    fs::write(&assignments, format!("row,split\n{}\n", rows.join("\n"))).unwrap();
    run.with_assignments(&assignments).run_all(&["split"]);
    let (_, run) = (0, RunFolder::new(folder.path().join("run"), data(), "default"));
    let outcome = reproduce(&run, "split", &[]);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stdout);
    assert!(
        outcome.stderr.contains("the run used a split made elsewhere, elsewhere.csv"),
        "{}",
        outcome.stderr
    );
    let outcome = reproduce(&run, "split", &["--assignments", assignments.to_str().unwrap()]);
    assert_eq!(outcome.code, Some(0), "{}{}", outcome.stdout, outcome.stderr);
}

#[test]
fn what_cannot_be_reproduced_is_told_before_anything_runs() {
    let (_folder, run) = finished_run("default");
    let told = |stage: &str, flags: &[&str], code: i32, expected: &str| {
        let outcome = reproduce(&run, stage, flags);
        assert_eq!(outcome.code, Some(code), "{}{}", outcome.stdout, outcome.stderr);
        assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
    };
    told("evaluate", &["--data", "no/such/folder"], 2, "--data no/such/folder: no such file or folder");
    told("evaluate", &["--into", run.artifacts.to_str().unwrap()], 2, "is the run itself");
    told("nothing", &[], 3, "nothing/manifest.json is missing");
    assert!(Path::new(&run.path("evaluate/manifest.json")).is_file());
    fs::remove_file(run.path("train-base/manifest.json")).unwrap();
    told("evaluate", &[], 3, "train-base/manifest.json is missing; run `make train-base`");
    fs::write(run.path("evaluate/manifest.json"), "{").unwrap();
    told("evaluate", &[], 3, "evaluate/manifest.json is corrupt");
}
