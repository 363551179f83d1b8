//! Wrong flags, wrong configuration, wrong raw data: what the person at the shell is told.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use pipeline_tests::{Outcome, RunFolder};

use super::fixture::{finished_run, new_run};

fn split_of(ratings: &str, flags: &[&str]) -> (Outcome, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("ratings.csv"), ratings).unwrap();
    let mut run = RunFolder::new(folder.path().join("run"), data, "default");
    run.split_flags.extend(flags.iter().map(|&flag| flag.to_owned()));
    (run.run("split"), folder)
}

fn fails_with(ratings: &str, parts: &[&str]) {
    let (outcome, folder) = split_of(ratings, &[]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    for part in parts {
        assert!(outcome.stderr.contains(part), "no `{part}` in: {}", outcome.stderr);
    }
    assert!(!folder.path().join("run").exists(), "something was written");
}

const HEADER: &str = "userId,movieId,rating,timestamp\n";

#[test]
fn a_malformed_row_is_named_with_file_line_and_column() {
    let row = |row: &str| format!("{HEADER}1,1,4.0,100\n{row}\n");
    for (bad, column) in [
        ("1,2,4.0", "timestamp"),
        ("1,2,four,100", "rating"),
        ("1,2,NaN,100", "rating"),
        ("1,2,11.5,100", "rating"),
        ("-1,2,4.0,100", "userId"),
        ("1,2,4.0,100x", "timestamp"),
    ] {
        fails_with(&row(bad), &["ratings.csv", "line 3", column, "--skip-bad-rows"]);
    }
}

#[test]
fn bad_rows_are_skipped_and_listed_when_asked() {
    let mut ratings = HEADER.to_owned();
    for user in 0..40 {
        for item in 0..10 {
            writeln!(ratings, "{user},{item},{}.5,{}", item % 5, 1000 + item).unwrap();
        }
    }
    ratings += "1,2,oops,100\n1,3\n";
    let (outcome, folder) = split_of(&ratings, &["--skip-bad-rows"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("2 malformed rows skipped"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("line 402") && outcome.stderr.contains("line 403"), "{}", outcome.stderr);
    let manifest = fs::read_to_string(folder.path().join("run/split/manifest.json")).unwrap();
    assert!(manifest.contains("\"skipped_rows\": 2"), "{manifest}");
}

#[test]
fn no_ratings_and_missing_files_are_wrong_usage() {
    let (outcome, _folder) = split_of(HEADER, &[]);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("no ratings"), "{}", outcome.stderr);

    let (_folder, mut run) = new_run("default");
    run.data = "no/such/folder".into();
    let outcome = run.run("split");
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("no/such/folder: no such file or folder"), "{}", outcome.stderr);
}

#[test]
fn unknown_flags_and_keys_are_wrong_usage() {
    let (_folder, run) = finished_run("default");
    let outcome = run.clone().with_flag("--mf-factor", 3).run("train-base");
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("--mf-factor"), "{}", outcome.stderr);

    let config = run.path("wrong.toml");
    fs::write(&config, "[mf]\nfactor = 3\n").unwrap();
    let outcome: Outcome = run.command("train-base").arg("--config").arg(&config).output().unwrap().into();
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    fs::write(&config, "[mf]\nfactors = 0\n").unwrap();
    let outcome = with_config(&run, "train-base", &config);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("mf.factors is 0, must be in [1, 1024]"), "{}", outcome.stderr);
    fs::write(&config, "[mf]\nfactor = 3\n").unwrap();
    let outcome = with_config(&run, "train-base", &config);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("unknown field `factor`, expected one of `method`, `factors`"),
        "{}",
        outcome.stderr
    );
    assert!(outcome.stderr.contains("line 2, column 1"), "{}", outcome.stderr);
}

