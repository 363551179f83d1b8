//! Lists by the operator, of parts of the users: those of one machine, and what it says where it cannot make them.

use std::fmt::Write as _;

use artifacts::stream::{Piece, StreamReader};
use artifacts::tables::{Recommendations, Stored as _};
use artifacts::{Layout, Manifest, StageName};
use dataset::split::Part;
use pipeline_tests::{RunFolder, STAGES};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::fixture::new_run;
use super::operator::{
    Called, operator, pieces, ratings, read, round_of, rows_of_kinds, stream, succeeds, write_statistics,
};

/// A finished run in which two users have test ratings alone.
fn run_with_cold_users(stacking: &str) -> (TempDir, RunFolder) {
    let (folder, mut run) = new_run("cluster");
    run.split_flags.extend(["--stacking".to_owned(), stacking.to_owned()]);
    run.run_all(&["split"]);
    let split = ratings(&run);
    let mut assignments = "row,split\n".to_owned();
    for row in 0..split.parts.len() {
        let is_cold = [split.ratings.user_ids[0], split.ratings.user_ids[split.parts.len() / 2]];
        let part = if is_cold.contains(&split.ratings.user_ids[row]) { Part::Test } else { split.parts[row] };
        let part = match part {
            Part::BaseTrain => "base_train",
            Part::MetaTrain => "meta_train",
            Part::Test => "test",
        };
        writeln!(assignments, "{},{part}", split.rows[row]).unwrap();
    }
    let file = folder.path().join("assignments.csv");
    std::fs::write(&file, assignments).unwrap();
    let run = run.with_assignments(&file);
    run.run_all(&STAGES);
    (folder, run)
}

/// The stage's lists, and the round's files with the configuration that made them. The last round of `hold_out` does not know all training ratings.
fn lists_and_round(run: &RunFolder, stacking: &str, flags: &[&str]) -> (Recommendations, TempDir, String) {
    let output = run.command("recommend").args(flags).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (round, prefix) = round_of(run);
    let split = ratings(run);
    let training = split.history(|part| part != Part::Test);
    let config = Manifest::read(&Layout::new(&run.artifacts), StageName::Recommend).unwrap().config;
    describe(&prefix, |description| {
        description["lists"] = json!(config);
        description["last_time"] = json!(training.times().iter().max());
    });
    let counted = if stacking == "hold_out" { "training_statistics" } else { "item_statistics" };
    write_statistics(&format!("{prefix}{counted}.parquet"), &training);
    (read(&run.path("recommend/recommendations.parquet")), round, prefix)
}

/// Changes the round's description.
fn describe(prefix: &str, change: impl FnOnce(&mut Value)) {
    let path = format!("{prefix}round.json");
    let mut description: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut description);
    std::fs::write(path, description.to_string()).unwrap();
}

/// Rows of lists, numbers as their bits.
#[derive(Debug, PartialEq, Default)]
struct Rows {
    integers: Vec<[i64; 3]>,
    texts: Vec<[String; 2]>,
    numbers: Vec<Vec<u64>>,
}

impl Rows {
    fn take(&mut self, piece: &Piece, names: &[String]) {
        let [users, ranks, items] = ["user_id", "rank", "item_id"].map(|name| piece.integers(name).unwrap());
        let [titles, reasons] = ["title", "reasons"].map(|name| piece.texts(name).unwrap());
        let names = ["score", "probability"].into_iter().chain(names.iter().map(String::as_str));
        let columns: Vec<Vec<f64>> = names.map(|name| piece.doubles(name).unwrap()).collect();
        for row in 0..users.len() {
            self.integers.push([users[row], ranks[row], items[row]]);
            self.texts.push([titles[row].clone(), reasons[row].clone()]);
            self.numbers.push(columns.iter().map(|column| column[row].to_bits()).collect());
        }
    }
}

fn kinds_of_final(stacking: &str) -> impl Fn(Part) -> i8 {
    let of_meta = if stacking == "hold_out" { 2 } else { 1 };
    move |part| match part {
        Part::BaseTrain => 1,
        Part::MetaTrain => of_meta,
        Part::Test => 0,
    }
}

