//! The feature groups together: columns, order, and independence of what they must not see.

use dataset::{Candidate, History, Rating, Ratings};
use features::{Batch, Column, Context, FeatureBuilder, FeatureGroupKind, FeatureTable};
use proptest::prelude::*;

const STANDARD: [&str; 8] = [
    "score_bias",
    "score_itemknn",
    "score_mf",
    "score_genre",
    "user_n_ratings",
    "user_mean_rating",
    "item_n_ratings",
    "item_mean_rating",
];

fn rating(user_id: i64, item_id: i64, value: f32) -> Rating {
    Rating { user_id, item_id, value, timestamp: 0 }
}

fn candidate(rating: Rating) -> Candidate {
    Candidate { user_id: rating.user_id, item_id: rating.item_id, at: rating.timestamp }
}

/// Made-up scores: the column's number plus a hundredth of the row's.
fn scores(n_rows: usize) -> Vec<Column> {
    let values = |column: usize| (0..n_rows).map(|row| column as f64 + row as f64 / 100.0).collect();
    (0..4).map(|column| Column { name: STANDARD[column].to_owned(), values: values(column) }).collect()
}

fn compute(history: &History, candidates: &[Candidate], scores: &[Column]) -> FeatureTable {
    let builder = FeatureBuilder::new(&FeatureGroupKind::ALL, &Context { history });
    let batch = Batch::new(candidates, scores).expect("one score a candidate");
    builder.compute(&batch).expect("no two features of one name")
}

#[test]
fn the_standard_set_in_its_order() {
    let history =
        History::new(&[rating(1, 10, 2.0), rating(1, 20, 3.0), rating(2, 20, 4.0)].into_iter().collect());
    let asked = [rating(1, 20, 0.0), rating(2, 10, 0.0), rating(3, 30, 0.0)].map(candidate);
    let table = compute(&history, &asked, &scores(3));
    assert_eq!(table.names, STANDARD);
    assert_eq!(table.columns[1], [1.0, 1.01, 1.02]);
    assert_eq!(table.columns[4], [2.0, 1.0, 0.0]);
    assert_eq!(table.columns[5], [2.5, 4.0, 3.0]); // (2 + 3) / 2, 4, and the mean of all for nobody
    assert_eq!(table.columns[6], [2.0, 1.0, 0.0]);
    assert_eq!(table.columns[7], [3.5, 2.0, 3.0]); // (3 + 4) / 2, 2, and the mean of all for nothing
}

#[test]
fn groups_can_be_left_out_and_keep_their_order() {
    let history = History::new(&Ratings::default());
    let kinds = [FeatureGroupKind::ItemStatistics, FeatureGroupKind::BaseScores];
    let builder = FeatureBuilder::new(&kinds, &Context { history: &history });
    let asked = [candidate(rating(1, 20, 0.0))];
    let table = builder.compute(&Batch::new(&asked, &scores(1)[..1]).unwrap()).unwrap();
    assert_eq!(table.names, ["score_bias", "item_n_ratings", "item_mean_rating"]);
    assert_eq!(table.columns, [[0.0]; 3]); // an empty history: no ratings, mean 0
}

#[test]
fn a_base_score_cannot_take_a_features_name() {
    let history = History::new(&Ratings::default());
    let builder = FeatureBuilder::new(&FeatureGroupKind::ALL, &Context { history: &history });
    let scores = [Column { name: "user_n_ratings".to_owned(), values: vec![] }];
    let error = builder.compute(&Batch::new(&[], &scores).unwrap()).unwrap_err();
    assert_eq!(error.name, "user_n_ratings");
}

/// Distinct (user, item) pairs, their half stars, and whether each is held out.
fn table() -> impl Strategy<Value = Vec<(Rating, bool)>> {
    prop::collection::btree_map((0i64..6, 0i64..6), (1u8..=10, any::<bool>()), 1..30).prop_map(|table| {
        let row = |((user_id, item_id), (half_stars, held_out))| {
            (rating(user_id, item_id, f32::from(half_stars) / 2.0), held_out)
        };
        table.into_iter().map(row).collect()
    })
}

proptest! {
    /// The history is built from the rows that are not held out, so the ratings of the others cannot matter.
    #[test]
    fn held_out_ratings_do_not_reach_the_features(rows in table(), other in 0.5f32..5.0) {
        let features_of = |rows: &[(Rating, bool)]| {
            let ratings: Ratings = rows.iter().map(|&(rating, _)| rating).collect();
            let history = History::from_rows(&ratings, |row| !rows[row].1);
            let asked: Vec<Candidate> =
                rows.iter().filter(|(_, held_out)| *held_out).map(|&(rating, _)| candidate(rating)).collect();
            let table = compute(&history, &asked, &scores(asked.len()));
            table.columns.concat().into_iter().map(f64::to_bits).collect::<Vec<u64>>()
        };
        let changed: Vec<(Rating, bool)> = (rows.iter())
            .map(|&(rating, held_out)| {
                (Rating { value: if held_out { other } else { rating.value }, ..rating }, held_out)
            })
            .collect();
        prop_assert_eq!(features_of(&rows), features_of(&changed));
    }

    /// What the test above would miss if features ignored ratings altogether: a known rating does reach them.
    #[test]
    fn known_ratings_reach_the_features(rows in table()) {
        let ratings: Ratings = rows.iter().map(|&(rating, _)| rating).collect();
        let asked: Vec<Candidate> = ratings.iter().map(candidate).collect();
        let means = |ratings: &Ratings| compute(&History::new(ratings), &asked, &scores(asked.len())).columns;
        let mut changed = ratings.clone();
        changed.values[0] += 1.0;
        let (before, after) = (means(&ratings), means(&changed));
        prop_assert!(before[5][0] < after[5][0] && before[7][0] < after[7][0]);
        prop_assert_eq!(&before[4], &after[4]);
    }

    /// A batch cut in two gives the same rows.
    #[test]
    fn rows_do_not_depend_on_their_batch(rows in table(), at in 0usize..30) {
        let ratings: Ratings = rows.iter().filter(|row| !row.1).map(|&(rating, _)| rating).collect();
        let history = History::new(&ratings);
        let asked: Vec<Candidate> = rows.iter().map(|&(rating, _)| candidate(rating)).collect();
        let scores = scores(asked.len());
        let (first, second) = asked.split_at(at.min(asked.len()));
        let part = |range: std::ops::Range<usize>| -> Vec<Column> {
            let cut = |column: &Column| Column { name: column.name.clone(), values: column.values[range.clone()].to_vec() };
            scores.iter().map(cut).collect()
        };
        let whole = compute(&history, &asked, &scores).columns;
        let one = compute(&history, first, &part(0..first.len())).columns;
        let two = compute(&history, second, &part(first.len()..asked.len())).columns;
        let joined: Vec<Vec<f64>> = one.into_iter().zip(two).map(|(one, two)| [one, two].concat()).collect();
        prop_assert_eq!(whole, joined);
    }
}
