//! SVD++ on cases small enough to compute by hand.

use dataset::{Rating, Ratings, rng};

use super::*;
use crate::{FeatureFactorsParams, Params as _};

fn history(ratings: &[(i64, i64, f32)]) -> History {
    let rows =
        ratings.iter().map(|&(user_id, item_id, value)| Rating { user_id, item_id, value, timestamp: 0 });
    History::new(&rows.collect::<Ratings>())
}

fn fit(ratings: &[(i64, i64, f32)], params: FeatureFactorsParams) -> Result<SvdppFit, Diverged> {
    SvdppModel::fit(&history(ratings), &SvdppParams(params).check().unwrap(), rng::stream(1, "test/svdpp"))
}

#[test]
fn implicit_feedback_is_scaled_by_the_root_of_the_count() {
    let history = history(&[(1, 10, 5.0), (1, 20, 1.0), (2, 20, 3.0)]);
    let (rated, mut memory) = (Rated(history.by_user()), Vec::new());
    let half = 1.0 / 2f32.sqrt();
    assert_eq!(rated.of(0, &mut memory), (&[0, 1][..], &[half, half][..]));
    assert_eq!(rated.of(1, &mut memory), (&[1][..], &[1.0][..]));
}

#[test]
fn an_unknown_side_leaves_the_other_sides_offset() {
    // No factors: the biases are those of `mf`'s test, .45 on either side of user 1 and item 10.
    let params = FeatureFactorsParams {
        epochs: 2,
        learning_rate: 0.5,
        decay: 1.0,
        bias_regularization: 0.2,
        init_std: 0.0,
        ..FeatureFactorsParams::default()
    };
    let model = fit(&[(1, 10, 5.0), (2, 20, 3.0)], params).unwrap().model;
    let ask = |user_id, item_id| model.scores(&[Candidate { user_id, item_id, at: 0 }])[0];
    for ((user_id, item_id), expected) in
        [((1, 10), 4.9), ((1, 20), 4.0), ((1, 99), 4.45), ((9, 20), 3.55), ((9, 99), 4.0)]
    {
        assert!((ask(user_id, item_id) - expected).abs() < 1e-6, "user {user_id}, item {item_id}");
    }
}

#[test]
fn what_was_rated_says_something_beside_how() {
    // Who rates item 1 gives every item 5 stars, who rates item 2 gives 1 star; all else equal. One more user of each kind rated
    // items 1 and 2 themselves at the mean, so that biases say nothing.
    let mut ratings = Vec::new();
    for user in 0..60 {
        ratings.push((user, 1 + user % 2, 3.0));
        ratings.extend(
            (10..14)
                .filter(|item| (user / 2 + item) % 4 != 0)
                .map(|item| (user, item, if user % 2 == 0 { 5.0 } else { 1.0 })),
        );
    }
    ratings.extend([(100, 1, 3.0), (101, 2, 3.0)]);
    let params = FeatureFactorsParams {
        factors: 8,
        epochs: 100,
        learning_rate: 0.03,
        decay: 1.0,
        ..FeatureFactorsParams::default()
    };
    let model = fit(&ratings, params).unwrap().model;
    let ask = |user_id| model.scores(&[Candidate { user_id, item_id: 10, at: 0 }])[0];
    assert!(ask(100) > ask(101) + 1.0, "{} and {}", ask(100), ask(101));
}

#[test]
fn divergence_is_an_error_and_not_a_model() {
    let params = FeatureFactorsParams {
        learning_rate: 1.0,
        decay: 1.0,
        init_std: 10.0,
        epochs: 50,
        ..FeatureFactorsParams::default()
    };
    let error = fit(&[(1, 10, 5.0), (1, 20, 1.0), (2, 10, 1.0), (2, 20, 5.0)], params).unwrap_err();
    assert!(error.to_string().contains("diverged"), "{error}");
}
