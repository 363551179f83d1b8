//! Alternating least squares beside its definition.

use dataset::{Candidate, IdIndex, Rating, Ratings, rng};

use super::*;
use crate::factors::Factors;
use crate::mf::{MfFit, MfMethod, MfModel, residuals};
use crate::{FittedModel, Params as _, Scorer as _};

const LAMBDA: f32 = 0.1;

fn params(epochs: usize) -> MfParams {
    let regularization = LAMBDA;
    MfParams {
        method: MfMethod::Als,
        factors: 5,
        epochs,
        regularization,
        init_std: 0.5,
        ..MfParams::default()
    }
}

/// A pattern that offsets cannot express, on 60 users and 40 items, some pairs left out; ids are no indices.
fn planted() -> History {
    let pairs = (0..60i64).flat_map(|user| (0..40i64).map(move |item| (user, item)));
    let kept = pairs.filter(|(user, item)| (user * 31 + item * 17) % (3 + user % 4) != 0);
    let rating = |(user, item): (i64, i64)| Rating {
        user_id: 3 * user + 1,
        item_id: 2 * item + 5,
        value: if (user + item) % 2 == 0 { 4.5 } else { 2.0 } + ((user * item) % 2) as f32 / 2.0,
        timestamp: 0,
    };
    History::new(&kept.map(rating).collect::<Ratings>())
}

fn fit(history: &History, params: MfParams) -> MfFit {
    MfModel::fit(history, &params.check().unwrap(), rng::stream(1, "test/als")).unwrap()
}

/// Every rating's user, item and error.
fn errors(model: &BiasedFactors, by_user: &Csr) -> Vec<(u32, u32, f64)> {
    let of_user = |user| {
        let (items, values) = by_user.row(user);
        let error =
            move |(&item, &value): (&u32, &f32)| (user, item, f64::from(value) - model.of_known(user, item));
        items.iter().zip(values).map(error)
    };
    (0..by_user.n_rows() as u32).flat_map(of_user).collect()
}

/// The sum of the squared errors and what each side's factors add with every rating.
fn loss(model: &BiasedFactors, history: &History) -> f64 {
    let squares = |factors: &Factors, ratings: &Csr| -> f64 {
        let of_row = |row: u32| {
            let squares: f64 = factors.row(row).iter().map(|&number| f64::from(number).powi(2)).sum();
            ratings.row(row).0.len() as f64 * squares
        };
        (0..ratings.n_rows() as u32).map(of_row).sum()
    };
    let of_errors: f64 = errors(model, history.by_user()).iter().map(|(_, _, error)| error * error).sum();
    let of_factors =
        squares(&model.user_factors, history.by_user()) + squares(&model.item_factors, history.by_item());
    of_errors + f64::from(LAMBDA) * of_factors
}

#[test]
fn the_biases_are_damped_means() {
    // No factors (std 0); mean 4. Item 10: 0 / 5, item 20: 1 / 4; user 1: (1 - 0) / 6; user 2: (-1 - 0 + 1 - .25) / 7 in f32's precision.
    let rating = |(user_id, item_id, value)| Rating { user_id, item_id, value, timestamp: 0 };
    let some = [(1, 10, 5.0), (2, 10, 3.0), (2, 20, 5.0), (3, 30, 3.0)].map(rating);
    let history = History::new(&some.into_iter().collect::<Ratings>());
    let MfFit { model, learning_curve } = fit(&history, MfParams { init_std: 0.0, ..params(3) });
    let scores =
        model.scores(&[(1, 10), (1, 20), (2, 20), (1, 30), (9, 10)].map(|(user_id, item_id)| Candidate {
            user_id,
            item_id,
            at: 0,
        }));
    let (of_1, of_2) = (1.0 / 6.0, -0.25 / 7.0);
    let expected = [4.0 + of_1, 4.25 + of_1, 4.25 + of_2, 3.75 + of_1, 4.0];
    for (score, expected) in scores.iter().zip(expected) {
        assert!((score - expected).abs() < 1e-6, "{scores:?}, not {expected:?}");
    }
    assert!(learning_curve.len() == 3 && learning_curve.iter().all(|&rmse| rmse == learning_curve[0]));
}