fn with_config(run: &RunFolder, stage: &str, config: &Path) -> Outcome {
    let binary = pipeline_tests::binary(stage);
    let command = std::process::Command::new(binary)
        .arg("--config")
        .arg(config)
        .arg("--artifacts")
        .arg(&run.artifacts)
        .output();
    command.unwrap().into()
}

#[test]
fn a_flag_wins_over_the_configuration_and_stands_in_the_manifest() {
    let (_folder, run) = finished_run("default");
    run.clone().with_flag("--mf-factors", 3).run_all(&["train-base"]);
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(run.path("train-base/manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["config"]["mf"]["factors"], 3);
    assert_eq!(manifest["config"]["mf"]["epochs"], 20);
}

#[test]
fn every_key_of_the_presets_is_a_flag() {
    for stage in pipeline_tests::STAGES {
        let help: Outcome =
            std::process::Command::new(pipeline_tests::binary(stage)).arg("--help").output().unwrap().into();
        let (_, flags) = help.stdout.split_once("Configuration (").unwrap();
        let flags: Vec<&str> = flags
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("--")?.split([' ', '[', '=']).next())
            .collect();
        for preset in ["default", "notebook"] {
            let path = pipeline_tests::workspace().join(format!("config/{preset}/{stage}.toml"));
            let table: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
            let keys = leaves("", &table);
            for key in &keys {
                assert!(flags.contains(&key.as_str()), "{}: {key} is no flag of {stage}", path.display());
            }
            // A model that a preset does not run needs no table there; a table that is there states every key.
            let tables: Vec<String> =
                table.iter().filter(|(_, value)| value.is_table()).map(name_of).collect();
            let models: Vec<String> = tables_of_models(stage);
            let is_left_out = |flag: &&&str| {
                models.iter().any(|model| flag.starts_with(&format!("{model}-")) && !tables.contains(model))
            };
            for flag in flags.iter().filter(|flag| !is_left_out(flag)) {
                assert!(keys.iter().any(|key| key == flag), "{} does not state {flag}", path.display());
            }
        }
    }
}

fn name_of((key, _): (&String, &toml::Value)) -> String {
    key.replace('_', "-")
}

/// The tables of `stage` that belong to one model each.
fn tables_of_models(stage: &str) -> Vec<String> {
    match stage {
        "train-base" => {
            let whole = toml::Table::try_from(recommenders::BaseConfig::default()).unwrap();
            whole.iter().filter(|(_, value)| value.is_table()).map(name_of).collect()
        }
        "train-meta" => rankers::MetaModel::ALL.iter().map(|model| model.key().replace('_', "-")).collect(),
        _ => Vec::new(),
    }
}

fn leaves(prefix: &str, table: &toml::Table) -> Vec<String> {
    let leaf = |(key, value): (&String, &toml::Value)| {
        let name = format!("{prefix}{}", key.replace('_', "-"));
        match value {
            toml::Value::Table(inner) => leaves(&format!("{name}-"), inner),
            _ => vec![name],
        }
    };
    table.iter().flat_map(leaf).collect()
}

#[test]
fn every_program_tells_shells_and_man_about_its_flags() {
    for program in pipeline_tests::STAGES.into_iter().chain([
        "audit",
        "ablation",
        "sweep",
        "compare",
        "seeds",
        "reproduce",
    ]) {
        let said = |flags: &[&str]| -> Outcome {
            std::process::Command::new(pipeline_tests::binary(program)).args(flags).output().unwrap().into()
        };
        let flag = if ["compare", "seeds"].contains(&program) { "metric" } else { "threads" };
        for shell in ["bash", "zsh", "fish"] {
            let outcome = said(&["--completions", shell]);
            assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{program} {shell}");
            assert!(outcome.stdout.contains(flag) && outcome.stdout.contains(program), "{}", outcome.stdout);
        }
        let manual = said(&["--man"]);
        assert!(manual.stdout.contains(&format!(".TH {program} 1")), "{}", manual.stdout);
        assert_eq!(said(&["--completions", "tcsh"]).code, Some(2), "{program}");
    }
}
