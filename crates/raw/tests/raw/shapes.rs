//! Every published shape, and files whose columns are named.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use raw::{Columns, DEFAULT_RATING_RANGE, Options, Tag};

use crate::{folder, read, rows};

fn gzipped(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Column names; the empty timestamp is none.
fn columns(user: &str, item: &str, rating: &str, timestamp: &str) -> Options {
    let columns = Columns {
        user: user.to_owned(),
        item: item.to_owned(),
        rating: rating.to_owned(),
        timestamp: (!timestamp.is_empty()).then(|| timestamp.to_owned()),
    };
    Options::new(Some(columns), DEFAULT_RATING_RANGE, false).unwrap()
}

#[test]
fn movielens_csv() {
    let data = read(&[
        ("ratings.csv", b"\xef\xbb\xbfuserId,movieId,rating,timestamp\r\n2,10,3.5,100\r\n1,20,4.0,50\r\n1,10,0.5,60"),
        (
            "movies.csv",
            b"movieId,title,genres\n10,\"Heat, The (1995)\",Action|Crime\n30,\"\"\"Odd\"\" One (2001)\",(no genres listed)\n",
        ),
        ("tags.csv", "userId,movieId,tag,timestamp\n2,10,\"naïve, slow\",101\n1,10,fun,61\n".as_bytes()),
    ])
    .unwrap();
    assert_eq!(rows(&data), [(1, 10, 0.5, 60), (1, 20, 4.0, 50), (2, 10, 3.5, 100)]);
    assert_eq!(data.rows, [2, 1, 0]);
    assert_eq!((data.n_rows, data.n_duplicates, data.n_bad_rows), (3, 0, 0));
    assert_eq!(data.items.genre_names(), ["Action", "Crime"]);
    let titles: Vec<(i64, &str, Option<i32>, u32)> =
        data.items.all().iter().map(|i| (i.item_id, i.title.as_str(), i.year, i.genres.len())).collect();
    // 20 is rated and not in movies.csv
    assert_eq!(
        titles,
        [
            (10, "Heat, The (1995)", Some(1995), 2),
            (20, "", None, 0),
            (30, "\"Odd\" One (2001)", Some(2001), 0)
        ]
    );
    let tag = |user_id, tag: &str, timestamp| Tag { user_id, item_id: 10, tag: tag.to_owned(), timestamp };
    assert_eq!(data.tags, [tag(1, "fun", 61), tag(2, "naïve, slow", 101)]);
    assert_eq!(data.files.len(), 3);
    assert!(!data.synthetic);
}

#[test]
fn gzip_is_read_as_if_it_were_not_there() {
    let text = b"userId,movieId,rating,timestamp\n1,10,4.0,50\n";
    let movies = gzipped(b"movieId,title,genres\n10,A (1990),Drama\n");
    let packed = read(&[("ratings.csv.gz", &gzipped(text)), ("movies.csv.gz", &movies)]).unwrap();
    let plain = read(&[("ratings.csv", text)]).unwrap();
    assert_eq!(packed.ratings, plain.ratings);
    assert_eq!(packed.items.get(10).unwrap().title, "A (1990)");

    let mut truncated = gzipped(text);
    truncated.truncate(truncated.len() - 12);
    let error = read(&[("ratings.csv.gz", &truncated)]).unwrap_err();
    assert!(error.to_string().contains("ratings.csv.gz: cannot be read") && !error.is_usage(), "{error}");
}

#[test]
fn double_colons_with_latin_1_titles() {
    let data = read(&[
        ("ratings.dat", b"1::1193::5::978300760\n1::661::3.5::978302109\n"),
        ("movies.dat", b"661::Mis\xe9rables, Les (1995)::Drama|Musical\n1193::Odd :: One (1975)::Drama\n"),
        ("tags.dat", b"1::661::a::b::978302110\n"),
    ])
    .unwrap();
    assert_eq!(rows(&data), [(1, 661, 3.5, 978_302_109), (1, 1193, 5.0, 978_300_760)]);
    assert_eq!(data.items.get(661).unwrap().title, "Misérables, Les (1995)");
    assert_eq!(data.items.get(1193).unwrap().title, "Odd :: One (1975)");
    assert_eq!(data.tags[0].tag, "a::b");
}

#[test]
fn tabs_with_genre_flags() {
    let item = |id: u32, title: &str, flags: &str| format!("{id}|{title}|01-Jan-1995||http://x|{flags}\n");
    let flags = |set: &[usize]| {
        (0..19).map(|g| if set.contains(&g) { "1" } else { "0" }).collect::<Vec<_>>().join("|")
    };
    let items = item(1, "Toy Story (1995)", &flags(&[3, 5])) + &item(267, "unknown", &flags(&[0]));
    let mut items = items.into_bytes();
    items.extend(b"543|Mis\xe9rables, Les (1995)|01-Jan-1995||http://x|");
    items.extend(flags(&[8]).as_bytes());
    let ratings: &[u8] = b"196\t1\t3\t881250949\n186\t543\t3\t891717742\n";

    // The genres' own names where u.genre is missing, and the file's where it is there.
    let data = read(&[("u.data", ratings), ("u.item", &items)]).unwrap();
    assert_eq!(rows(&data), [(186, 543, 3.0, 891_717_742), (196, 1, 3.0, 881_250_949)]);
    assert_eq!(data.items.genre_names(), ["Animation", "Comedy", "Drama"]);
    assert!(data.items.get(267).unwrap().genres.is_empty());
    assert_eq!(data.items.get(543).unwrap().title, "Misérables, Les (1995)");

    let names: Vec<String> = (0..19).rev().map(|g| format!("G{g:02}|{g}")).collect();
    let names = names.join("\n") + "\n\n";
    let data = read(&[("u.data", ratings), ("u.item", &items), ("u.genre", names.as_bytes())]).unwrap();
    assert_eq!(data.items.genre_names(), ["G00", "G03", "G05", "G08"]);
}

#[test]
fn a_csv_of_other_column_names() {
    let text = b"stars,who,what,why\n4,7,70,\"because, \"\"so\"\"\nit is\"\n2.5,6,70,\n";
    let folder = folder(&[("my.csv", text), ("notes.txt", b"x")]);
    let options = columns("who", "what", "stars", "");
    let data = raw::read(folder.path(), &options).unwrap();
    assert_eq!(rows(&data), [(6, 70, 2.5, 0), (7, 70, 4.0, 0)]);
    let alone = raw::read(&folder.path().join("my.csv"), &options).unwrap();
    assert_eq!(alone.ratings, data.ratings);

    let error = raw::read(folder.path(), &Options::default()).unwrap_err();
    assert!(error.is_usage());
    let message = error.to_string();
    assert!(
        message.contains("no column userId or user_id; its columns are stars, who, what, why"),
        "{message}"
    );
    let error = raw::read(folder.path(), &columns("who", "what", "stars", "at")).unwrap_err();
    assert!(error.to_string().contains("no column at;"), "{error}");
}

#[test]
fn the_latest_rating_of_a_pair_stays() {
    let data = read(&[(
        "ratings.csv",
        b"user_id,item_id,rating,timestamp\n1,10,1.0,50\n1,10,2.0,70\n1,10,3.0,60\n2,10,1.0,50\n2,10,4.0,50\n",
    )])
    .unwrap();
    assert_eq!(rows(&data), [(1, 10, 2.0, 70), (2, 10, 4.0, 50)]);
    assert_eq!((data.rows, data.n_rows, data.n_duplicates), (vec![1, 4], 5, 3));
}

#[test]
fn no_ratings_is_a_usage_error() {
    for text in [&b""[..], b"\n\n", b"userId,movieId,rating,timestamp\n"] {
        let error = read(&[("ratings.csv", text)]).unwrap_err();
        assert!(error.is_usage() && error.to_string().contains("no ratings in it"), "{error}");
    }
}

#[test]
fn generated_data_is_known_by_its_marker() {
    let data = read(&[("ratings.csv", b"userId,movieId,rating\n1,2,3\n"), ("SYNTHETIC", b"")]).unwrap();
    assert!(data.synthetic);
}
