//! Protocols: what each ranks, which split it takes, and that runs of different ones are never compared.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use artifacts::table::{Source, read_parquet};
use artifacts::tables::{ColdStartRow, MetricRow, SplitRatings, Stored};
use dataset::Items;
use dataset::split::Part;
use pipeline_tests::{Outcome, RunFolder, binary};

use super::fixture::{finished_run, new_run};

fn table<T: Stored>(run: &RunFolder, artifact: &str) -> T {
    let path = run.path(artifact);
    let source = Source { path: &path, schema: T::SCHEMA, make_target: "evaluate" };
    T::from_table(read_parquet(source).unwrap()).unwrap()
}

fn ndcg(run: &RunFolder, protocol: &str, model: &str) -> f64 {
    let rows: Vec<MetricRow> = table(run, "evaluate/metrics.parquet");
    let is_it = |row: &&MetricRow| {
        (row.protocol.as_str(), row.model.as_str(), row.segment.as_str()) == (protocol, model, "all")
            && (row.metric.as_str(), row.k) == ("ndcg", Some(10))
    };
    rows.iter().find(is_it).unwrap().value
}

fn compare(a: &RunFolder, b: &RunFolder) -> Outcome {
    let mut command = Command::new(binary("compare"));
    command.arg("--a").arg(&a.artifacts).arg("--b").arg(&b.artifacts).output().unwrap().into()
}

#[test]
fn the_full_catalogue_is_ranked_by_popularity_as_by_hand() {
    let (_folder, run) = finished_run("catalogue");
    let split: SplitRatings = table(&run, "split/ratings.parquet");
    let items: Items = table(&run, "split/items.parquet");
    let mut n_ratings: BTreeMap<i64, i64> = items.all().iter().map(|item| (item.item_id, 0)).collect();
    let mut known: BTreeSet<(i64, i64)> = BTreeSet::new();
    let mut relevant: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for row in 0..split.parts.len() {
        let (user, item) = (split.ratings.user_ids[row], split.ratings.item_ids[row]);
        if split.parts[row] != Part::Test {
            *n_ratings.get_mut(&item).unwrap() += 1;
            known.insert((user, item));
        } else if split.ratings.values[row] >= 4.0 {
            relevant.entry(user).or_default().insert(item);
        }
    }
    let mut ranking: Vec<(i64, i64)> = n_ratings.into_iter().map(|(item, n)| (-n, item)).collect();
    ranking.sort_unstable();
    let discount = |rank: usize| 1.0 / (rank as f64 + 2.0).log2();
    let of_user = |(user, relevant): (&i64, &BTreeSet<i64>)| {
        let unrated = ranking.iter().filter(|(_, item)| !known.contains(&(*user, *item)));
        let hits = unrated.take(10).enumerate().filter(|(_, (_, item))| relevant.contains(item));
        let dcg: f64 = hits.map(|(rank, _)| discount(rank)).sum();
        dcg / (0..relevant.len().min(10)).map(discount).sum::<f64>()
    };
    let mean = relevant.iter().map(of_user).sum::<f64>() / relevant.len() as f64;
    let found = ndcg(&run, "full_catalogue", "Popularity");
    assert!((found - mean).abs() < 1e-12, "{found} {mean}");
    assert!(mean > 0.0 && ndcg(&run, "full_catalogue", "Oracle") >= found);
}

#[test]
fn nothing_in_training_is_later_than_the_temporal_test_part() {
    let (_folder, run) = finished_run("temporal");
    let split: SplitRatings = table(&run, "split/ratings.parquet");
    let (test, training): (Vec<usize>, Vec<usize>) =
        (0..split.parts.len()).partition(|&row| split.parts[row] == Part::Test);
    let times = |rows: &[usize]| rows.iter().map(|&row| split.ratings.timestamps[row]).collect::<Vec<_>>();
    assert!(times(&training).iter().max() < times(&test).iter().min());
}

#[test]
fn a_curve_ends_where_nothing_is_cut() {
    let (_folder, run) = finished_run("catalogue");
    let flags = ["--cold-start", "0,100000", "--cold-start-users", "0.5"];
    let outcome: Outcome = run.command("evaluate").args(flags).output().unwrap().into();
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let rows: Vec<ColdStartRow> = table(&run, "evaluate/cold_start.parquet");
    assert_eq!(rows.len(), 9); // the best stack, base model and average at 0, at more than anybody has, and with all
    for of_model in rows.chunks(3) {
        let known: Vec<_> = of_model.iter().map(|row| row.known_ratings).collect();
        assert_eq!(known, [Some(0), Some(100_000), None]);
        assert_eq!(of_model[1].value, of_model[2].value, "{}", of_model[1].model);
    }
    assert!(rows.chunks(3).any(|of_model| of_model[0].value != of_model[2].value));
    // Without curves the table of the run before goes.
    let outcome: Outcome = run.command("evaluate").args(["--cold-start", ""]).output().unwrap().into();
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(!run.path("evaluate/cold_start.parquet").exists());
}

#[test]
fn segments_of_users_and_items_are_measured() {
    let (_folder, run) = finished_run("default");
    let rows: Vec<MetricRow> = table(&run, "evaluate/metrics.parquet");
    let of = |segment: &str, metric: &str| {
        let is_it = |row: &&MetricRow| {
            row.model == "GBStack"
                && row.segment.starts_with(segment)
                && row.metric == metric
                && row.k == Some(10)
        };
        rows.iter().filter(is_it).map(|row| (row.value, row.n_users)).collect::<Vec<_>>()
    };
    let [(whole, n_users)] = of("all", "ndcg")[..] else { panic!("one number of all users") };
    let classes = of("user_activity:", "ndcg");
    assert_eq!(classes.iter().map(|class| class.1).sum::<i32>(), n_users);
    let mean = classes.iter().map(|(value, n)| value * f64::from(*n)).sum::<f64>() / f64::from(n_users);
    assert!((mean - whole).abs() < 1e-12, "{mean} {whole}"); // every user is in one class
    assert!(of("item_popularity:", "recall").len() >= 2 && of("genre:", "ndcg").len() >= 2);
}

