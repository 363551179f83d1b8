//! SVD++ on cases small enough to compute by hand.

use dataset::{Rating, Ratings, rng};

use super::*;
use crate::Params as _;

fn history(ratings: &[(i64, i64, f32)]) -> History {
    let rows =
        ratings.iter().map(|&(user_id, item_id, value)| Rating { user_id, item_id, value, timestamp: 0 });
    History::new(&rows.collect::<Ratings>())
}

fn fit(ratings: &[(i64, i64, f32)], params: SvdppParams) -> Result<SvdppFit, Diverged> {
    SvdppModel::fit(&history(ratings), &params.check().unwrap(), rng::stream(1, "test/svdpp"))
}

fn state(p: f32, q: [f32; 2], y: [f32; 2]) -> State {
    let row = |factors: &mut Factors, row: u32, number: f32| factors.row_mut(row)[0] = number;
    let mut state = State {
        mean: 3.0,
        user_biases: vec![0.0],
        item_biases: vec![0.0; 2],
        user_factors: Factors::zeros(1, 1),
        item_factors: Factors::zeros(2, 1),
        implicit_factors: Factors::zeros(2, 1),
    };
    row(&mut state.user_factors, 0, p);
    for item in 0..2 {
        row(&mut state.item_factors, item, q[item as usize]);
        row(&mut state.implicit_factors, item, y[item as usize]);
    }
    state
}

#[test]
fn one_rating_moves_everything_by_the_published_rule() {
    // User with p = 1 rated item 0 with 5 stars; q = 2, y = .5, |N|^-1/2 = 1.
    // error = 5 - (3 + 2 * (1 + .5)) = -1; rate .1, L2 .2, biases' L2 0.
    let mut state = state(1.0, [2.0, 9.0], [0.5, 9.0]);
    let by_user = dataset::Csr::from_entries(1, [(0, 0, 5.0)].into_iter());
    let params =
        SvdppParams { epochs: 1, learning_rate: 0.1, bias_regularization: 0.0, regularization: 0.2, ..SvdppParams::default() };
    let curve = descent::descend(&mut state, &by_user, &params, &mut rng::stream(1, "test/svdpp"));
    assert!((curve[0] - 1.0).abs() < 1e-6);
    let near = |found: f32, expected: f32| assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
    near(state.user_biases[0], -0.1);
    near(state.item_biases[0], -0.1);
    near(state.user_factors.row(0)[0], 1.0 + 0.1 * (-2.0 - 0.2 * 1.0)); // error * q - L2 * p
    near(state.item_factors.row(0)[0], 2.0 + 0.1 * (-1.5 - 0.2 * 2.0)); // error * (p + y) - L2 * q
    near(state.implicit_factors.row(0)[0], 0.5 + 0.1 * (-2.0 - 0.2 * 0.5)); // error * q - L2 * y
    // The item that was not rated stays.
    assert_eq!((state.item_factors.row(1)[0], state.implicit_factors.row(1)[0]), (9.0, 9.0));
}

#[test]
fn implicit_feedback_is_scaled_by_the_root_of_the_count() {
    let state = state(0.0, [0.0; 2], [3.0, 5.0]);
    let mut out = vec![0.0; 8];
    state.implicit_into(&[0, 1], &mut out);
    assert!((out[0] - 8.0 / 2f32.sqrt()).abs() < 1e-6);
}

#[test]
fn an_unknown_side_leaves_the_other_sides_offset() {
    // No factors: the biases are those of `mf`'s test, .45 on either side of user 1 and item 10.
    let params = SvdppParams {
        epochs: 2,
        learning_rate: 0.5,
        decay: 1.0,
        bias_regularization: 0.2,
        init_std: 0.0,
        ..SvdppParams::default()
    };
    let model = fit(&[(1, 10, 5.0), (2, 20, 3.0)], params).unwrap().model;
    let ask = |user_id, item_id| model.scores(&[Candidate { user_id, item_id, at: 0 }])[0];
    for ((user_id, item_id), expected) in [((1, 10), 4.9), ((1, 20), 4.0), ((1, 99), 4.45), ((9, 20), 3.55), ((9, 99), 4.0)]
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
        ratings.extend((10..14).filter(|item| (user / 2 + item) % 4 != 0).map(|item| {
            (user, item, if user % 2 == 0 { 5.0 } else { 1.0 })
        }));
    }
    ratings.extend([(100, 1, 3.0), (101, 2, 3.0)]);
    let params = SvdppParams { factors: 8, epochs: 100, learning_rate: 0.03, decay: 1.0, ..SvdppParams::default() };
    let model = fit(&ratings, params).unwrap().model;
    let ask = |user_id| model.scores(&[Candidate { user_id, item_id: 10, at: 0 }])[0];
    assert!(ask(100) > ask(101) + 1.0, "{} and {}", ask(100), ask(101));
}

#[test]
fn divergence_is_an_error_and_not_a_model() {
    let params = SvdppParams { learning_rate: 1.0, decay: 1.0, init_std: 10.0, epochs: 50, ..SvdppParams::default() };
    let error = fit(&[(1, 10, 5.0), (1, 20, 1.0), (2, 10, 1.0), (2, 20, 5.0)], params).unwrap_err();
    assert!(error.to_string().contains("diverged"), "{error}");
}