#[test]
fn parts_of_the_users_have_the_lists_of_one_machine() {
    let reranked = ["--rerank-diversity", "0.3", "--rerank-popularity", "0.2", "--include-rated=true"];
    // Few of the small set's items have the raters that the preset asks for.
    for (stacking, flags) in [
        ("hold_out", &["--min-ratings", "3"][..]),
        ("hold_out", &[&["--min-ratings", "0"], &reranked[..]].concat()),
        ("k_fold", &["--min-ratings", "3", "--proposers", "itemknn,popularity"]),
    ] {
        let (_folder, run) = run_with_cold_users(stacking);
        let (of_one, _round, prefix) = lists_and_round(&run, stacking, flags);
        assert!(of_one.user_ids.len() == 800 && of_one.reasons.iter().all(|reason| !reason.is_empty()));
        let mut expected = Rows::default();
        let names = of_one.names.clone();
        pieces(&stream(vec![of_one.into_table()]), |piece| expected.take(piece, &names));
        let split = ratings(&run);
        let mut found = Rows::default();
        for (part, threads) in [(0, "1"), (1, "2"), (2, "1")] {
            let users = split.ratings.user_ids.as_slice();
            let cuts = [users[0], users[users.len() / 3], users[users.len() / 2], i64::MAX];
            let is_here = |user_id: i64| (cuts[part]..cuts[part + 1]).contains(&user_id);
            let rows = stream(vec![rows_of_kinds(&split, is_here, kinds_of_final(stacking))]);
            let args = ["recommend", "--round", &prefix, "--rows-a-block", "100", "--threads", threads];
            pieces(&succeeds(&args, &rows), |piece| found.take(piece, &names));
        }
        assert!(found == expected, "{stacking} {flags:?}");
    }
}

#[test]
fn what_lists_cannot_be_made_of_is_said() {
    let (_folder, run) = run_with_cold_users("hold_out");
    let (of_one, _round, prefix) = lists_and_round(&run, "hold_out", &["--min-ratings", "3"]);
    let args = ["recommend", "--round", &prefix];
    // Nobody has the columns of somebody, and no row.
    let nobody = rows_of_kinds(&ratings(&run), |_| false, |_| 1);
    let mut reader =
        StreamReader::open(std::io::Cursor::new(succeeds(&args, &stream(vec![nobody])))).unwrap();
    assert_eq!(
        reader.names(),
        of_one.clone().into_table().columns().iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()
    );
    while let Some(piece) = reader.next_piece().unwrap() {
        assert_eq!(piece.n_rows(), 0);
    }

    let rows = |kind: i8| stream(vec![rows_of_kinds(&ratings(&run), |_| true, |_| kind)]);
    let refuses = |stdin: &[u8], code: i32, said: &str| {
        let Called(found, stderr, stdout) = operator(&args, stdin);
        assert!(found == Some(code) && stderr.contains(said), "{found:?} {stderr}, expected {said}");
        assert!(stdout.is_empty(), "{said}");
    };
    refuses(&rows(7), 3, "row 0 of the stream: column `known` is 7, expected 1 for a known rating, 2 for");
    std::fs::remove_file(format!("{prefix}training_statistics.parquet")).unwrap();
    refuses(&rows(2), 3, "training_statistics.parquet, is missing among the round's files");
    describe(&prefix, |description| description["lists"]["contributions"] = json!(true));
    refuses(&rows(1), 2, "contributions = true: there is one stream of results");
    describe(&prefix, |description| description["lists"]["proposers"] = json!(["svdpp"]));
    refuses(&rows(1), 2, "proposers holds svdpp, must be some of the models of train-base: bias");
    describe(&prefix, |description| description["last_time"] = Value::Null);
    refuses(&rows(1), 2, "`last_time` is missing in ");
    describe(&prefix, |description| description["lists"] = Value::Null);
    refuses(&rows(1), 2, "`lists` is missing in ");
}