/// Runs `preset` and its audit, which must find the run clean.
fn audited(preset: &str) {
    let (_folder, run) = finished_run(preset);
    let outcome: Outcome =
        Command::new(binary("audit")).arg("--artifacts").arg(&run.artifacts).output().unwrap().into();
    assert_eq!(outcome.code, Some(0), "{}{}", outcome.stdout, outcome.stderr);
    assert!(outcome.stdout.contains("no feature leaks; the canary was caught"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains(" candidates "), "{}", outcome.stdout);
}

#[test]
fn candidates_of_the_catalogue_do_not_leak() {
    audited("catalogue");
}

#[test]
fn candidates_at_a_moment_do_not_leak_from_the_future() {
    audited("temporal");
}

#[test]
fn each_user_has_one_last_rating() {
    let (_folder, run) = finished_run("leave_last_out");
    let split: SplitRatings = table(&run, "split/ratings.parquet");
    let test = split.rows_of(Part::Test);
    assert_eq!(split.users_of(&test).len(), test.len());
    for row in test {
        let (user, time) = (split.ratings.user_ids[row], split.ratings.timestamps[row]);
        let others = (0..split.parts.len()).filter(|&other| split.ratings.user_ids[other] == user);
        assert!(others.into_iter().all(|other| split.ratings.timestamps[other] <= time));
    }
}

#[test]
fn a_protocol_of_another_split_is_refused() {
    let (_folder, run) = finished_run("default");
    let refused = |flags: &[&str], told: &str| {
        let outcome: Outcome = run.command("evaluate").args(flags).output().unwrap().into();
        assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(told), "{}", outcome.stderr);
    };
    refused(&["--protocols", "temporal"], "needs method = \"temporal\" in split.toml");
    refused(&["--protocols", "full_catalogue"], "needs candidates: set candidates.from = \"catalogue\"");
    refused(&["--protocols", "rated,rated"], "protocols holds rated twice");
    let (_folder, run) = finished_run("catalogue");
    let outcome: Outcome = run.command("evaluate").args(["--ks", "10,50"]).output().unwrap().into();
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("raise candidates.base_depth"), "{}", outcome.stderr);
}

#[test]
fn a_regression_on_ratings_refuses_candidates_without_one() {
    let (_folder, run) = new_run("catalogue");
    run.run_all(&["split", "train-base", "build-features"]);
    let outcome: Outcome =
        run.command("train-meta").args(["--models", "logistic,gb_rating"]).output().unwrap().into();
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("nobody rated"), "{}", outcome.stderr);
}

#[test]
fn runs_are_compared_where_their_fingerprints_are_equal() {
    let (_a, first) = finished_run("default");
    let (_b, second) = new_run("default");
    second.run_all(&["split", "train-base", "build-features"]);
    let changed: Outcome = second.command("train-meta").args(["--gb-n-trees", "3"]).output().unwrap().into();
    assert_eq!(changed.code, Some(0), "{}", changed.stderr);
    second.run_all(&["evaluate"]);
    let outcome = compare(&first, &second);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let row = |model: &str| {
        outcome.stdout.lines().find(|line| line.trim_start().starts_with(model)).unwrap().to_owned()
    };
    assert!(row("BiasModel").contains("+0.0000"), "{}", outcome.stdout); // the same model on the same split
    let [a, b] = [&first, &second].map(|run| format!("{:.4}", ndcg(run, "rated", "GBStack")));
    assert!(row("GBStack").contains(&a) && row("GBStack").contains(&b), "{}", outcome.stdout);

    let several = |runs: &[&RunFolder]| -> Outcome {
        let folders = runs.iter().map(|run| &run.artifacts);
        Command::new(binary("compare")).arg("--runs").args(folders).output().unwrap().into()
    };
    let outcome = several(&[&first, &second, &first]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let stacks: Vec<&str> = outcome.stdout.lines().filter(|line| line.contains(" stack ")).collect();
    assert_eq!(stacks.len(), 3, "{}", outcome.stdout);
    assert!(!stacks[0].contains("+0.0000") && stacks[2].contains("+0.0000"), "{}", outcome.stdout);
    assert_eq!(several(&[&first]).code, Some(2));
}

#[test]
fn runs_of_different_splits_are_not_compared_and_the_difference_is_named() {
    let (_a, first) = finished_run("default");
    let (_b, second) = new_run("default");
    let second = second.with_flag("--seed", 7);
    second.run_all(&pipeline_tests::STAGES);
    let outcome = compare(&first, &second);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stdout);
    assert!(
        outcome.stderr.contains("cannot be compared under rated: they differ in split ("),
        "{}",
        outcome.stderr
    );

    let seeds: Outcome =
        Command::new(binary("seeds")).args([&first.artifacts, &second.artifacts]).output().unwrap().into();
    assert_eq!(seeds.code, Some(0), "{}", seeds.stderr);
    let mean = f64::midpoint(ndcg(&first, "rated", "GBStack"), ndcg(&second, "rated", "GBStack"));
    let line = seeds.stdout.lines().find(|line| line.trim_start().starts_with("GBStack")).unwrap();
    assert!(line.contains(&format!("{mean:.4}")), "{}", seeds.stdout);
}
