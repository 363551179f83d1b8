//! Recommending: whole lists for everybody, lists for some, and people who are not in the data set.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use artifacts::Manifest;
use artifacts::table::{Source, read_parquet};
use artifacts::tables::{ContributionRow, Recommendations, SplitRatings, Stored};
use artifacts::{Layout, StageName};
use pipeline_tests::{Outcome, RunFolder, same_bytes};

use super::fixture::{finished_run, new_run};

fn read<T: Stored>(path: &Path) -> T {
    T::from_table(read_parquet(Source { path, schema: T::SCHEMA, make_target: "recommend" }).unwrap())
        .unwrap()
}

fn recommend(run: &RunFolder, flags: &[&str]) -> Outcome {
    run.command("recommend").args(flags).output().unwrap().into()
}

fn succeeds(run: &RunFolder, flags: &[&str]) -> Outcome {
    let outcome = recommend(run, flags);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    outcome
}

fn everybody(run: &RunFolder, flags: &[&str]) -> Recommendations {
    succeeds(run, flags);
    read(&run.path("recommend/recommendations.parquet"))
}

fn count(run: &RunFolder, name: &str) -> f64 {
    let manifest = Manifest::read(&Layout::new(&run.artifacts), StageName::Recommend).unwrap();
    manifest.counts[name].as_f64().unwrap()
}

/// User -> items, best first.
fn lists(rows: &Recommendations) -> BTreeMap<i64, Vec<i64>> {
    let mut lists: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (user, item) in rows.user_ids.iter().zip(&rows.item_ids) {
        lists.entry(*user).or_default().push(*item);
    }
    lists
}

#[test]
fn every_user_gets_a_list_of_unrated_items_in_the_order_of_the_scores() {
    for preset in ["default", "catalogue", "notebook", "temporal"] {
        let (_folder, run) = finished_run(preset);
        // Few of the small set's items have the raters that the presets ask for.
        let rows = everybody(&run, &["--min-ratings", "0"]);
        let split: SplitRatings = read(&run.path("split/ratings.parquet"));
        let rated: BTreeSet<(i64, i64)> =
            split.ratings.user_ids.iter().copied().zip(split.ratings.item_ids.iter().copied()).collect();
        let users: BTreeSet<i64> = split.ratings.user_ids.iter().copied().collect();
        let lists = lists(&rows);
        assert_eq!(lists.keys().copied().collect::<BTreeSet<_>>(), users, "{preset}");
        assert!(lists.values().all(|list| list.len() == 10), "{preset}");
        assert!(
            rows.user_ids.iter().zip(&rows.item_ids).all(|(&user, &item)| !rated.contains(&(user, item)))
        );
        for at in 0..rows.user_ids.len() {
            assert_eq!(rows.ranks[at] as usize, at % 10 + 1);
            assert!(at % 10 == 0 || rows.scores[at] <= rows.scores[at - 1]);
            assert!(rows.probabilities[at].is_some_and(|p| (0.0..=1.0).contains(&p)));
            assert!(!rows.titles[at].is_empty() && !rows.reasons[at].is_empty());
        }
        assert!(rows.names.iter().any(|name| name == "score_genre"), "{:?}", rows.names);
        assert!(rows.columns.iter().all(|column| column.len() == rows.user_ids.len()));
        assert!(count(&run, "users") as usize == users.len());
    }
}

