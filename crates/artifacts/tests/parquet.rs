//! Tables through Parquet files and back, and what damaged ones answer.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use artifacts::table::{
    Positional, ROW_GROUP_ROWS, Source, TableFile, TableWriter, begin_parquet, read_parquet,
};
use artifacts::tables::{CurvePoint, ScoreRows, SplitRatings, Stored};
use artifacts::{Error, Table};
use dataset::split::Part;
use dataset::{Items, Rating};

fn source<'a>(path: &'a Path, schema: &'a str) -> Source<'a> {
    Source { path, schema, make_target: "split" }
}

fn write<S: Stored>(path: &Path, stored: S) {
    begin_parquet(path, stored.into_table(), &[("podium.schema", S::SCHEMA)]).unwrap().finish().unwrap();
}

fn read<S: Stored>(path: &Path) -> Result<S, Error> {
    let source = source(path, S::SCHEMA);
    let table = read_parquet(source)?;
    S::from_table(table).map_err(|problem| source.corrupt(problem))
}

fn split_ratings() -> SplitRatings {
    let rating = |user_id, item_id, value| Rating { user_id, item_id, value, timestamp: 1_000_000_000_000 };
    SplitRatings {
        rows: vec![1, 0],
        ratings: [rating(1, 3_000_000_000, 4.5), rating(2, 7, 0.5)].into_iter().collect(),
        parts: vec![Part::Test, Part::BaseTrain],
        folds: vec![None, Some(4)],
    }
}

#[test]
fn tables_come_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    write(&path, split_ratings());
    assert_eq!(read::<SplitRatings>(&path).unwrap(), split_ratings());

    let rows = vec![(1, "A, \"B\" (1999)".to_owned(), vec!["Drama".to_owned()]), (2, String::new(), vec![])];
    let items = Items::new(rows).unwrap();
    write(&path, items.clone());
    assert_eq!(read::<Items>(&path).unwrap(), items);

    let point = CurvePoint {
        model: "MFModel".into(),
        rows: "train".into(),
        metric: "rmse".into(),
        iteration: 1,
        value: 0.9,
    };
    write(&path, vec![point.clone()]);
    assert_eq!(read::<Vec<CurvePoint>>(&path).unwrap(), [point]);
}

#[test]
fn the_same_table_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b] = ["a.parquet", "b.parquet"].map(|name| folder.path().join(name));
    write(&a, split_ratings());
    write(&b, split_ratings());
    assert_eq!(std::fs::read(a).unwrap(), std::fs::read(b).unwrap());
}

/// More rows than two row groups hold, `n` of them from row `first` on.
fn many(first: usize, n: usize) -> ScoreRows {
    let rows = first..first + n;
    ScoreRows {
        user_ids: rows.clone().map(|row| row as i64 / 3).collect(),
        item_ids: rows.clone().map(|row| row as i64 % 3).collect(),
        ratings: rows.clone().map(|row| (row % 10) as f32 / 2.0).collect(),
        names: vec!["score_a".to_owned()],
        columns: vec![rows.map(|row| (row as f64).sqrt()).collect()],
    }
}

#[test]
fn a_table_in_pieces_has_the_bytes_of_the_whole() {
    const N: usize = 2 * ROW_GROUP_ROWS + 7;
    let folder = tempfile::tempdir().unwrap();
    let [a, b] = ["a.parquet", "b.parquet"].map(|name| folder.path().join(name));
    write(&a, many(0, N));
    let mut writer = TableWriter::open(&b, &[("podium.schema", ScoreRows::SCHEMA)]).unwrap();
    for (first, n) in
        [(0, 5), (5, 0), (5, ROW_GROUP_ROWS - 5), (ROW_GROUP_ROWS, ROW_GROUP_ROWS + 6), (N - 1, 1)]
    {
        writer.write(many(first, n).into_table()).unwrap();
    }
    assert_eq!(writer.n_rows(), N as u64);
    writer.close().unwrap().finish().unwrap();
    assert!(std::fs::read(&a).unwrap() == std::fs::read(&b).unwrap());

    let file = TableFile::open(
        Positional::new(std::fs::File::open(&a).unwrap()).unwrap(),
        source(&a, ScoreRows::SCHEMA),
    );
    let file = file.unwrap();
    assert_eq!((file.n_rows(), file.n_groups()), (N, 3));
    assert!(ScoreRows::from_file(&file).unwrap() == many(0, N));
    let table = file.read_groups(2..3, |name| name == "user_id").unwrap();
    assert_eq!(table, Table::new().with("user_id", many(2 * ROW_GROUP_ROWS, 7).user_ids));
}

#[test]
fn a_piece_with_other_columns_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let mut writer = TableWriter::open(&path, &[]).unwrap();
    writer.write(many(0, 5).into_table()).unwrap();
    let error = writer.write(split_ratings().into_table()).unwrap_err();
    assert!(matches!(error, Error::Write { .. }), "{error}");
    drop(writer);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn every_cut_of_a_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    write(&path, split_ratings());
    let bytes = std::fs::read(&path).unwrap();
    for length in (0..bytes.len()).step_by(7) {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let error = read_parquet(source(&path, SplitRatings::SCHEMA)).unwrap_err();
        assert!(matches!(error, Error::Corrupt { .. }), "cut at {length}: {error}");
    }
}

#[test]
fn another_table_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    write(&path, split_ratings());
    let error = read_parquet(source(&path, "split.items/1")).unwrap_err();
    let expected = "t.parquet holds split.ratings/1, expected split.items/1; run `make split`";
    assert!(error.to_string().ends_with(expected), "{error}");
}

#[test]
fn a_missing_column_is_named() {
    let problem = SplitRatings::from_table(Table::new().with("user_id", vec![1i64])).unwrap_err();
    assert_eq!(problem, "column `item_id` is missing");
}
