//! EASE against its definition, by dense elimination in f64.

use dataset::{Rating, Ratings};

use super::*;
use crate::Params as _;

fn history(ratings: &[(i64, i64, f32)]) -> History {
    let rows =
        ratings.iter().map(|&(user_id, item_id, value)| Rating { user_id, item_id, value, timestamp: 0 });
    History::new(&rows.collect::<Ratings>())
}

/// Items 10 and 20 are liked together, 30 and 40 by the others.
fn two_tastes() -> Vec<(i64, i64, f32)> {
    (0..12)
        .flat_map(|user| {
            [10, 20, 30, 40].into_iter().filter(move |item| (user + item / 10) % 5 != 0).map(move |item| {
                let likes = (user % 2 == 0) == (item <= 20);
                (user, item, if likes { 5.0 } else { 1.5 })
            })
        })
        .collect()
}

fn fit(ratings: &[(i64, i64, f32)], params: EaseParams) -> EaseModel {
    let baseline = DampedBiasParams::default().check().unwrap();
    EaseModel::fit(&history(ratings), &baseline, &params.check().unwrap())
}

/// Solves `a x = b` by elimination; `a` is positive definite.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    for k in 0..b.len() {
        let (pivot_row, pivot_right) = (a[k].clone(), b[k]);
        for i in (0..b.len()).filter(|&i| i != k) {
            let weight = a[i][k] / pivot_row[k];
            a[i].iter_mut().zip(&pivot_row).for_each(|(number, pivot)| *number -= weight * pivot);
            b[i] -= weight * pivot_right;
        }
    }
    b.iter().enumerate().map(|(k, right)| right / a[k][k]).collect()
}

#[test]
fn each_item_is_a_ridge_regression_on_the_others() {
    let params = EaseParams { max_items: 4, regularization: 3.0, gain: 1.0 };
    let ratings = two_tastes();
    let model = fit(&ratings, params);
    let history = history(&ratings);
    let x = |user: u32, item: u32| {
        history
            .by_user()
            .get(user, item)
            .map_or(0.0, |value| f64::from(model.baseline.residual(user, item, value)))
    };
    for target in 0..4u32 {
        let others: Vec<u32> = (0..4).filter(|&item| item != target).collect();
        let gram = |a: u32, b: u32| (0..12).map(|user| x(user, a) * x(user, b)).sum::<f64>();
        let matrix = others
            .iter()
            .map(|&a| others.iter().map(|&b| gram(a, b) + if a == b { 3.0 } else { 0.0 }).collect())
            .collect();
        let expected = solve(matrix, others.iter().map(|&a| gram(a, target)).collect());
        for (&other, expected) in others.iter().zip(expected) {
            let found = model.weights[(target * 4 + other) as usize];
            assert!(
                (f64::from(found) - expected).abs() < 1e-4,
                "{other} to {target}: {found}, not {expected}"
            );
        }
        assert_eq!(model.weights[(target * 5) as usize], 0.0);
    }
}

#[test]
fn the_score_is_the_baseline_and_the_weighted_residuals() {
    let ratings = two_tastes();
    let params = EaseParams { max_items: 4, regularization: 3.0, gain: 2.0 };
    let model = fit(&ratings, params);
    let plain = fit(&ratings, EaseParams { gain: 1.0, ..params });
    // User 0 (index 0) likes 10 and 20 and rated 10, 20, 30, 40 but for those with item / 10 = 0 mod 5: all four.
    let place = Candidate { user_id: 0, item_id: 10, at: 0 };
    let baseline = model.baseline.place(place).baseline;
    let (items, residuals) = plain.residuals.row(0);
    let sum: f64 =
        items.iter().zip(residuals).map(|(&i, &x)| f64::from(plain.weights[i as usize]) * f64::from(x)).sum();
    assert!((model.scores(&[place])[0] - (baseline + 2.0 * sum)).abs() < 1e-5);
    assert!(sum > 0.0, "{sum}");
}

#[test]
fn outside_the_catalogue_the_baseline_answers() {
    // Items 10 and 20 have 3 ratings each, item 30 has 1.
    let ratings =
        [(1, 10, 5.0), (2, 10, 4.0), (3, 10, 1.0), (1, 20, 5.0), (2, 20, 4.0), (3, 20, 2.0), (1, 30, 3.0)];
    let model = fit(&ratings, EaseParams { max_items: 2, regularization: 0.5, gain: 1.0 });
    assert_eq!(model.catalogue, [0, 1]);
    let ask = |user_id, item_id| {
        let candidate = Candidate { user_id, item_id, at: 0 };
        (model.scores(&[candidate])[0], model.baseline.place(candidate).baseline)
    };
    for (user_id, item_id) in [(2, 30), (9, 10), (1, 99), (9, 99)] {
        let (score, baseline) = ask(user_id, item_id);
        assert_eq!(score, baseline, "user {user_id}, item {item_id}");
    }
    let (score, baseline) = ask(3, 10);
    assert!(score < baseline, "{score} and {baseline}"); // who disliked 20 dislikes 10
}

#[test]
fn damage_is_noticed() {
    let model = fit(&two_tastes(), EaseParams::default());
    assert_eq!(model.validate(), Ok(()));
    assert!(EaseModel { catalogue: vec![0, 1, 2, 4], ..model.clone() }.validate().is_err());
    assert!(EaseModel { catalogue: vec![0, 2, 1, 3], ..model.clone() }.validate().is_err());
    assert!(EaseModel { weights: vec![0.0; 15], ..model.clone() }.validate().is_err());
    assert!(EaseModel { residuals: Csr::default(), ..model }.validate().is_err());
}
