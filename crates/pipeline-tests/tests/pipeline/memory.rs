//! `--max-memory`: a stage that would need more refuses before it touches anything.

use pipeline_tests::{STAGES, files_below};

use super::fixture::finished_run;

#[test]
fn more_memory_than_is_allowed_is_refused_beforehand() {
    let (_folder, run) = finished_run("default");
    let before = files_below(&run.artifacts);
    for stage in STAGES {
        let outcome: pipeline_tests::Outcome =
            run.command(stage).args(["--max-memory", "1MB"]).output().unwrap().into();
        assert_eq!(outcome.code, Some(2), "{stage}: {}", outcome.stderr);
        assert!(outcome.stderr.contains("--max-memory allows 1 MB"), "{stage}: {}", outcome.stderr);
    }
    assert!(before == files_below(&run.artifacts), "something was changed");
}

#[test]
fn what_is_allowed_changes_no_byte() {
    let (_folder, run) = finished_run("notebook");
    let before = files_below(&run.artifacts);
    for stage in STAGES {
        let outcome: pipeline_tests::Outcome =
            run.command(stage).args(["--max-memory", "1GiB"]).output().unwrap().into();
        assert_eq!(outcome.code, Some(0), "{stage}: {}", outcome.stderr);
        assert!(
            outcome.stderr.contains("of memory") || outcome.stderr.is_empty(),
            "{stage}: {}",
            outcome.stderr
        );
    }
    let after = files_below(&run.artifacts);
    let is_result = |file: &str| !file.ends_with("manifest.json") && !file.contains("/report/");
    for (file, bytes) in before.iter().filter(|(file, _)| is_result(file)) {
        assert!(Some(bytes) == after.get(file), "{file} differs");
    }
}

#[test]
fn an_amount_that_is_none_is_wrong_usage() {
    let (_folder, run) = finished_run("notebook");
    let outcome: pipeline_tests::Outcome =
        run.command("split").args(["--max-memory", "plenty"]).output().unwrap().into();
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("expected an amount of memory, for example 4GiB"), "{}", outcome.stderr);
}
