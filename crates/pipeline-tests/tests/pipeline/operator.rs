//! The operator on parts of the users: what one machine computes of all of them, and what it says of a part that is not as it should be.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use artifacts::stream::{StreamReader, StreamWriter};
use artifacts::table::{Source, read_parquet};
use artifacts::tables::{FeatureRows, ItemStatisticsRows, PerUserRow, ScoreRows, SplitRatings, Stored};
use artifacts::{Column, Manifest, StageName, Table};
use dataset::split::Part;
use dataset::{History, ItemStatistics};
use pipeline_tests::{RunFolder, binary};
use serde_json::json;
use tempfile::TempDir;

use super::fixture::finished_run;

pub(super) fn read<T: Stored>(path: &Path) -> T {
    T::from_table(read_parquet(Source { path, schema: T::SCHEMA, make_target: "all" }).unwrap()).unwrap()
}

/// What came of a call: exit code, stderr, stdout.
pub(super) struct Called(pub Option<i32>, pub String, pub Vec<u8>);

pub(super) fn operator(args: &[&str], stdin: &[u8]) -> Called {
    let mut child = Command::new(binary("operator"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let bytes = stdin.to_vec();
    // A child that gives up closes its end.
    let feeding = std::thread::spawn(move || drop(pipe.write_all(&bytes)));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    Called(output.status.code(), String::from_utf8(output.stderr).unwrap(), output.stdout)
}

pub(super) fn succeeds(args: &[&str], stdin: &[u8]) -> Vec<u8> {
    let Called(code, stderr, stdout) = operator(args, stdin);
    assert_eq!(code, Some(0), "{args:?}: {stderr}");
    stdout
}

pub(super) fn stream(tables: Vec<Table>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::new(&mut bytes);
    for table in tables {
        writer.write(table).unwrap();
    }
    writer.finish().unwrap();
    bytes
}

/// A finished run whose models can be had of the items alone, and the files of its last round without users.
fn run_and_round() -> (TempDir, RunFolder, TempDir, String) {
    let (folder, run) = finished_run("cluster");
    let (round, prefix) = round_of(&run);
    (folder, run, round, prefix)
}

/// The files of the last round of a finished run, without users.
pub(super) fn round_of(run: &RunFolder) -> (TempDir, String) {
    let round = tempfile::tempdir().unwrap();
    let prefix = format!("{}/final-", round.path().display());
    let config = |stage| {
        let layout = artifacts::Layout::new(&run.artifacts);
        Manifest::read(&layout, stage).unwrap().config
    };
    let description = json!({
        "scale": 1.0,
        "base": config(StageName::TrainBase),
        "features": config(StageName::BuildFeatures),
        "meta_models": config(StageName::TrainMeta)["models"],
    });
    std::fs::write(format!("{prefix}round.json"), description.to_string()).unwrap();
    std::fs::copy(run.path("split/items.parquet"), format!("{prefix}items.parquet")).unwrap();
    for stage in ["train-base", "train-meta"] {
        for file in std::fs::read_dir(run.path(stage)).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_some_and(|ending| ending == "bin") {
                let name = file.file_name().unwrap().to_string_lossy().into_owned();
                std::fs::copy(&file, format!("{prefix}{name}")).unwrap();
            }
        }
    }
    write_statistics(&format!("{prefix}item_statistics.parquet"), &known(&ratings(run)));
    succeeds(&["forget-users", "--round", &prefix], &[]);
    (round, prefix)
}

pub(super) fn write_statistics(path: &str, of: &History) {
    let statistics = ItemStatisticsRows(ItemStatistics::of(of, 4.0));
    let metadata = [("podium.schema", ItemStatisticsRows::SCHEMA)];
    artifacts::table::begin_parquet(Path::new(path), statistics.into_table(), &metadata)
        .unwrap()
        .finish()
        .unwrap();
}

pub(super) fn ratings(run: &RunFolder) -> SplitRatings {
    read(&run.path("split/ratings.parquet"))
}

fn known(split: &SplitRatings) -> History {
    split.history(|part| part == Part::BaseTrain)
}

/// The rows of the users for whom `is_of_part` holds: those that are known, and those that are asked.
fn rows(split: &SplitRatings, is_of_part: impl Fn(i64) -> bool) -> Table {
    rows_of_kinds(split, is_of_part, |part| i8::from(part == Part::BaseTrain))
}

/// The rows of the users for whom `is_of_part` holds, each with its kind.
pub(super) fn rows_of_kinds(
    split: &SplitRatings,
    is_of_part: impl Fn(i64) -> bool,
    kind: impl Fn(Part) -> i8,
) -> Table {
    let rows: Vec<usize> =
        (0..split.parts.len()).filter(|&row| is_of_part(split.ratings.user_ids[row])).collect();
    let ids = |of: &[i64]| rows.iter().map(|&row| of[row]).collect::<Vec<i64>>();
    Table::new()
        .with("user_id", ids(&split.ratings.user_ids))
        .with("item_id", ids(&split.ratings.item_ids))
        .with("rating", rows.iter().map(|&row| split.ratings.values[row]).collect::<Vec<f32>>())
        .with("timestamp", ids(&split.ratings.timestamps))
        .with("known", rows.iter().map(|&row| kind(split.parts[row])).collect::<Vec<i8>>())
        .with("fold", rows.iter().map(|&row| split.folds[row]).collect::<Vec<Option<i8>>>())
}

/// A stream's pieces, read to its end.
pub(super) fn pieces(bytes: &[u8], mut take: impl FnMut(&artifacts::stream::Piece)) {
    let mut reader = StreamReader::open(bytes).unwrap();
    while let Some(piece) = reader.next_piece().unwrap() {
        take(&piece);
    }
}

#[test]
fn parts_of_the_users_have_the_features_and_scores_of_one_machine() {
    let (_folder, run, _round, prefix) = run_and_round();
    let (split, test): (_, FeatureRows) = (ratings(&run), read(&run.path("build-features/test.parquet")));
    let scores: ScoreRows = read(&run.path("evaluate/scores.parquet"));
    let (mut n_rows, mut columns) = (0, vec![Vec::new(); test.columns.len()]);
    let mut of_models = vec![Vec::new(); scores.columns.len()];
    let (first, last) = (split.ratings.user_ids[0], *split.ratings.user_ids.last().unwrap());
    let cuts = [first, first + (last - first) / 3, first + (last - first) / 2, last + 1];
    for users in cuts.windows(2) {
        let rows = stream(vec![rows(&split, |user_id| (users[0]..users[1]).contains(&user_id))]);
        let features = succeeds(&["features", "--round", &prefix, "--rows-a-block", "100"], &rows);
        let mut test_rows = Vec::new();
        pieces(&features, |piece| {
            let (user_ids, item_ids) =
                (piece.integers("user_id").unwrap(), piece.integers("item_id").unwrap());
            let ratings = piece.floats("rating").unwrap();
            let of: Vec<Vec<f64>> = test.names.iter().map(|name| piece.doubles(name).unwrap()).collect();
            let is_test =
                |&row: &usize| split.parts[split.row_of(user_ids[row], item_ids[row]).unwrap()] == Part::Test;
            let kept: Vec<usize> = (0..user_ids.len()).filter(is_test).collect();
            for (to, column) in columns.iter_mut().zip(&of) {
                to.extend(kept.iter().map(|&row| column[row]));
            }
            n_rows += kept.len();
            let keys = Table::new()
                .with("user_id", kept.iter().map(|&row| user_ids[row]).collect::<Vec<_>>())
                .with("item_id", kept.iter().map(|&row| item_ids[row]).collect::<Vec<_>>())
                .with("rating", kept.iter().map(|&row| ratings[row]).collect::<Vec<_>>());
            let columns = test.names.iter().zip(&of);
            test_rows.push(columns.fold(keys, |table, (name, column)| {
                table.with(name.clone(), kept.iter().map(|&row| column[row]).collect::<Vec<f64>>())
            }));
        });
        let scored = succeeds(&["scores", "--round", &prefix], &stream(test_rows));
        pieces(&scored, |piece| {
            for (to, name) in of_models.iter_mut().zip(&scores.names) {
                to.extend(piece.doubles(name).unwrap());
            }
        });
    }
    assert_eq!(n_rows, test.user_ids.len());
    let bits = |columns: &[Vec<f64>]| -> Vec<Vec<u64>> {
        columns.iter().map(|column| column.iter().map(|value| value.to_bits()).collect()).collect()
    };
    for ((name, found), expected) in test.names.iter().zip(bits(&columns)).zip(bits(&test.columns)) {
        assert!(found == expected, "{name} differs");
    }
    for ((name, found), expected) in scores.names.iter().zip(bits(&of_models)).zip(bits(&scores.columns)) {
        assert!(found == expected, "{name} differs");
    }
}

#[test]
fn what_is_counted_on_many_machines_makes_the_models_of_one() {
    let (_folder, run, _round, prefix) = run_and_round();
    let split = ratings(&run);
    let model = |stem: &str| std::fs::read(format!("{prefix}{stem}.bin")).unwrap();
    let stems = ["bias", "genre", "popularity", "itemknn"];
    let of_one = stems.map(model);
    for stem in stems {
        std::fs::remove_file(format!("{prefix}{stem}.bin")).unwrap();
    }
    succeeds(&["item-models", "--round", &prefix], &[]);
    let mut of_parts: Vec<(i64, Vec<u8>)> = Vec::new();
    for part in 0..3 {
        let of_part =
            |row: usize| split.parts[row] == Part::BaseTrain && split.ratings.user_ids[row] % 3 == part;
        let known: Vec<usize> = (0..split.parts.len()).filter(|&row| of_part(row)).collect();
        let table = Table::new()
            .with("user_id", known.iter().map(|&row| split.ratings.user_ids[row]).collect::<Vec<_>>())
            .with("item_id", known.iter().map(|&row| split.ratings.item_ids[row]).collect::<Vec<_>>())
            .with("rating", known.iter().map(|&row| split.ratings.values[row]).collect::<Vec<_>>());
        pieces(&succeeds(&["co-ratings", "--rows-a-block", "200"], &stream(vec![table])), |piece| {
            of_parts.extend(
                piece.integers("item_id").unwrap().into_iter().zip(piece.binaries("co_ratings").unwrap()),
            );
        });
    }
    of_parts.sort_by_key(|row| row.0);
    let (ids, bytes): (Vec<i64>, Vec<Vec<u8>>) = of_parts.into_iter().unzip();
    let rows = Table::new().with("item_id", ids).with("co_ratings", Column::Binary(bytes));
    let merged = succeeds(&["merge-co-ratings"], &stream(vec![rows]));
    succeeds(&["item-knn", "--round", &prefix], &merged);
    for (stem, of_one) in stems.iter().zip(of_one) {
        assert!(model(stem) == of_one, "{stem} differs");
    }
}

#[test]
fn metrics_of_parts_are_those_of_all() {
    let (_folder, run, _round, prefix) = run_and_round();
    let scores: ScoreRows = read(&run.path("evaluate/scores.parquet"));
    let expected: Vec<PerUserRow> = read(&run.path("evaluate/per_user.parquet"));
    let names = read::<FeatureRows>(&run.path("build-features/test.parquet")).names.join(",");
    let models = succeeds(&["models", "--round", &prefix, "--features", &names], &[]);
    let models: serde_json::Value = serde_json::from_slice(&models).unwrap();
    let of_scale = |scale: &str| {
        let of = models.as_array().unwrap().iter().filter(|model| model["scale"] == scale);
        of.map(|model| model["model"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(",")
    };
    let bytes = stream(vec![scores.into_table()]);
    let mut n_rows = 0;
    let mut total = 0.0;
    pieces(&succeeds(&["metrics", "--rows-a-block", "50"], &bytes), |piece| {
        n_rows += piece.n_rows();
        total += piece.doubles("value").unwrap().iter().sum::<f64>();
    });
    let sum: f64 = expected.iter().map(|row| row.value).sum();
    assert!(
        n_rows == expected.len() && (total - sum).abs() < 1e-8,
        "{n_rows} rows of {total}, expected {sum}"
    );
    let (stars, probabilities) = (of_scale("stars"), of_scale("probability"));
    let sums = succeeds(
        &["metric-sums", "--stars", &stars, "--probabilities", &probabilities, "--rows-a-block", "50"],
        &bytes,
    );
    let metrics: Vec<artifacts::tables::MetricRow> = read(&run.path("evaluate/metrics.parquet"));
    let mut n_compared = 0;
    pieces(&succeeds(&["metric-means"], &sums), |piece| {
        let (of, metric) = (piece.texts("model").unwrap(), piece.texts("metric").unwrap());
        let (ks, values) = (piece.optional_integers("k").unwrap(), piece.doubles("value").unwrap());
        for row in 0..piece.n_rows() {
            let is_it = |number: &&artifacts::tables::MetricRow| {
                (&number.model, &number.metric, number.k.map(i64::from)) == (&of[row], &metric[row], ks[row])
                    && number.segment == "all"
            };
            let number =
                metrics.iter().find(is_it).unwrap_or_else(|| panic!("{} of {}", metric[row], of[row]));
            assert!((number.value - values[row]).abs() < 1e-12, "{} of {}", metric[row], of[row]);
            n_compared += 1;
        }
    });
    assert!(n_compared > 100, "{n_compared} numbers");
}

#[test]
fn a_part_that_is_not_as_it_should_be_is_an_error_without_an_end() {
    let (_folder, run, _round, prefix) = run_and_round();
    let whole = stream(vec![rows(&ratings(&run), |_| true)]);
    let ratings = |values: Vec<Option<f32>>, users: Vec<i64>| {
        let n = users.len();
        stream(vec![
            Table::new()
                .with("user_id", users)
                .with("item_id", (0..n as i64).collect::<Vec<_>>())
                .with("rating", values)
                .with("timestamp", vec![0i64; n])
                .with("known", vec![1i8; n])
                .with("fold", vec![None::<i8>; n]),
        ])
    };
    let features = ["features", "--round", &prefix, "--rows-a-block", "100"];
    for (bytes, said) in [
        (ratings(vec![Some(4.0), None], vec![1, 1]), "row 1 of the stream: column `rating` is null"),
        (
            ratings(vec![Some(4.0); 3], vec![1, 2, 1]),
            "row 2 of the stream: user 1 and item 2 stand behind user 2 and item 1",
        ),
        (
            ratings(vec![Some(4.0)], vec![1]),
            "user 1 rated item 0, which is not among the items that were counted",
        ),
        (whole[..whole.len() - 8].to_vec(), "it was cut off"),
        (whole[..whole.len() / 2].to_vec(), "the stream of rows: broken"),
        (b"user_id,item_id\n".to_vec(), "it is no Arrow IPC stream"),
    ] {
        let Called(code, stderr, stdout) = operator(&features, &bytes);
        assert!(code == Some(3) && stderr.contains(said), "{code:?} {stderr}, expected {said}");
        let is_whole = StreamReader::open(stdout.as_slice()).is_ok_and(|mut reader| {
            loop {
                match reader.next_piece() {
                    Ok(Some(_)) => {}
                    Ok(None) => return true,
                    Err(_) => return false,
                }
            }
        });
        assert!(!is_whole, "half a result looks whole: {said}");
    }
    std::fs::remove_file(format!("{prefix}mf.bin")).unwrap();
    let Called(code, stderr, _) = operator(&features, &whole);
    assert!(code == Some(3) && stderr.contains("final-mf.bin is missing"), "{code:?} {stderr}");
    let Called(code, stderr, _) = operator(&["features", "--round", "/no/such/"], &whole);
    assert!(code == Some(3) && stderr.contains("/no/such/round.json is missing"), "{code:?} {stderr}");
}
