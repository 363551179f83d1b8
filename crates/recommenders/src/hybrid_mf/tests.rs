//! The hybrid factorisation on items known by their content alone.

use dataset::{Items, Rating, Ratings, rng};

use super::*;
use crate::{FeatureFactorsParams, Params as _};

/// Users 0 to 19 rate items 0 to 11, Drama (even) or Action (odd); even users like Drama and odd ones Action. Nobody rates items 12 (Drama), 13 (Action)
/// and 14 (no genre).
fn fitted() -> HybridMf {
    let row = |id: i64| {
        let genre = if id % 2 == 0 { "Drama" } else { "Action" };
        (id, String::new(), if id == 14 { vec![] } else { vec![genre.to_owned()] })
    };
    let items = Items::new((0..15).map(row).collect()).unwrap();
    let ratings: Ratings = (0..20)
        .flat_map(|user_id| (0..12).map(move |item_id| (user_id, item_id)))
        .filter(|(user_id, item_id)| (user_id + item_id) % 3 != 0)
        .map(|(user_id, item_id)| {
            let value = if (user_id + item_id) % 2 == 0 { 5.0 } else { 1.0 };
            Rating { user_id, item_id, value, timestamp: 0 }
        })
        .collect();
    let params =
        FeatureFactorsParams { factors: 8, epochs: 60, decay: 0.98, ..FeatureFactorsParams::default() };
    let content = Content { items: &items, tags: &[] };
    let params = HybridMfParams(params).check().unwrap();
    HybridMf::fit(&History::new(&ratings), content, &params, rng::stream(1, "test/hybrid")).unwrap().model
}

#[test]
fn an_item_that_nobody_rated_is_scored_by_its_content() {
    let model = fitted();
    assert_eq!(model.validate(), Ok(()));
    let ask = |user_id, item_id| model.scores(&[Candidate { user_id, item_id, at: 0 }])[0];
    for user_id in 0..20 {
        let (drama, action) = (ask(user_id, 12), ask(user_id, 13));
        let (liked, other) = if user_id % 2 == 0 { (drama, action) } else { (action, drama) };
        assert!(liked > other + 1.0, "user {user_id}: {liked} and {other}");
    }
}

#[test]
fn without_content_or_ratings_the_known_biases_answer() {
    let model = fitted();
    let ask = |user_id, item_id| model.scores(&[Candidate { user_id, item_id, at: 0 }])[0];
    let mean = model.0.mean;
    let user = f64::from(model.0.user_biases[3]);
    // Item 14 has neither content nor ratings; item 99 is not even in the catalogue.
    assert_eq!([ask(3, 14), ask(3, 99)], [mean + user; 2]);
    assert_eq!([ask(99, 14), ask(99, 99)], [mean; 2]);
    let item = f64::from(model.0.item_biases[5]);
    assert_eq!(ask(99, 5), mean + item);
}
