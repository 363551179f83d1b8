//! The ablation on a finished run: its table, what it may not look at, what it is told.

use std::fs;
use std::path::Path;
use std::process::Command;

use artifacts::table::{Source, begin_parquet, read_parquet};
use artifacts::tables::{AblationRow, SCHEMA_KEY, SplitRatings, Stored};
use dataset::split::Part;
use pipeline_tests::{Outcome, RunFolder, binary, files_below};

use super::fixture::{finished_run, new_run};

fn ablation(run: &RunFolder, flags: &[&str]) -> Outcome {
    let mut command = Command::new(binary("ablation"));
    command.arg("--artifacts").arg(&run.artifacts).args(flags).output().unwrap().into()
}

fn read<T: Stored>(path: &Path) -> T {
    let source = Source { path, schema: T::SCHEMA, make_target: "ablation" };
    T::from_table(read_parquet(source).unwrap()).unwrap()
}

/// What does not depend on the machine.
fn without_costs(run: &RunFolder) -> Vec<AblationRow> {
    let rows: Vec<AblationRow> = read(&run.path("ablation/ablation.parquet"));
    let strip = |row: AblationRow| AblationRow {
        cpu_seconds: None,
        cpu_seconds_difference: None,
        wall_seconds: None,
        wall_seconds_difference: None,
        peak_memory_bytes: None,
        peak_memory_bytes_difference: None,
        ..row
    };
    rows.into_iter().map(strip).collect()
}

/// Takes the test rows out of `split/ratings.parquet`, and with them everything that was made of them.
fn forget_the_test_rows(run: &RunFolder) {
    let path = run.path("split/ratings.parquet");
    let SplitRatings { rows, ratings, parts, folds } = read(&path);
    let kept: Vec<usize> = (0..parts.len()).filter(|&row| parts[row] != Part::Test).collect();
    assert!(kept.len() < parts.len());
    let training = SplitRatings {
        rows: kept.iter().map(|&row| rows[row]).collect(),
        ratings: kept.iter().map(|&row| ratings.get(row)).collect(),
        parts: kept.iter().map(|&row| parts[row]).collect(),
        folds: kept.iter().map(|&row| folds[row]).collect(),
    };
    let unfinished =
        begin_parquet(&path, training.into_table(), &[(SCHEMA_KEY, SplitRatings::SCHEMA)]).unwrap();
    unfinished.finish().unwrap();
    let (sha256, _) = artifacts::sha256_of_file(&path).unwrap();
    for stage in pipeline_tests::STAGES {
        let path = run.path(&format!("{stage}/manifest.json"));
        let mut manifest: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for list in ["inputs", "outputs"] {
            for file in manifest[list].as_array_mut().unwrap() {
                if file["path"] == "split/ratings.parquet" {
                    file["sha256"] = serde_json::to_value(&sha256).unwrap();
                }
            }
        }
        fs::write(&path, manifest.to_string()).unwrap();
    }
    for file in [
        "build-features/test.parquet",
        "evaluate/scores.parquet",
        "evaluate/per_user.parquet",
        "evaluate/metrics.parquet",
    ] {
        fs::remove_file(run.path(file)).unwrap();
    }
}

