//! The feature groups together: columns, order, and independence of what they must not see.

use dataset::{Candidate, History, Items, Rating, Ratings};
use features::{Batch, Column, Context, FeatureBuilder, FeatureGroupKind, FeatureTable};
use proptest::prelude::*;

const REFERENCE: [FeatureGroupKind; 3] =
    [FeatureGroupKind::BaseScores, FeatureGroupKind::UserStatistics, FeatureGroupKind::ItemStatistics];
const REFERENCE_COLUMNS: [&str; 8] = [
    "score_bias",
    "score_itemknn",
    "score_mf",
    "score_genre",
    "user_n_ratings",
    "user_mean_rating",
    "item_n_ratings",
    "item_mean_rating",
];
/// Whether each of the four scores is in stars.
const IN_STARS: [bool; 4] = [true, true, true, false];

fn rating(user_id: i64, item_id: i64, value: f32) -> Rating {
    Rating { user_id, item_id, value, timestamp: 0 }
}

fn candidate(rating: Rating) -> Candidate {
    Candidate { user_id: rating.user_id, item_id: rating.item_id, at: rating.timestamp }
}

/// Six items with different years and genres; one has no year, one no genre.
fn items() -> Items {
    let item = |id, title: &str, genres: &[&str]| {
        (id, title.to_owned(), genres.iter().map(|&genre| genre.to_owned()).collect())
    };
    Items::new(vec![
        item(0, "A (1990)", &["Comedy"]),
        item(1, "B (1994)", &["Comedy", "Drama"]),
        item(2, "C (2000)", &[]),
        item(3, "D", &["Drama"]),
        item(4, "E (1931)", &["Drama", "War"]),
    ])
    .expect("three genres")
}

/// Made-up scores: the column's number plus a hundredth of the row's.
fn scores(n_rows: usize) -> Vec<Column> {
    let values = |column: usize| (0..n_rows).map(|row| column as f64 + row as f64 / 100.0).collect();
    (0..4)
        .map(|column| Column { name: REFERENCE_COLUMNS[column].to_owned(), values: values(column) })
        .collect()
}

fn compute(
    kinds: &[FeatureGroupKind],
    history: &History,
    candidates: &[Candidate],
    scores: &[Column],
    earlier_only: bool,
) -> FeatureTable {
    let n_training = history.n_ratings() + 7;
    let items = items();
    let context = Context { history, items: &items, n_training, earlier_only, relevant_from: 4.0 };
    let batch = Batch::new(candidates).with_base_scores(scores, &IN_STARS).expect("one score a candidate");
    let supports = [Column { name: "support_itemknn".to_owned(), values: vec![3.0; candidates.len()] }];
    let batch = batch.with_supports(&supports).expect("one support a candidate");
    FeatureBuilder::new(kinds, context).compute(&batch).expect("no two features of one name")
}

fn bits(table: &FeatureTable) -> Vec<Vec<u64>> {
    table.columns.iter().map(|column| column.iter().map(|value| value.to_bits()).collect()).collect()
}

#[test]
fn the_reference_set_in_its_order() {
    let ratings: Ratings = [rating(1, 10, 2.0), rating(1, 20, 3.0), rating(2, 20, 4.0)].into_iter().collect();
    let history = History::new(&ratings);
    let asked = [rating(1, 20, 0.0), rating(2, 10, 0.0), rating(3, 30, 0.0)].map(candidate);
    let items = Items::default();
    let context =
        Context { history: &history, items: &items, n_training: 3, earlier_only: false, relevant_from: 4.0 };
    let scores = scores(3);
    let batch = Batch::new(&asked).with_base_scores(&scores, &IN_STARS).unwrap();
    let table = FeatureBuilder::new(&REFERENCE, context).compute(&batch).unwrap();
    assert_eq!(table.names, REFERENCE_COLUMNS);
    assert_eq!(table.columns[1], [1.0, 1.01, 1.02]);
    assert_eq!(table.columns[4], [2.0, 1.0, 0.0]);
    assert_eq!(table.columns[5], [2.5, 4.0, 3.0]); // (2 + 3) / 2, 4, and the mean of all for nobody
    assert_eq!(table.columns[6], [2.0, 1.0, 0.0]);
    assert_eq!(table.columns[7], [3.5, 2.0, 3.0]); // (3 + 4) / 2, 2, and the mean of all for nothing
}

