//! The regression on a case small enough to solve by hand, and its fallbacks.

use dataset::{Rating, Ratings};

use super::*;

fn catalogue() -> Items {
    let row = |id, title: &str, genre: &str| (id, title.to_owned(), vec![genre.to_owned()]);
    Items::new(vec![row(10, "A (1990)", "Drama"), row(20, "B (1990)", "War"), row(30, "C (1990)", "Drama")])
        .unwrap()
}

/// Two users of opposite taste; item 30 is in the catalogue only.
fn fitted(params: RidgeParams) -> RidgeContent {
    let rating = |(user_id, item_id, value)| Rating { user_id, item_id, value, timestamp: 0 };
    let ratings: Ratings =
        [(1, 10, 4.0), (1, 20, 2.0), (2, 10, 2.0), (2, 20, 4.0)].map(rating).into_iter().collect();
    let baseline = DampedBiasParams::default().check().unwrap();
    RidgeContent::fit(&History::new(&ratings), &catalogue(), &baseline, &params.check().unwrap())
}

#[test]
fn coefficients_solve_the_penalised_normal_equations() {
    // All offsets are 0, mu = 3; year, damped mean and popularity do not vary, so what is left is Drama, War and the constant.
    // User 1 has the residuals 1 for Drama and -1 for War: X'X = [1 0 1; 0 1 1; 1 1 2], X'e = (1, -1, 0).
    // With penalty 1: [2 0 1; 0 2 1; 1 1 3] w = (1, -1, 0) has the solution w = (1/2, -1/2, 0).
    let model = fitted(RidgeParams { penalty: 1.0, ..RidgeParams::default() });
    let ask = |user_id, item_id| model.scores(&[Candidate { user_id, item_id, at: 0 }])[0];
    for (user_id, item_id, expected) in [(1, 10, 3.5), (1, 20, 2.5), (2, 10, 2.5), (2, 20, 3.5)] {
        assert!((ask(user_id, item_id) - expected).abs() < 1e-12);
    }
    // A cold item of the catalogue is scored by its genre; what is unknown altogether by the baseline.
    assert!((ask(1, 30) - 3.5).abs() < 1e-12);
    assert_eq!([ask(1, 99), ask(9, 10), ask(9, 99)], [3.0; 3]);
}

#[test]
fn a_larger_penalty_believes_less() {
    let liking = |penalty| {
        let model = fitted(RidgeParams { penalty, ..RidgeParams::default() });
        model.scores(&[Candidate { user_id: 1, item_id: 10, at: 0 }])[0] - 3.0
    };
    assert!((liking(9.0) - 0.1).abs() < 1e-12); // [10 0 1; 0 10 1; 1 1 11] w = (1, -1, 0): w = (1/10, -1/10, 0)
    assert!(liking(1e6) < 1e-5);
}

#[test]
fn damage_is_noticed() {
    let model = fitted(RidgeParams::default());
    assert_eq!(model.validate(), Ok(()));
    assert!(RidgeContent { coefficients: vec![0.0; 3], ..model.clone() }.validate().is_err());
    let infinite = vec![f64::INFINITY; model.coefficients.len()];
    assert!(RidgeContent { coefficients: infinite, ..model }.validate().is_err());
}

#[test]
fn values_out_of_range_are_refused() {
    let message = |params: RidgeParams| params.check().unwrap_err().to_string();
    let good = RidgeParams::default();
    assert_eq!(
        message(RidgeParams { penalty: 0.0, ..good }),
        "ridge.penalty is 0, must be in [0.001, 1000000]"
    );
    assert_eq!(
        message(RidgeParams { numeric_scale: -1.0, ..good }),
        "ridge.numeric_scale is -1, must be in [0, 100]"
    );
}
