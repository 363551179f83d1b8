//! Malformed rows: the message of each, and what skipping them leaves.

use proptest::prelude::*;
use raw::{DEFAULT_RATING_RANGE, Error, Options};

use crate::{folder, read, rows};

fn skipping() -> Options {
    Options::new(None, DEFAULT_RATING_RANGE, true).unwrap()
}

#[test]
fn each_malformed_row_is_named() {
    for (row, column, problem) in [
        ("1,10,4.0", "timestamp", "found 3 fields, expected 4"),
        ("1", "movieId", "found 1 field, expected 4"),
        ("1,10,4.0,5,6", "timestamp", "found 5 fields, expected 4"),
        ("one,10,4.0,5", "userId", "found \"one\", expected a whole number from 0 to 9223372036854775807"),
        ("-1,10,4.0,5", "userId", "found \"-1\", expected a whole number from 0 to 9223372036854775807"),
        ("1,9223372036854775808,4.0,5", "movieId", "found \"9223372036854775808\", expected a whole number"),
        ("1,10,NaN,5", "rating", "found \"NaN\", expected a rating from 0 to 10"),
        ("1,10,inf,5", "rating", "found \"inf\", expected a rating from 0 to 10"),
        ("1,10,10.5,5", "rating", "found \"10.5\", expected a rating from 0 to 10"),
        ("1,10,,5", "rating", "found \"\", expected a rating from 0 to 10"),
        ("1,10,4.0,5 o'clock", "timestamp", "found \"5 o'clock\", expected whole seconds since 1970"),
        ("1,10,4.0,", "timestamp", "found \"\", expected whole seconds since 1970"),
    ] {
        let text = format!("userId,movieId,rating,timestamp\n1,9,4.0,5\n\n{row}\n2,10,3.0,5\n");
        let folder = folder(&[("ratings.csv", text.as_bytes())]);
        let error = raw::read(folder.path(), &Options::default()).unwrap_err();
        assert!(matches!(error, Error::BadRow(_)) && !error.is_usage());
        let message = error.to_string();
        let expected = format!("ratings.csv, line 4, column {column}: {problem}");
        assert!(message.contains(&expected), "{message}\n{expected}");
        assert!(message.ends_with("; --skip-bad-rows would skip such rows and list them"), "{message}");

        let data = raw::read(folder.path(), &skipping()).unwrap();
        assert_eq!(rows(&data), [(1, 9, 4.0, 5), (2, 10, 3.0, 5)]);
        assert_eq!((data.rows, data.n_rows, data.n_bad_rows), (vec![0, 2], 3, 1));
        assert_eq!((data.bad_rows[0].line, data.bad_rows[0].column.as_str()), (4, column));
    }
}

#[test]
fn invalid_utf_8_in_a_csv_title_or_tag_is_malformed() {
    let ratings: (&str, &[u8]) = ("ratings.csv", b"userId,movieId,rating\n1,2,3\n");
    let movies: (&str, &[u8]) = ("movies.csv", b"movieId,title,genres\n2,Mis\xe9rables,Drama\n");
    let error = read(&[ratings, movies]).unwrap_err();
    let expected = "movies.csv, line 2, column title: found \"Mis\\xe9rables\", expected UTF-8 text";
    assert!(error.to_string().contains(expected), "{error}");
    let tags: (&str, &[u8]) = ("tags.csv", b"userId,movieId,tag,timestamp\n1,2,\xff,3\n1,2,ok,4\n");
    let data = raw::read(folder(&[ratings, movies, tags]).path(), &skipping()).unwrap();
    assert_eq!((data.n_bad_rows, data.tags.len(), data.items.get(2).unwrap().title.as_str()), (2, 1, ""));
}

#[test]
fn files_without_a_header_say_their_columns_too() {
    let error = read(&[("ratings.dat", b"1::2::3::4\n1::x::3::4\n")]).unwrap_err();
    assert!(error.to_string().contains("ratings.dat, line 2, column item: found \"x\""), "{error}");
    let error = read(&[("u.data", b"1\t2\t3\n")]).unwrap_err();
    assert!(error.to_string().contains("u.data, line 1, column timestamp: found 3 fields"), "{error}");
    let error = read(&[("u.data", b"1\t2\t3\t4\n"), ("u.item", b"2|Title|x|x|x|0|2\n")]).unwrap_err();
    assert!(
        error.to_string().contains("u.item, line 1, column genres: found 7 fields, expected 24"),
        "{error}"
    );
}

#[test]
fn nothing_but_malformed_rows_is_no_ratings() {
    let folder = folder(&[("ratings.csv", b"userId,movieId,rating\nx,2,3\ny,2,3\n")]);
    let error = raw::read(folder.path(), &skipping()).unwrap_err();
    let message = error.to_string();
    assert!(
        error.is_usage() && message.contains("no ratings in it, 2 malformed rows were skipped"),
        "{message}"
    );
}

#[test]
fn the_accepted_range_is_the_callers() {
    let files: &[(&str, &[u8])] = &[("ratings.csv", b"userId,movieId,rating\n1,2,-3\n")];
    assert!(read(files).is_err());
    let options = Options::new(None, (-10.0, 10.0), false).unwrap();
    let data = raw::read(folder(files).path(), &options).unwrap();
    assert_eq!(rows(&data), [(1, 2, -3.0, 0)]);
}

#[test]
fn the_65th_genre_is_an_error() {
    let genres: Vec<String> = (0..65).map(|g| format!("g{g}")).collect();
    let movies = format!("movieId,title,genres\n2,T,{}\n", genres.join("|"));
    let error =
        read(&[("ratings.csv", b"userId,movieId,rating\n1,2,3\n"), ("movies.csv", movies.as_bytes())]);
    let message = error.unwrap_err().to_string();
    assert!(message.contains("movies.csv: 65 distinct genres, at most 64"), "{message}");
}

/// Text that is nearly a data file: more likely to get past the first field than random bytes.
fn nearly_csv() -> impl Strategy<Value = Vec<u8>> {
    let header = "userId,movieId,rating,timestamp\n";
    let rows = prop::collection::vec(
        "[0-9]{1,3}[,:|\t]{1,2}[0-9]{1,20},[0-9.\"eN-]{0,4},[0-9 \"\u{e9}]{0,5}\r?\n?",
        0..12,
    );
    (rows, prop::collection::vec(any::<u8>(), 0..20))
        .prop_map(move |(rows, noise)| [header.as_bytes(), rows.concat().as_bytes(), &noise].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_data_or_an_error(bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..200), nearly_csv()]) {
        for names in [["ratings.csv", "movies.csv"], ["ratings.dat", "movies.dat"], ["u.data", "u.item"], ["r.parquet", "tags.csv"]] {
            let good: &[u8] = b"userId,movieId,rating,timestamp\n1,2,3,4\n";
            for files in [[(names[0], &bytes[..]), (names[1], &bytes)], [("ratings.csv", good), (names[1], &bytes)]] {
                let folder = folder(&files);
                let _ = raw::read(folder.path(), &Options::default());
                if let Ok(data) = raw::read(folder.path(), &skipping()) {
                    prop_assert_eq!(data.ratings.len(), data.rows.len());
                    let pairs: Vec<_> = rows(&data).iter().map(|r| (r.0, r.1)).collect();
                    prop_assert!(pairs.is_sorted_by(|a, b| a < b));
                }
            }
            let file = folder(&[(names[0], &bytes)]);
            let _ = raw::read_assignments(&file.path().join(names[0]), 3);
        }
    }
}