#[test]
fn groups_can_be_left_out_and_keep_their_order() {
    let history = History::new(&Ratings::default());
    let kinds = [FeatureGroupKind::ItemStatistics, FeatureGroupKind::Support, FeatureGroupKind::BaseScores];
    let table = compute(&kinds, &history, &[candidate(rating(1, 20, 0.0))], &scores(1), false);
    let expected =
        [&REFERENCE_COLUMNS[..4], &["item_n_ratings", "item_mean_rating", "support_itemknn"]].concat();
    assert_eq!(table.names, expected);
    assert_eq!(table.columns.concat(), [0.0, 1.0, 2.0, 3.0, 0.0, 0.0, 3.0]); // an empty history: no ratings, mean 0
}

#[test]
fn disagreement_is_among_scores_in_stars() {
    // The fourth score, 3, is on a scale of its own: 0, 1 and 2 remain.
    let history = History::new(&Ratings::default());
    let asked = [candidate(rating(1, 20, 0.0))];
    let table = compute(&[FeatureGroupKind::Disagreement], &history, &asked, &scores(1), false);
    assert_eq!(table.names, ["scores_mean", "scores_spread", "scores_min", "scores_max", "scores_range"]);
    assert_eq!(table.columns.concat(), [1.0, (2.0f64 / 3.0).sqrt(), 0.0, 2.0, 2.0]);
}

#[test]
fn a_base_score_cannot_take_a_features_name() {
    let history = History::new(&Ratings::default());
    let items = Items::default();
    let context =
        Context { history: &history, items: &items, n_training: 0, earlier_only: false, relevant_from: 4.0 };
    let scores = [Column { name: "user_n_ratings".to_owned(), values: vec![] }];
    let batch = Batch::new(&[]).with_base_scores(&scores, &[true]).unwrap();
    let error = FeatureBuilder::new(&FeatureGroupKind::ALL, context).compute(&batch).unwrap_err();
    assert_eq!(error.name, "user_n_ratings");
}

/// Distinct (user, item) pairs with half stars and a time, and whether each is held out. Times are often equal, and mostly near.
fn table() -> impl Strategy<Value = Vec<(Rating, bool)>> {
    let time = prop_oneof![0i64..40, 0i64..40_000_000];
    let rows = prop::collection::btree_map((0i64..6, 0i64..6), (1u8..=10, time, any::<bool>()), 1..30);
    rows.prop_map(|table| {
        let row = |((user_id, item_id), (half_stars, timestamp, held_out))| {
            (Rating { user_id, item_id, value: f32::from(half_stars) / 2.0, timestamp }, held_out)
        };
        table.into_iter().map(row).collect()
    })
}

fn all_ratings(rows: &[(Rating, bool)]) -> Ratings {
    rows.iter().map(|&(rating, _)| rating).collect()
}

