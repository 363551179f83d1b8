//! The factorisation on cases small enough to compute by hand.

use dataset::{IdIndex, Rating, Ratings, rng};

use super::*;
use crate::Params as _;

fn history(ratings: &[(i64, i64, f32)]) -> History {
    let rows =
        ratings.iter().map(|&(user_id, item_id, value)| Rating { user_id, item_id, value, timestamp: 0 });
    History::new(&rows.collect::<Ratings>())
}

fn fit(ratings: &[(i64, i64, f32)], params: MfParams) -> Result<MfFit, Diverged> {
    MfModel::fit(&history(ratings), &params.check().unwrap(), rng::stream(1, "test/mf"))
}

#[test]
fn the_biases_follow_the_update_rule() {
    // No factors (std 0). One user and item a rating, mean 4: errors 1 and -1.
    // Epoch 1: b = .5 * 1 = .5 on both sides. Epoch 2: error 1 - 1 = 0, b = .5 + .5 * (0 - .2 * .5) = .45.
    let (factors, epochs) = (3, 2);
    let params = MfParams {
        factors,
        epochs,
        learning_rate: 0.5,
        regularization: 0.2,
        init_std: 0.0,
        ..MfParams::default()
    };
    let MfFit { model, learning_curve } = fit(&[(1, 10, 5.0), (2, 20, 3.0)], params).unwrap();
    let ask = |user_id, item_id| model.scores(&[Candidate { user_id, item_id, at: 0 }])[0];
    assert!((ask(1, 10) - 4.9).abs() < 1e-6);
    assert!((ask(2, 20) - 3.1).abs() < 1e-6);
    assert!((ask(1, 20) - 4.0).abs() < 1e-6); // .45 - .45
    assert_eq!([ask(9, 10), ask(1, 99), ask(9, 99)], [4.0; 3]);
    assert!((learning_curve[0] - 1.0).abs() < 1e-6 && learning_curve[1].abs() < 1e-6);
}

#[test]
fn the_learning_curve_falls() {
    // A rank-one pattern that offsets cannot express.
    let pattern: Vec<(i64, i64, f32)> = (0..20)
        .flat_map(|user| {
            (0..20).map(move |item| (user, item, if (user + item) % 2 == 0 { 5.0 } else { 1.0 }))
        })
        .collect();
    let params = MfParams { epochs: 60, learning_rate: 0.05, ..MfParams::default() };
    let curve = fit(&pattern, params).unwrap().learning_curve;
    assert_eq!(curve.len(), 60);
    assert!(curve[0] > 1.5 && curve[59] < 0.3, "{} to {}", curve[0], curve[59]);
}

#[test]
fn divergence_is_an_error_and_not_a_model() {
    let params = MfParams { learning_rate: 1.0, init_std: 10.0, epochs: 50, ..MfParams::default() };
    let error = fit(&[(1, 10, 5.0), (1, 20, 1.0), (2, 10, 1.0), (2, 20, 5.0)], params).unwrap_err();
    assert!(error.to_string().starts_with("mf: the factorisation diverged in epoch "), "{error}");
}

#[test]
fn damage_is_noticed() {
    let model = fit(&[(1, 10, 5.0), (2, 20, 3.0)], MfParams::default()).unwrap().model;
    assert_eq!(model.validate(), Ok(()));
    let MfModel(parts) = model;
    assert!(MfModel(BiasedFactors { user_biases: vec![], ..parts.clone() }).validate().is_err());
    assert!(MfModel(BiasedFactors { items: IdIndex::new([10]), ..parts.clone() }).validate().is_err());
    let narrow = Factors::normal(2, 8, 0.1, &mut rng::stream(1, "test/mf"));
    assert!(MfModel(BiasedFactors { item_factors: narrow, ..parts.clone() }).validate().is_err());
    let infinite = Factors::normal(2, 30, f32::INFINITY, &mut rng::stream(1, "test/mf"));
    assert!(MfModel(BiasedFactors { item_factors: infinite, ..parts }).validate().is_err());
}

/// Ratings of a pattern that offsets cannot express, one pair in `holes` left out.
fn planted(n_users: i64, n_items: i64, holes: i64) -> Vec<(i64, i64, f32)> {
    let pairs = (0..n_users).flat_map(|user| (0..n_items).map(move |item| (user, item)));
    let kept = pairs.filter(|(user, item)| (user * 31 + item * 17) % holes != 0);
    kept.map(|(user, item)| (user, item, if (user + item) % 2 == 0 { 4.0 } else { 2.0 })).collect()
}

#[test]
fn many_ratings_are_learnt_in_blocks_at_any_number_of_threads() {
    let ratings = planted(900, 400, 10);
    assert!(ratings.len() > BLOCKED_FROM);
    let params = MfParams { factors: 9, epochs: 12, learning_rate: 0.02, ..MfParams::default() };
    let fit_on = |n_threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| fit(&ratings, params)).unwrap()
    };
    let alone = fit_on(1);
    assert!(alone == fit_on(3), "other bytes on three threads");
    let curve = &alone.learning_curve;
    assert!(curve[0] > 0.5 && curve[11] < 0.1, "{curve:?}");
    let left_out =
        [(0, 0), (10, 0), (0, 10), (3, 1)].map(|(user_id, item_id)| Candidate { user_id, item_id, at: 0 });
    for (candidate, score) in left_out.iter().zip(alone.model.scores(&left_out)) {
        let expected = if (candidate.user_id + candidate.item_id) % 2 == 0 { 4.0 } else { 2.0 };
        assert!((score - expected).abs() < 0.2, "{candidate:?}: {score}");
    }
}

#[test]
fn blocks_learn_what_a_free_order_learns() {
    let history = history(&planted(900, 400, 10));
    let params = MfParams { factors: 8, epochs: 3, init_std: 0.3, ..MfParams::default() };
    let blocked = MfModel::fit(&history, &params.check().unwrap(), rng::stream(1, "test/mf")).unwrap();
    let mut model = blocked.model.0.clone();
    let mut rng = rng::stream(1, "test/mf");
    model.user_biases.fill(0.0);
    model.item_biases.fill(0.0);
    model.user_factors = Factors::normal(history.users().len(), 8, 0.3, &mut rng);
    model.item_factors = Factors::normal(history.items().len(), 8, 0.3, &mut rng);
    let free = sgd::descend(&mut model, history.by_user(), &params, &mut rng).unwrap();
    // Offsets alone leave an error of 1.
    let (blocked, free) = (blocked.learning_curve[2], free[2]);
    assert!(blocked < 0.15 && free < 0.15, "{blocked} and {free}");
}

#[test]
fn divergence_in_blocks_is_an_error_too() {
    let params = MfParams { learning_rate: 1.0, init_std: 10.0, epochs: 50, ..MfParams::default() };
    let error = fit(&planted(900, 400, 10), params).unwrap_err();
    assert!(error.to_string().starts_with("mf: the factorisation diverged in epoch "), "{error}");
}
