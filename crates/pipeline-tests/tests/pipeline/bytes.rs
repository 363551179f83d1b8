//! Same inputs, configuration and seed: the same bytes.

use pipeline_tests::{STAGES, same_bytes};

use super::fixture::new_run;

#[test]
fn the_number_of_threads_changes_no_byte() {
    for preset in ["notebook", "default", "catalogue", "temporal"] {
        let (_one, alone) = new_run(preset);
        let (_two, together) = new_run(preset);
        let (alone, together) = (alone.with_flag("--threads", 1), together.with_flag("--threads", 2));
        alone.run_all(&STAGES);
        together.run_all(&STAGES);
        same_bytes(&alone.artifacts, &together.artifacts);
    }
}

#[test]
fn another_seed_changes_the_split_and_the_models() {
    let (_a, first) = new_run("default");
    let (_b, second) = new_run("default");
    let (first, second) = (first.with_flag("--seed", 1), second.with_flag("--seed", 2));
    first.run_all(&STAGES[..2]);
    second.run_all(&STAGES[..2]);
    for artifact in ["split/ratings.parquet", "train-base/mf.bin", "train-base/oof_scores.parquet"] {
        let read = |path| std::fs::read(path).unwrap();
        assert_ne!(read(first.path(artifact)), read(second.path(artifact)), "{artifact}");
    }
}

#[test]
fn the_order_of_the_raw_rows_changes_nothing_but_the_row_numbers() {
    let (folder, run) = new_run("notebook");
    run.run_all(&STAGES);
    let shuffled = folder.path().join("shuffled");
    std::fs::create_dir(&shuffled).unwrap();
    for entry in std::fs::read_dir(&run.data).unwrap().flatten() {
        std::fs::copy(entry.path(), shuffled.join(entry.file_name())).unwrap();
    }
    let text = std::fs::read_to_string(run.data.join("ratings.csv")).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let backwards: Vec<&str> = rows.lines().rev().collect();
    std::fs::write(shuffled.join("ratings.csv"), format!("{header}\n{}\n", backwards.join("\n"))).unwrap();
    let mut other = run.clone();
    other.artifacts = folder.path().join("other");
    other.data = shuffled;
    other.split_flags.extend(["--dataset".to_owned(), "small".to_owned()]);
    other.run_all(&STAGES);
    for artifact in
        ["train-base/mf.bin", "build-features/test.parquet", "train-meta/gb.bin", "evaluate/metrics.parquet"]
    {
        assert!(
            std::fs::read(run.path(artifact)).unwrap() == std::fs::read(other.path(artifact)).unwrap(),
            "{artifact}"
        );
    }
}
