//! The rules of the source tree that no compiler checks.

use std::fs;
use std::path::{Path, PathBuf};

use pipeline_tests::workspace;

/// What each crate of the workspace may use of the others: down only. Stages stand at the top; nothing depends on a stage.
const MAY_USE: &[(&str, &[&str])] = &[
    ("dataset", &[]),
    ("metrics", &[]),
    ("report", &[]),
    ("recommenders", &["dataset"]),
    ("features", &["dataset"]),
    ("rankers", &["dataset", "metrics"]),
    ("raw", &["dataset"]),
    ("artifacts", &["dataset"]),
    ("stage", &["artifacts"]),
    ("reasons", &["dataset", "recommenders"]),
    ("synth", &["dataset"]),
    ("stamps", &["artifacts"]),
    ("split", &["artifacts", "dataset", "raw", "stage"]),
    ("stacking", &["dataset", "features", "recommenders"]),
    ("lists", &["artifacts", "dataset", "rankers", "reasons", "recommenders", "stacking"]),
    ("fitted", &["artifacts", "dataset", "rankers", "recommenders", "stage"]),
    ("lineup", &["metrics", "rankers", "recommenders"]),
    (
        "operator",
        &[
            "artifacts",
            "dataset",
            "fitted",
            "lineup",
            "metrics",
            "rankers",
            "raw",
            "recommenders",
            "stacking",
            "stage",
        ],
    ),
    ("audit", &["artifacts", "dataset", "recommenders", "stacking", "stage"]),
    (
        "ablation",
        &[
            "artifacts",
            "dataset",
            "features",
            "metrics",
            "rankers",
            "recommenders",
            "report",
            "reruns",
            "stage",
        ],
    ),
    ("train-base", &["artifacts", "dataset", "recommenders", "stacking", "stage"]),
    ("build-features", &["artifacts", "dataset", "fitted", "recommenders", "stacking", "stage"]),
    ("train-meta", &["artifacts", "dataset", "rankers", "stage"]),
    (
        "evaluate",
        &[
            "artifacts",
            "dataset",
            "fitted",
            "lineup",
            "metrics",
            "rankers",
            "reasons",
            "recommenders",
            "report",
            "stacking",
            "stage",
        ],
    ),
    (
        "recommend",
        &[
            "artifacts",
            "dataset",
            "fitted",
            "lists",
            "metrics",
            "rankers",
            "raw",
            "recommenders",
            "stacking",
            "stage",
        ],
    ),
    ("reruns", &["artifacts", "dataset", "raw", "stage"]),
    ("runs", &["artifacts", "dataset", "metrics", "reruns", "stage"]),
    ("sweep", &["artifacts", "dataset", "metrics", "report", "reruns", "stage"]),
    ("pipeline-tests", &["artifacts", "dataset", "metrics", "rankers", "recommenders", "synth"]),
];

/// Crates that may name the crates of the disk's formats.
const KNOW_THE_DISK: [&str; 3] = ["artifacts", "raw", "pipeline-tests"];

fn manifest(krate: &str) -> toml::Table {
    let path = workspace().join("crates").join(krate).join("Cargo.toml");
    fs::read_to_string(&path).unwrap().parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn dependencies(krate: &str) -> Vec<String> {
    let manifest = manifest(krate);
    let names = |table: &str| {
        let table = manifest.get(table).and_then(toml::Value::as_table);
        table.into_iter().flat_map(toml::Table::keys).cloned().collect::<Vec<_>>()
    };
    names("dependencies")
}

fn crates() -> Vec<String> {
    let entries = fs::read_dir(workspace().join("crates")).unwrap().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![workspace().join("crates")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found
}

#[test]
fn dependencies_point_down_only() {
    let known: Vec<&str> = MAY_USE.iter().map(|(krate, _)| *krate).collect();
    for krate in crates() {
        let allowed = MAY_USE.iter().find(|(name, _)| *name == krate);
        let (_, allowed) =
            allowed.unwrap_or_else(|| panic!("crates/{krate} is not in the list of this test"));
        for used in dependencies(&krate).iter().filter(|used| known.contains(&used.as_str())) {
            assert!(allowed.contains(&used.as_str()), "crates/{krate} may not use {used}");
        }
    }
}

#[test]
fn only_the_disk_crates_name_its_formats() {
    for krate in crates().into_iter().filter(|krate| !KNOW_THE_DISK.contains(&krate.as_str())) {
        for format in ["arrow", "parquet", "bincode"] {
            assert!(!dependencies(&krate).contains(&format.to_owned()), "crates/{krate} uses {format}");
        }
    }
}

#[test]
fn every_file_says_what_it_holds() {
    for (path, text) in sources() {
        assert!(text.starts_with("//!"), "{} does not begin with a `//!` line", path.display());
    }
}

#[test]
fn files_have_one_subject() {
    for (path, text) in sources() {
        let n_lines = text.lines().count();
        assert!(n_lines <= 450, "{} has {n_lines} lines: split it by subject", path.display());
    }
}

#[test]
fn paths_of_artifacts_stand_in_one_file() {
    let of_tests = |path: &Path| path.components().any(|part| part.as_os_str() == "pipeline-tests");
    for (path, text) in
        sources().into_iter().filter(|(path, _)| !of_tests(path) && !path.ends_with("layout.rs"))
    {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for name in [
            "oof_scores.parquet",
            "meta_train.parquet",
            "per_user.parquet",
            "manifest.json",
            "importances.parquet",
        ] {
            assert!(
                !code.clone().any(|line| line.contains(&format!("\"{name}"))),
                "{} names {name}",
                path.display()
            );
        }
    }
}

#[test]
fn every_stage_has_its_configuration_in_every_preset() {
    let folders = fs::read_dir(workspace().join("config")).unwrap().flatten();
    // `sweeps` holds what is searched, and no preset.
    for preset in folders.filter(|folder| folder.file_name() != "sweeps") {
        for stage in pipeline_tests::STAGES {
            let path = preset.path().join(format!("{stage}.toml"));
            assert!(path.is_file(), "{} is missing", path.display());
        }
    }
}
