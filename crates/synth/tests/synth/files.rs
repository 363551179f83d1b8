//! Counts, bytes, and what happens to the output folder.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use synth::{Error, Shape};

use crate::generate;

const FILES: [&str; 6] = ["ratings.csv", "movies.csv", "tags.csv", "links.csv", "README.txt", "SYNTHETIC"];

fn bytes(folder: &Path) -> Vec<Vec<u8>> {
    FILES.iter().map(|name| fs::read(folder.join(name)).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// From one rating a user to every user rating every item.
    #[test]
    fn counts_are_exact(n_users in 1u32..30, n_items in 1u32..50, share in 0.0f64..=1.0, seed in any::<u64>()) {
        let (fewest, most) = (u64::from(n_users), u64::from(n_users) * u64::from(n_items));
        let n_ratings = fewest + (share * (most - fewest) as f64) as u64;
        let folder = tempfile::tempdir().unwrap();
        let data = generate(&folder.path().join("data"), n_users, n_items, n_ratings, seed);
        prop_assert_eq!((data.ratings.len() as u64, data.n_rows, data.n_duplicates), (n_ratings, n_ratings, 0));
        prop_assert_eq!(data.items.all().len() as u32, n_items);
        prop_assert_eq!(data.ratings.user_ids.chunk_by(|a, b| a == b).count() as u32, n_users);
        prop_assert!(data.synthetic);
        prop_assert!(data.ratings.values.iter().all(|&v| (0.5..=5.0).contains(&v) && (v * 2.0).fract() == 0.0));
        prop_assert!(data.rows.is_sorted(), "ratings.csv is sorted by user and item");
    }
}

#[test]
fn the_seed_fixes_every_byte() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, seed| {
        generate(&folder.path().join(name), 150, 300, 6000, seed);
        bytes(&folder.path().join(name))
    };
    let first = at("first", 1);
    assert_eq!(first, at("second", 1));
    assert_ne!(first[0], at("third", 2)[0]);
    // Users are rendered by tasks: the number of threads changes nothing.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(first, pool.install(|| at("one thread", 1)));
}

#[test]
fn only_generated_folders_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("data");
    let shape = Shape::new(5, 10, 20, 1).unwrap();

    // Over an empty folder, over its own output, and over what a killed run left beside it.
    fs::create_dir(&out).unwrap();
    for _ in 0..2 {
        fs::create_dir_all(folder.path().join(".data.partial/x")).unwrap();
        fs::create_dir_all(folder.path().join(".data.replaced/x")).unwrap();
        synth::generate(&shape, &out).unwrap();
        let names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["data"]);
    }

    let mine = folder.path().join("mine");
    fs::create_dir(&mine).unwrap();
    fs::write(mine.join("ratings.csv"), "precious").unwrap();
    let error = synth::generate(&shape, &mine).unwrap_err();
    assert!(matches!(error, Error::NotGenerated(_)) && error.is_usage(), "{error}");
    assert_eq!(fs::read(mine.join("ratings.csv")).unwrap(), b"precious");

    let error = synth::generate(&shape, &mine.join("ratings.csv/data")).unwrap_err();
    assert!(!error.is_usage() && error.to_string().contains("cannot be written"), "{error}");
}