#[test]
fn neither_threads_nor_the_choice_of_users_change_a_list() {
    let (_folder, run) = finished_run("default");
    let rows = everybody(&run, &["--threads", "1"]);
    let bytes = std::fs::read(run.path("recommend/recommendations.parquet")).unwrap();
    succeeds(&run, &["--threads", "2"]);
    assert!(bytes == std::fs::read(run.path("recommend/recommendations.parquet")).unwrap());
    let out = run.path("some.parquet");
    let outcome = succeeds(&run, &["--users", "3,17", "--out", &out.display().to_string()]);
    let some: Recommendations = read(&out);
    let (some, all) = (lists(&some), lists(&rows));
    assert_eq!(some.len(), 2);
    assert!(some.iter().all(|(user, list)| all[user] == *list));
    assert!(
        outcome.stdout.contains("user 3\n") && outcome.stdout.contains("user 17\n"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn questions_beside_the_pipeline_leave_its_folder_alone() {
    let (folder, run) = finished_run("default");
    let before = folder.path().join("before");
    copy(&run.artifacts, &before);
    // User 999 is in no data: a cold user.
    let outcome = succeeds(&run, &["--users", "999"]);
    assert_eq!(outcome.stdout.lines().count(), 12, "{}", outcome.stdout); // the user, a heading, ten items
    same_bytes(&before, &run.artifacts);
    assert!(!run.path("recommend").exists());
    let nobody = folder.path().join("nobody.txt");
    std::fs::write(&nobody, "\n").unwrap();
    let empty = recommend(&run, &["--users-file", &nobody.display().to_string()]);
    assert!(empty.code == Some(2) && empty.stderr.contains("it names no user"), "{}", empty.stderr);
    let misplaced = recommend(&run, &["--out", "x.parquet"]);
    assert!(
        misplaced.code == Some(2) && misplaced.stderr.contains("--out goes with"),
        "{}",
        misplaced.stderr
    );
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn people_who_are_not_in_the_data_are_served_from_their_ratings() {
    let (folder, run) = finished_run("default");
    let split: SplitRatings = read(&run.path("split/ratings.parquet"));
    let largest = *split.ratings.user_ids.last().unwrap();
    // Two people who like opposite halves of what user 1 rated.
    let items: Vec<i64> = (0..split.parts.len())
        .filter(|&row| split.ratings.user_ids[row] == 1)
        .map(|row| split.ratings.item_ids[row])
        .collect();
    let mut text = "userId,movieId,rating\n".to_owned();
    for (at, item) in items.iter().enumerate() {
        let stars = if at % 2 == 0 { 5.0 } else { 0.5 };
        writeln!(text, "{},{item},{stars}\n{},{item},{}", largest + 1, largest + 2, 5.5 - stars).unwrap();
    }
    let file = folder.path().join("mine.csv");
    std::fs::write(&file, text).unwrap();
    let out = folder.path().join("lists.parquet");
    let flags = ["--for-ratings", &file.display().to_string(), "--out", &out.display().to_string()];
    let first = succeeds(&run, &flags);
    let rows: Recommendations = read(&out);
    let of = lists(&rows);
    assert_eq!(of.keys().copied().collect::<Vec<_>>(), [largest + 1, largest + 2]);
    assert!(of.values().all(|list| list.len() == 10 && list.iter().all(|item| !items.contains(item))));
    assert_ne!(of[&(largest + 1)], of[&(largest + 2)]);
    // The base models see the ratings: a known user's fallback would be the same for both.
    let at = |user: i64| rows.user_ids.iter().position(|&of| of == user).unwrap();
    let column = |name: &str| &rows.columns[rows.names.iter().position(|of| of == name).unwrap()];
    for name in ["score_mf", "score_genre", "score_centred_itemknn", "score_svdpp"] {
        let common = (at(largest + 1)..at(largest + 1) + 10).find_map(|one| {
            let other = (at(largest + 2)..at(largest + 2) + 10)
                .find(|&other| rows.item_ids[other] == rows.item_ids[one]);
            other.map(|other| (one, other))
        });
        let Some((one, other)) = common else { continue };
        assert_ne!(column(name)[one], column(name)[other], "{name}");
    }
    assert_eq!(succeeds(&run, &flags).stdout, first.stdout);
}

#[test]
fn what_is_wrong_with_own_ratings_is_told() {
    let (folder, run) = finished_run("default");
    let file = folder.path().join("mine.csv");
    for (text, expected) in [
        ("title,rating\nno such film,5\n", vec!["mine.csv, line 2", "no item is called"]),
        ("movieId,rating\n99999999,5\n", vec!["line 2", "item 99999999 is not in the catalogue"]),
        ("userId,movieId,rating\n1,1,5\n", vec!["line 2", "user 1 is in the data set"]),
        ("movieId,rating\n1,77\n", vec!["line 2", "rating"]),
        ("movieId,rating\n1,5\n1,4\n", vec!["item 1 is rated twice"]),
        ("movieId\n1\n", vec!["no column rating"]),
        ("", vec!["no column"]),
    ] {
        std::fs::write(&file, text).unwrap();
        let outcome = recommend(&run, &["--for-ratings", &file.display().to_string()]);
        assert_eq!(outcome.code, Some(2), "{text}: {}", outcome.stderr);
        assert!(expected.iter().all(|part| outcome.stderr.contains(part)), "{text}: {}", outcome.stderr);
    }
    let missing = recommend(&run, &["--for-ratings", "no/such/file.csv"]);
    assert!(missing.code == Some(2) && missing.stderr.contains("no/such/file.csv"), "{}", missing.stderr);
}

#[test]
fn re_ranking_says_what_it_costs() {
    let (_folder, run) = finished_run("catalogue");
    let plain = everybody(&run, &[]);
    let outcome = succeeds(&run, &["--rerank-diversity", "0.6", "--rerank-popularity", "0.3"]);
    let reranked: Recommendations = read(&run.path("recommend/recommendations.parquet"));
    assert!(outcome.stderr.contains("re-ranking: NDCG@10"), "{}", outcome.stderr);
    assert_ne!(lists(&plain), lists(&reranked));
    let (before, after) = (count(&run, "ndcg_before_reranking"), count(&run, "ndcg_after_reranking"));
    assert!(
        (0.0..=1.0).contains(&before) && (0.0..=1.0).contains(&after) && before != after,
        "{before} {after}"
    );
}

#[test]
fn contributions_add_up_to_the_scores() {
    let (_folder, run) = finished_run("default");
    for model in ["gb", "logistic", "rank", "gb_rating"] {
        let rows = everybody(&run, &["--contributions", "--model", model]);
        let table: Vec<ContributionRow> = read(&run.path("recommend/contributions.parquet"));
        let mut sums: BTreeMap<(i64, i64), f64> = BTreeMap::new();
        for row in &table {
            *sums.entry((row.user_id, row.item_id)).or_default() += row.contribution;
        }
        assert_eq!(sums.len(), rows.scores.len(), "{model}");
        for at in 0..rows.scores.len() {
            let sum = sums[&(rows.user_ids[at], rows.item_ids[at])];
            assert!((sum - rows.scores[at]).abs() < 1e-9, "{model}: {sum} for {}", rows.scores[at]);
        }
    }
    everybody(&run, &[]);
    assert!(!run.path("recommend/contributions.parquet").exists());
    let blend = recommend(&run, &["--model", "blend"]);
    assert!(blend.code == Some(2) && blend.stderr.contains("no exact contributions"), "{}", blend.stderr);
    succeeds(&run, &["--model", "blend", "--reasons=false"]);
}

#[test]
fn a_model_that_was_not_fitted_is_refused() {
    let (_folder, run) = new_run("notebook");
    run.run_all(&["split", "train-base", "build-features", "train-meta"]);
    for (flag, value, expected) in [
        ("--model", "rank", "must be one of the models of train-meta: logistic, gb"),
        ("--proposers", "svdpp", "must be some of the models of train-base"),
        ("--n", "0", "must be 1 to 1000"),
    ] {
        let outcome = recommend(&run, &[flag, value]);
        assert!(outcome.code == Some(2) && outcome.stderr.contains(expected), "{}", outcome.stderr);
    }
}
