//! The leakage audit: silent where nothing leaks, loud where something does.

use std::process::Command;

use pipeline_tests::{Outcome, RunFolder, binary};

use super::fixture::finished_run;

fn audit(run: &RunFolder) -> Outcome {
    Command::new(binary("audit")).arg("--artifacts").arg(&run.artifacts).output().unwrap().into()
}

#[test]
fn nothing_leaks_in_the_default_preset() {
    let (_folder, run) = finished_run("default");
    let outcome = audit(&run);
    assert_eq!(outcome.code, Some(0), "{}{}", outcome.stdout, outcome.stderr);
    assert!(outcome.stdout.contains("no feature leaks; the canary was caught"), "{}", outcome.stdout);
}

#[test]
fn the_four_statistics_of_the_notebook_preset_leak_and_nothing_else() {
    let (_folder, run) = finished_run("notebook");
    let outcome = audit(&run);
    assert_eq!(outcome.code, Some(1), "{}{}", outcome.stdout, outcome.stderr);
    let told = "LEAKS: user_n_ratings, user_mean_rating, item_n_ratings, item_mean_rating\n";
    assert!(outcome.stdout.ends_with(told), "{}", outcome.stdout);
}

#[test]
fn a_feature_table_of_another_computation_is_told() {
    let (_folder, run) = finished_run("default");
    // Features from models of another seed, under manifests that say nothing of it.
    run.clone().with_flag("--seed", 8).run_all(&["train-base", "build-features"]);
    let manifest = run.path("train-base/manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let changed = text.replace("\"seed\": 8", "\"seed\": 42");
    assert_ne!(text, changed);
    std::fs::write(&manifest, changed).unwrap();
    let outcome = audit(&run);
    assert_eq!(outcome.code, Some(1), "{}{}", outcome.stdout, outcome.stderr);
    assert!(outcome.stdout.contains("other features in the run's artifacts"), "{}", outcome.stdout);
}