proptest! {
    /// The history is built from the rows that are not held out, so the ratings of the others cannot matter: neither a
    /// row's own nor another's.
    #[test]
    fn held_out_ratings_do_not_reach_the_features(rows in table(), other in 0.5f32..5.0, earlier_only: bool) {
        let features_of = |rows: &[(Rating, bool)]| {
            let history = History::from_rows(&all_ratings(rows), |row| !rows[row].1);
            let asked: Vec<Candidate> =
                rows.iter().filter(|(_, held_out)| *held_out).map(|&(rating, _)| candidate(rating)).collect();
            bits(&compute(&FeatureGroupKind::ALL, &history, &asked, &scores(asked.len()), earlier_only))
        };
        let changed: Vec<(Rating, bool)> = (rows.iter())
            .map(|&(rating, held_out)| {
                (Rating { value: if held_out { other } else { rating.value }, ..rating }, held_out)
            })
            .collect();
        prop_assert_eq!(features_of(&rows), features_of(&changed));
    }

    /// Under the temporal protocol a row may even stand in the history: without it and all that is not
    /// earlier, the features are the same to the bit.
    #[test]
    fn later_ratings_do_not_reach_the_features(rows in table(), asked in 0usize..30) {
        let ratings = all_ratings(&rows);
        let asked = candidate(ratings.get(asked % ratings.len()));
        let features_of = |history: &History| {
            bits(&compute(&FeatureGroupKind::ALL, history, &[asked], &scores(1), true))
        };
        let earlier = History::from_rows(&ratings, |row| ratings.timestamps[row] < asked.at);
        prop_assert_eq!(features_of(&History::new(&ratings)), features_of(&earlier));
    }

    /// What the tests above would miss if features ignored ratings altogether: a known rating does reach every group that is
    /// made of ratings.
    #[test]
    fn known_ratings_reach_the_features(rows in table()) {
        let mut ratings = all_ratings(&rows);
        // Somebody else's, so that the mean of all does not move with the rating that changes.
        ratings.push(Rating { timestamp: -1, ..rating(100, 100, 3.0) });
        let asked = [Candidate { at: ratings.timestamps[0] + 1, ..candidate(ratings.get(0)) }];
        let mut changed = ratings.clone();
        changed.values[0] += 1.0;
        let made_of_values = [
            FeatureGroupKind::UserStatistics,
            FeatureGroupKind::ItemStatistics,
            FeatureGroupKind::DampedStatistics,
            FeatureGroupKind::Taste,
            FeatureGroupKind::Mood,
        ];
        let has_year = items().get(asked[0].item_id).is_some_and(|item| item.year.is_some());
        for kind in made_of_values {
            for earlier_only in [false, true] {
                // Without a year there is the popularity alone, and the item may have been of another when the user rated it.
                if kind == FeatureGroupKind::Taste && earlier_only && !has_year {
                    continue;
                }
                let features_of = |ratings: &Ratings| {
                    compute(&[kind], &History::new(ratings), &asked, &scores(1), earlier_only)
                };
                prop_assert_ne!(features_of(&ratings), features_of(&changed), "{}", kind.name());
            }
        }
    }

    /// A batch cut in two gives the same rows; in another order too.
    #[test]
    fn rows_do_not_depend_on_their_batch(rows in table(), at in 0usize..30, earlier_only: bool) {
        let ratings: Ratings = rows.iter().filter(|row| !row.1).map(|&(rating, _)| rating).collect();
        let history = History::new(&ratings);
        let asked: Vec<Candidate> = rows.iter().map(|&(rating, _)| candidate(rating)).collect();
        let scores = scores(asked.len());
        let features_of = |rows: &[usize]| {
            let of_rows = |column: &Column| rows.iter().map(|&row| column.values[row]).collect();
            let cut: Vec<Column> =
                scores.iter().map(|column| Column { name: column.name.clone(), values: of_rows(column) }).collect();
            let asked: Vec<Candidate> = rows.iter().map(|&row| asked[row]).collect();
            compute(&FeatureGroupKind::ALL, &history, &asked, &cut, earlier_only).columns
        };
        let all: Vec<usize> = (0..asked.len()).collect();
        let whole = features_of(&all);
        let (first, second) = all.split_at(at.min(asked.len()));
        let halves = features_of(first).into_iter().zip(features_of(second));
        let joined: Vec<Vec<f64>> = halves.map(|(one, two)| [one, two].concat()).collect();
        prop_assert_eq!(&whole, &joined);
        let mut backwards = features_of(&all.iter().rev().copied().collect::<Vec<_>>());
        for column in &mut backwards {
            column.reverse();
        }
        prop_assert_eq!(&whole, &backwards);
    }

    /// Every feature of every candidate is a finite number, whoever and whatever it is about, and at any time.
    #[test]
    fn features_are_finite(rows in table(), user_id in 0i64..8, item_id in 0i64..8, at: i64, earlier_only: bool) {
        let history = History::new(&all_ratings(&rows));
        let asked = [Candidate { user_id, item_id, at }];
        let table = compute(&FeatureGroupKind::ALL, &history, &asked, &scores(1), earlier_only);
        for (name, column) in table.names.iter().zip(&table.columns) {
            prop_assert!(column[0].is_finite(), "{name} is {}", column[0]);
        }
    }

    /// Without later ratings the two protocols know the same counts and means.
    #[test]
    fn both_protocols_agree_behind_the_last_rating(rows in table(), user_id in 0i64..7, item_id in 0i64..7) {
        let history = History::new(&all_ratings(&rows));
        let items = items();
        let n_training = history.n_ratings();
        let asked = [Candidate { user_id, item_id, at: 50_000_000 }];
        let features_of = |earlier_only| {
            let context = Context { history: &history, items: &items, n_training, earlier_only, relevant_from: 4.0 };
            FeatureBuilder::new(&REFERENCE, context).compute(&Batch::new(&asked)).unwrap()
        };
        prop_assert_eq!(features_of(false), features_of(true));
    }
}
