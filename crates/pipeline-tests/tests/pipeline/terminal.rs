//! What a stage prints where stderr is no terminal.

use super::fixture::{finished_run, new_run};

#[test]
fn a_stage_says_one_line_on_stderr() {
    let (_folder, run) = new_run("default");
    let outcome = run.run("split");
    assert_eq!(outcome.stdout, "");
    let line = outcome.stderr.trim_end();
    assert!(!line.contains('\n') && !line.contains('\x1b') && !line.contains('\r'), "{line:?}");
    assert!(line.starts_with("split: read 4,000 ratings of 80 users and "), "{line}");
    assert!(line.contains("; wrote ") && line.ends_with(" MB peak"), "{line}");
}

#[test]
fn evaluate_prints_the_comparison_on_stdout() {
    let (_folder, run) = finished_run("default");
    let outcome = run.run("evaluate");
    for expected in ["NDCG@10", "GBStack", "SimpleAverage4", "left out"] {
        assert!(outcome.stdout.contains(expected), "{}", outcome.stdout);
    }
    assert!(!outcome.stdout.contains('\x1b'), "{}", outcome.stdout);
}

#[test]
fn quiet_is_quiet() {
    let (_folder, run) = finished_run("default");
    for stage in pipeline_tests::STAGES {
        let mut command = run.command(stage);
        let outcome: pipeline_tests::Outcome = command.arg("--quiet").output().unwrap().into();
        assert_eq!(
            (outcome.code, outcome.stdout.as_str(), outcome.stderr.as_str()),
            (Some(0), "", ""),
            "{stage}"
        );
    }
}
