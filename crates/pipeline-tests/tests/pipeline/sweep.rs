//! The search of hyper-parameters on a finished run: it goes on where it was stopped, reuses stages, and never sees a test rating.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use artifacts::table::{Column, Source, begin_parquet, read_parquet};
use artifacts::tables::{SCHEMA_KEY, SplitRatings, Stored};
use dataset::Ratings;
use dataset::split::Part;
use pipeline_tests::{Outcome, RunFolder, STAGES, binary, files_below};
use tempfile::TempDir;

use super::fixture::finished_run;

const SPACE: &str = r#"
model = "GBStack"
splits = 1
startup = 3
[train-base]
models = { choice = [["bias", "mf"], ["bias", "itemknn", "mf"]] }
[train-meta.gb]
n_trees = { int = [2, 9] }
learning_rate = { log = [0.05, 0.5] }
"#;

fn space(folder: &TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("tiny.toml");
    fs::write(&path, text).unwrap();
    path
}

fn command(run: &RunFolder, space: &Path, flags: &[&str]) -> Command {
    let mut command = Command::new(binary("sweep"));
    command.arg("--artifacts").arg(&run.artifacts).arg("--space").arg(space).args(flags);
    command
}

fn sweep(run: &RunFolder, space: &Path, flags: &[&str]) -> Outcome {
    command(run, space, flags).output().unwrap().into()
}

/// The table of the trials, but for what they cost.
fn trials(run: &RunFolder) -> Vec<(String, Column)> {
    let path = run.path("sweep/tiny/trials.parquet");
    let table = read_parquet(Source { path: &path, schema: "sweep.trials/1", make_target: "sweep" }).unwrap();
    table.columns().iter().filter(|(name, _)| !name.ends_with("_seconds")).cloned().collect()
}

fn configs(run: &RunFolder) -> Vec<(String, Vec<u8>)> {
    files_below(&run.path("sweep/tiny/config")).into_iter().collect()
}