#[test]
fn items_come_first_and_every_half_is_a_minimum() {
    let history = planted();
    let MfModel(once) = fit(&history, params(1)).model;
    let drawn = Factors::normal(history.users().len(), 5, 0.5, &mut rng::stream(1, "test/als"));
    // At a minimum the derivative by each factor is 0: sum of error * the other side's factor = lambda n times the factor.
    let assert_is_minimum = |model: &BiasedFactors, of_items: bool| {
        let (rows, factors, others) = if of_items {
            (history.by_item(), &model.item_factors, &model.user_factors)
        } else {
            (history.by_user(), &model.user_factors, &model.item_factors)
        };
        let errors = errors(model, history.by_user());
        for row in 0..rows.n_rows() as u32 {
            let penalty = f64::from(LAMBDA) * rows.row(row).0.len() as f64;
            for at in 0..5 {
                let of_row =
                    errors.iter().map(
                        |&(user, item, error)| {
                            if of_items { (item, user, error) } else { (user, item, error) }
                        },
                    );
                let moment: f64 = of_row
                    .filter(|&(this, ..)| this == row)
                    .map(|(_, other, error)| error * f64::from(others.row(other)[at]))
                    .sum();
                let difference = moment - penalty * f64::from(factors.row(row)[at]);
                assert!(difference.abs() < 1e-4, "row {row}, factor {at}: {difference}");
            }
        }
    };
    assert_is_minimum(&BiasedFactors { user_factors: drawn, ..once.clone() }, true);
    assert_is_minimum(&once, false);
}

#[test]
fn the_loss_and_the_curve_fall_and_the_pattern_is_learnt() {
    let history = planted();
    let fits: Vec<MfFit> = (1..=8).map(|epochs| fit(&history, params(epochs))).collect();
    let losses: Vec<f64> = fits.iter().map(|fit| loss(&fit.model.0, &history)).collect();
    assert!(losses.is_sorted_by(|earlier, later| *later <= earlier * (1.0 + 1e-6)), "{losses:?}");
    assert!(losses[7] < 0.99 * losses[0], "{losses:?}");
    let MfFit { model, learning_curve } = &fits[7];
    assert_eq!(learning_curve[..7], fits[6].learning_curve);
    let errors = errors(&model.0, history.by_user());
    let rmse = (errors.iter().map(|(_, _, error)| error * error).sum::<f64>() / errors.len() as f64).sqrt();
    assert!((rmse - learning_curve[7]).abs() < 1e-6, "{rmse}, not {}", learning_curve[7]);
    assert!(rmse < 0.35, "{rmse}"); // offsets alone leave 1.2
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let history = planted();
    let on = |n_threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| fit(&history, params(4)))
    };
    let alone = on(1);
    assert!(alone == on(2) && alone == on(5));
}

#[test]
fn the_item_side_and_the_ratings_give_the_whole_model_to_the_bit() {
    let history = planted();
    let checked = params(4).check().unwrap();
    let MfModel(whole) = fit(&history, params(4)).model;
    let (by_item, by_user) = (history.by_item(), history.by_user());
    let biases: Vec<f32> = (0..by_item.n_rows() as u32)
        .map(|item| {
            let (_, values) = by_item.row(item);
            item_bias(values.len() as u64, values.iter().map(|&value| f64::from(value)).sum(), history.mean())
        })
        .collect();
    let factors: Vec<f32> =
        (0..by_item.n_rows() as u32).flat_map(|item| whole.item_factors.row(item)[..5].to_vec()).collect();
    let items = MfModel::from_item_side(history.mean(), history.items().ids(), biases, &factors, 5).unwrap();
    assert_eq!(items.0.users, IdIndex::new([]));
    // All users at once, and in two halves.
    let together = items.clone().fold_in(&history, &checked).unwrap();
    assert!(together.0 == whole);
    let half = |odd: i64| -> Ratings {
        let of_user = |user: u32| {
            let (items, values) = by_user.row(user);
            let user_id = history.users().id_at(user);
            let of_item = move |(&item, &value): (&u32, &f32)| (user_id, item, value);
            items.iter().zip(values).map(of_item)
        };
        let all = (0..by_user.n_rows() as u32).flat_map(of_user).filter(|(user_id, ..)| user_id % 2 == odd);
        let item_id = |item| history.items().id_at(item);
        all.map(|(user_id, item, value)| Rating { user_id, item_id: item_id(item), value, timestamp: 0 })
            .collect()
    };
    let mut folded = FittedModel::Mf(items);
    let params = crate::BaseConfig { mf: params(4), ..crate::BaseConfig::default() }.check().unwrap().1;
    for odd in [1, 0] {
        folded = folded.fold_in(&History::new(&half(odd)), &params).unwrap();
    }
    assert!(folded == FittedModel::Mf(MfModel(whole.clone())));

    // What a cluster fits the factors to is what this fit sees.
    for user in 0..by_user.n_rows() as u32 {
        let rated = by_user.row(user);
        let pairs: Vec<(f32, f32)> = rated
            .0
            .iter()
            .zip(rated.1)
            .map(|(&item, &value)| (value, whole.item_biases[item as usize]))
            .collect();
        let seen: Vec<f32> =
            whole.left_over(rated, whole.user_biases[user as usize]).map(|(_, residual)| residual).collect();
        assert_eq!(residuals(&pairs, history.mean()), seen);
    }
}
