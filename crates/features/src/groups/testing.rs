//! One small data set for the hand-computed cases of all groups.
//!
//! | | item 10 (1990, Comedy) | 20 (1995, Comedy, Drama) | 30 (2000, no genre) |
//! |---|---|---|---|
//! | user 1 | 2 stars at 0 s | 4 stars at 100 s | |
//! | user 2 | 5 stars at 200 s | | 3 stars at 86,400 s |
//!
//! The mean is 14 / 4 = 3.5. The items' offsets are (7 - 2 * 3.5) / (2 + 3) = 0, (4 - 3.5) / (1 + 3) = 1/8 and (3 - 3.5) / 4 = -1/8.
//! Above mean and item are -1.5 and 0.375 for user 1, whose offset is -1.125 / (2 + 5) = -9/56, and 1.5 and -0.375 for user 2
//! with 9/56. The residuals: -75/56, 30/56, 75/56, -30/56.
//!
//! Item 40 (no year, Drama) has no rating; user 3 and item 50 are unknown.

use dataset::{Candidate, History, Items, Rating, Ratings};

use crate::{Batch, Column, Context, FeatureBuilder, FeatureGroupKind};

pub fn ratings() -> Ratings {
    let rating = |user_id, item_id, value, timestamp| Rating { user_id, item_id, value, timestamp };
    [rating(1, 10, 2.0, 0), rating(1, 20, 4.0, 100), rating(2, 10, 5.0, 200), rating(2, 30, 3.0, 86_400)]
        .into_iter()
        .collect()
}

pub fn items() -> Items {
    let item = |id, title: &str, genres: &[&str]| {
        (id, title.to_owned(), genres.iter().map(|&genre| genre.to_owned()).collect())
    };
    Items::new(vec![
        item(10, "A (1990)", &["Comedy"]),
        item(20, "B (1995)", &["Comedy", "Drama"]),
        item(30, "C (2000)", &[]),
        item(40, "D", &["Drama"]),
    ])
    .expect("two genres")
}

pub fn candidate(user_id: i64, item_id: i64, at: i64) -> Candidate {
    Candidate { user_id, item_id, at }
}

/// The columns of one group, of the history above.
pub fn compute(kind: FeatureGroupKind, candidates: &[Candidate], earlier_only: bool) -> Vec<Column> {
    compute_as_part(kind, candidates, earlier_only, 4)
}

/// The same where the history is part of `n_training` ratings.
pub fn compute_as_part(
    kind: FeatureGroupKind,
    candidates: &[Candidate],
    earlier_only: bool,
    n_training: usize,
) -> Vec<Column> {
    let history = History::new(&ratings());
    let context =
        Context { history: &history, items: &items(), n_training, earlier_only, relevant_from: 4.0 };
    let table = FeatureBuilder::new(&[kind], context).compute(&Batch::new(candidates)).expect("one group");
    let columns = table.names.into_iter().zip(table.columns);
    columns.map(|(name, values)| Column { name, values }).collect()
}

/// The column has this name and, to rounding, these values.
pub fn assert_column(column: &Column, name: &str, expected: &[f64]) {
    assert_eq!(column.name, name);
    assert_eq!(column.values.len(), expected.len(), "{name}");
    for (value, expected) in column.values.iter().zip(expected) {
        assert!((value - expected).abs() < 1e-12, "{name}: {:?}, expected {expected}", column.values);
    }
}