/// Gives every test row another rating, in `split/ratings.parquet` and in the digests of all manifests, and takes away what was made of the test rows.
fn other_test_ratings(run: &RunFolder) {
    let path = run.path("split/ratings.parquet");
    let source = Source { path: &path, schema: SplitRatings::SCHEMA, make_target: "split" };
    let mut split = SplitRatings::from_table(read_parquet(source).unwrap()).unwrap();
    let changed = split.ratings.iter().zip(&split.parts).map(|(mut rating, part)| {
        if *part == Part::Test {
            rating.value = if rating.value > 2.0 { 0.5 } else { 5.0 };
        }
        rating
    });
    split.ratings = changed.collect::<Ratings>();
    begin_parquet(&path, split.into_table(), &[(SCHEMA_KEY, SplitRatings::SCHEMA)])
        .unwrap()
        .finish()
        .unwrap();
    let (sha256, _) = artifacts::sha256_of_file(&path).unwrap();
    for stage in STAGES {
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
    for file in ["build-features/test.parquet", "evaluate/scores.parquet", "evaluate/per_user.parquet"] {
        fs::remove_file(run.path(file)).unwrap();
    }
}

#[test]
fn a_killed_search_goes_on_as_if_it_had_not_been_and_test_ratings_say_nothing() {
    let (folder, run) = finished_run("default");
    let space = space(&folder, SPACE);
    let flags = ["--trials", "7", "--seed", "5"];
    let whole = sweep(&run, &space, &flags);
    assert_eq!((whole.code, whole.stderr.as_str()), (Some(0), ""), "{}", whole.stdout);
    assert!(
        whole.stdout.contains("tiny, ndcg@10 of GBStack under rated: 7 trials, 1 split"),
        "{}",
        whole.stdout
    );
    let files: Vec<String> = files_below(&run.path("sweep/tiny")).into_keys().collect();
    let of_configs = ["build-features", "evaluate", "split", "train-base", "train-meta"]
        .map(|name| format!("config/{name}.toml"));
    assert_eq!(
        files,
        [&of_configs[..], &["sweep.png", "sweep.svg", "trials.jsonl", "trials.parquet"].map(str::to_owned)]
            .concat()
    );
    let (table, winner) = (trials(&run), configs(&run));

    // The best trial's files are a configuration that stages take, and what the table says of it.
    let value = |name: &str| table.iter().find(|(column, _)| column == name).unwrap().1.clone();
    let Column::OptionalDouble(values) = value("value") else { panic!() };
    let best = (0..7).rev().max_by(|&a, &b| values[a].unwrap().total_cmp(&values[b].unwrap())).unwrap();
    let Column::OptionalInt64(n_trees) = value("train-meta.gb.n_trees") else { panic!() };
    let text =
        String::from_utf8(winner.iter().find(|(name, _)| name == "train-meta.toml").unwrap().1.clone())
            .unwrap();
    assert_eq!(text.parse::<toml::Table>().unwrap()["gb"]["n_trees"].as_integer(), n_trees[best], "{text}");
    assert!(values.iter().any(|value| *value != values[0]), "{values:?}");

    // Killed in the middle, then asked for the rest.
    fs::remove_dir_all(run.path("sweep")).unwrap();
    let mut child =
        command(&run, &space, &flags).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let log = run.path("sweep/tiny/trials.jsonl");
    while fs::read_to_string(&log).unwrap_or_default().lines().count() < 4
        && child.try_wait().unwrap().is_none()
    {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!run.path("sweep/tiny/trials.parquet").exists(), "it ended before it was killed");
    let done = fs::read_to_string(&log).unwrap();
    fs::write(&log, format!("{done}{{\"number\":")).unwrap();
    let rest = sweep(&run, &space, &["--quiet", "--threads", "1", "--trials", "7", "--seed", "5"]);
    assert_eq!((rest.code, rest.stdout.as_str(), rest.stderr.as_str()), (Some(0), "", ""));
    assert!(fs::read_to_string(&log).unwrap().starts_with(&done));
    assert_eq!((trials(&run), configs(&run)), (table.clone(), winner.clone()));

    fs::remove_dir_all(run.path("sweep")).unwrap();
    other_test_ratings(&run);
    let other = sweep(&run, &space, &flags);
    assert_eq!(other.code, Some(0), "{}", other.stderr);
    assert_eq!((trials(&run), configs(&run)), (table, winner));
}

#[test]
fn a_stage_that_a_trial_does_not_touch_is_not_run_again() {
    let (folder, run) = finished_run("default");
    let text = "model = \"GBStack\"\nsplits = 1\nstartup = 9\n[train-meta.gb]\nn_trees = { int = [2, 40] }\n";
    let space = space(&folder, text);
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    for stage in STAGES {
        let script = format!(
            "#!/bin/sh\necho {stage} >> '{}'\nexec '{}' \"$@\"\n",
            folder.path().join("calls").display(),
            binary(stage).display()
        );
        fs::write(bin.join(stage), script).unwrap();
        fs::set_permissions(bin.join(stage), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let outcome = sweep(&run, &space, &["--trials", "4", "--bin", bin.to_str().unwrap()]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let calls = fs::read_to_string(folder.path().join("calls")).unwrap();
    let count = |stage: &str| calls.lines().filter(|call| *call == stage).count();
    // Once for the split that is searched on and once for the one that the best is confirmed on.
    assert_eq!(STAGES[..3].iter().map(|stage| count(stage)).collect::<Vec<_>>(), [2, 2, 2], "{calls}");
    assert!((4..=6).contains(&count("train-meta")), "{calls}");
}

#[test]
fn what_is_wrong_is_told_before_anything_runs() {
    let (folder, run) = finished_run("notebook");
    let path = space(&folder, SPACE);
    let told = |text: &str, flags: &[&str], expected: &str| {
        fs::write(&path, text).unwrap();
        let outcome = sweep(&run, &path, flags);
        assert_eq!(outcome.code, Some(2), "{}{}", outcome.stdout, outcome.stderr);
        assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
    };
    let of = |key: &str| format!("model = \"GBStack\"\n{key}\n");
    told(
        &of("[train-meta.gb]\nn_tree = { int = [2, 9] }"),
        &[],
        "train-meta.gb.n_tree: the configuration of the run has no such key",
    );
    told(
        &of("[split]\ntest_fraction = { float = [0.1, 0.5] }"),
        &[],
        "split.test_fraction changes what is measured",
    );
    told(
        &of("[train-meta.gb]\nn_trees = { int = [9, 2] }"),
        &[],
        "tiny.toml: train-meta.gb.n_trees: expected two ascending",
    );
    told(SPACE, &["--trials", "0"], "--trials");
    told(SPACE, &["--bin", "no/such/folder"], "split is not there; run `make build`, or say with --bin");
    assert!(!run.path("sweep").exists());

    let good = of("splits = 1\n[train-meta.gb]\nn_trees = { int = [2, 9] }");
    told(&good.replace("GBStack", "GBStock"), &["--trials", "1"], "GBStock has no ndcg@10 under rated");
    fs::remove_dir_all(run.path("sweep")).unwrap();
    fs::write(&path, &good).unwrap();
    assert_eq!(sweep(&run, &path, &["--trials", "1"]).code, Some(0));
    told(&good.replace('9', "8"), &["--trials", "1"], "holds trials of another space, run, seed or build");
    let outcome = sweep(&run, &path, &["--trials", "1", "--anew"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("The preset is the best trial"), "{}", outcome.stdout);
}
