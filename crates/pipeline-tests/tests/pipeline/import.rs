//! Models that travel: what `train-meta` writes for other tools, and models of other tools in place of ours.

use std::fs;
use std::path::{Path, PathBuf};

use pipeline_tests::{Outcome, RunFolder};
use serde_json::Value;

use super::fixture::finished_run;

fn manifest(run: &RunFolder) -> Value {
    serde_json::from_slice(&fs::read(run.path("train-meta/manifest.json")).unwrap()).unwrap()
}

fn import(run: &RunFolder, argument: &str) -> Outcome {
    run.clone().with_flag("--import", argument).run("train-meta")
}

/// The run's own booster as a file beside the run.
fn elsewhere(folder: &Path, run: &RunFolder) -> (PathBuf, String) {
    let path = folder.join("elsewhere.txt");
    let text = fs::read_to_string(run.path("train-meta/gb.lightgbm.txt")).unwrap();
    fs::write(&path, &text).unwrap();
    (path, text)
}

#[test]
fn a_model_from_elsewhere_takes_the_place_of_a_booster() {
    let (folder, run) = finished_run("default");
    let (path, text) = elsewhere(folder.path(), &run);
    let scores = |run: &RunFolder| fs::read(run.path("evaluate/scores.parquet")).unwrap();
    let fitted_here = scores(&run);
    // Of the trees of another seed: the import must be what comes out.
    let run = run.with_flag("--seed", 7);
    let outcome = import(&run, &format!("gb={}", path.display()));
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("GBStack is ") && outcome.stderr.contains("of fold 4"),
        "{}",
        outcome.stderr
    );
    assert_eq!(fs::read_to_string(run.path("train-meta/gb.lightgbm.txt")).unwrap(), text);
    let manifest = manifest(&run);
    let input = manifest["inputs"].as_array().unwrap().iter().find(|input| input["path"] == "elsewhere.txt");
    assert_eq!(input.unwrap()["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(manifest["counts"]["gb_imported_from"], "elsewhere.txt");
    run.run_all(&["evaluate"]);
    assert!(scores(&run) != fitted_here, "the calibration is another");
    // The same import, the same bytes.
    let again = scores(&run);
    assert_eq!(import(&run, &format!("gb={}", path.display())).code, Some(0));
    run.run_all(&["evaluate"]);
    assert!(scores(&run) == again);
}

#[test]
fn what_cannot_take_its_place_is_wrong_usage_and_leaves_the_stage_as_it_was() {
    let (folder, run) = finished_run("default");
    let (path, text) = elsewhere(folder.path(), &run);
    let before = manifest(&run);
    let refused = |argument: String, words: &[&str]| {
        let outcome = import(&run, &argument);
        assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
        for word in words {
            assert!(outcome.stderr.contains(word), "no `{word}` in: {}", outcome.stderr);
        }
        assert_eq!(manifest(&run), before);
    };
    let file = |text: String| {
        fs::write(&path, text).unwrap();
        format!("gb={}", path.display())
    };
    refused(
        file(text.replacen("score_bias", "score_bais", 1)),
        &[
            "elsewhere.txt: line 8: `feature_names`",
            "the rows have no: score_bais; the model has no: score_bias",
        ],
    );
    refused(
        file(text.replacen("objective=binary", "objective=poisson", 1)),
        &["line 7", "binary or cross_entropy"],
    );
    refused(file(text[..text.len() / 3].to_owned()), &["elsewhere.txt: line "]);
    refused("gb=no/such/file.txt".to_owned(), &["cannot read no/such/file.txt"]);
    refused(format!("lambdamart={}", path.display()), &["models does not hold lambdamart"]);
    refused(path.display().to_string(), &["expected KEY=FILE"]);
}

#[test]
fn models_are_written_in_the_formats_that_are_asked_for() {
    let (_folder, run) = finished_run("default");
    let written = |run: &RunFolder| {
        let names = fs::read_dir(run.path("train-meta")).unwrap().flatten();
        let mut names: Vec<String> =
            names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| name.starts_with("gb.") || name.starts_with("logistic."));
        names.sort();
        names
    };
    assert_eq!(
        written(&run),
        ["gb.bin", "gb.lightgbm.txt", "gb.onnx", "gb.xgboost.json", "logistic.bin", "logistic.onnx"]
    );
    let text = fs::read(run.path("train-meta/gb.xgboost.json")).unwrap();
    let json: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(json["learner"]["objective"]["name"], "binary:logistic");
    run.clone().with_flag("--export", "xgboost").run_all(&["train-meta"]);
    assert_eq!(written(&run), ["gb.bin", "gb.xgboost.json", "logistic.bin"]);
}