#[test]
fn a_row_a_part_and_meta_model_and_the_test_rows_say_nothing() {
    let (_folder, run) = finished_run("default");
    // What a killed ablation would leave.
    fs::create_dir_all(run.path("ablation/scratch/split-0/split")).unwrap();
    fs::write(run.path("ablation/scratch/data"), "no folder").unwrap();
    fs::write(run.path("ablation/.unfinished-x1"), "half").unwrap();
    let flags = ["--splits", "2", "--only", "damped_bias", "disagreement", "centred_itemknn"];
    let outcome = ablation(&run, &flags);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{}", outcome.stdout);
    for expected in [
        "GBStack: NDCG@10",
        "LogisticStack: NDCG@10",
        "damped_bias",
        "disagreement",
        "run twice, ranks the same",
    ] {
        assert!(outcome.stdout.contains(expected), "no `{expected}` in {}", outcome.stdout);
    }
    let files: Vec<String> = files_below(&run.path("ablation")).into_keys().collect();
    assert_eq!(files, ["ablation.parquet", "ablation.png", "ablation.svg"]);

    let rows = without_costs(&run);
    for model in ["GBStack", "LogisticStack"] {
        let of_model: Vec<&AblationRow> = rows.iter().filter(|row| row.model == model).collect();
        let mut variants: Vec<&str> = of_model.iter().map(|row| row.variant.as_str()).collect();
        variants.sort_unstable();
        assert_eq!(
            variants,
            ["the preset once more", "with disagreement", "without centred_itemknn", "without damped_bias"]
        );
        for row in of_model {
            assert!(row.problem.is_empty() && row.n_users > 40 && row.n_splits == 2, "{row:?}");
            let (full, value, difference) = (row.full.unwrap(), row.value.unwrap(), row.difference.unwrap());
            assert!((value - full - difference).abs() < 1e-12, "{row:?}");
            assert!(row.ci_low.unwrap() <= difference && difference <= row.ci_high.unwrap(), "{row:?}");
            if row.kind == "control" {
                assert_eq!((difference, row.ci_low, row.ci_high), (0.0, Some(0.0), Some(0.0)));
            } else {
                assert_ne!(difference, 0.0, "{row:?}");
                assert_eq!(row.model_bytes_difference.unwrap() < 0, row.kind == "base_model", "{row:?}");
            }
        }
    }

    forget_the_test_rows(&run);
    let outcome = ablation(&run, &[&flags[..], &["--quiet", "--threads", "1"]].concat());
    assert_eq!((outcome.code, outcome.stdout.as_str(), outcome.stderr.as_str()), (Some(0), "", ""));
    assert_eq!(without_costs(&run), rows);
}

#[test]
fn flags_count_and_a_part_that_cannot_go_is_reported() {
    let (_folder, run) = finished_run("default");
    run.clone().with_flag("--models", "mf").run_all(&["train-base"]);
    run.run_all(&["build-features", "train-meta", "evaluate"]);
    let outcome = ablation(&run, &["--splits", "1", "--models", "GBStack", "--only", "mf", "bias"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("without mf cannot be run: models is empty"), "{}", outcome.stdout);
    let rows = without_costs(&run);
    assert!(rows.iter().all(|row| row.model == "GBStack"), "{rows:?}");
    let row = |variant: &str| rows.iter().find(|row| row.variant == variant).unwrap();
    assert!(
        row("without mf").problem.starts_with("models is empty") && row("without mf").difference.is_none()
    );
    assert!(row("with bias").difference.is_some());
}

#[test]
fn what_is_wrong_is_told_before_anything_runs() {
    let (_folder, run) = new_run("default");
    let outcome = ablation(&run, &[]);
    assert_eq!(outcome.code, Some(3), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("split/manifest.json is missing; run `make split`"),
        "{}",
        outcome.stderr
    );

    let (_folder, run) = finished_run("notebook");
    for (flags, expected) in [
        (
            &["--only", "mfx"][..],
            "--only mfx: no base model or feature group has this name; there are bias, ",
        ),
        (
            &["--only", "mf", "ease", "--together"],
            "--together: the preset has one of mf and ease and not the other",
        ),
        (&["--together"], "--only"),
        (&["--models", "gb"], "--models gb: expected some of LogisticStack, GBStack"),
        (&["--bin", "no/such/folder"], "split is not there; run `make build`, or say with --bin"),
        (&["--config", "x.toml"], "the ablation takes the configuration from the run's manifests"),
        (&["--splits", "0"], "--splits"),
    ] {
        let outcome = ablation(&run, flags);
        assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
        assert!(!run.path("ablation").exists(), "{flags:?} wrote something");
    }
}
