//! Implicit ALS against its loss.

use dataset::{Rating, Ratings, rng};

use super::*;
use crate::Params as _;

/// Even users rate items 0 to 3, odd users 4 to 7, but for one of the four each.
fn history() -> History {
    let rows = (0..16i64).flat_map(|user| {
        let first = (user % 2) * 4;
        (first..first + 4).filter(move |item| item % 4 != (user / 2) % 4).map(move |item| Rating {
            user_id: user,
            item_id: item,
            value: if item == 0 { 5.0 } else { 1.0 + (item % 3) as f32 },
            timestamp: 0,
        })
    });
    History::new(&rows.collect::<Ratings>())
}

fn fit(params: ImplicitAlsParams) -> ImplicitAls {
    ImplicitAls::fit(&history(), &params.check().unwrap(), rng::stream(1, "test/ials"))
}

/// The loss of the definition, over all pairs.
fn loss(model: &ImplicitAls, params: ImplicitAlsParams) -> f64 {
    let history = history();
    let mut loss = 0.0;
    for user in 0..16u32 {
        for item in 0..8u32 {
            let score = f64::from(factors::dot(model.user_factors.row(user), model.item_factors.row(item)));
            let rating =
                history.by_user().get(user, item).filter(|&value| value >= params.min_rating).map(f64::from);
            let confidence = 1.0 + f64::from(params.alpha) * rating.unwrap_or(0.0);
            loss += confidence * (rating.map_or(0.0, |_| 1.0) - score).powi(2);
        }
    }
    let squares = |factors: &Factors| factors.numbers().iter().map(|&x| f64::from(x).powi(2)).sum::<f64>();
    loss + f64::from(params.regularization) * (squares(&model.user_factors) + squares(&model.item_factors))
}

#[test]
fn no_step_away_from_the_last_solution_lowers_the_loss() {
    // Ratings are 1, 2, 3 and 5 stars.
    for min_rating in [0.0, 2.0] {
        let params = ImplicitAlsParams { min_rating, factors: 2, rounds: 3, alpha: 2.0, regularization: 0.5 };
        let model = fit(params);
        let least = loss(&model, params);
        for item in 0..8 {
            for factor in 0..2 {
                for step in [-0.01, 0.01] {
                    let mut moved = model.clone();
                    moved.item_factors.row_mut(item)[factor] += step;
                    assert!(loss(&moved, params) > least, "from {min_rating}: item {item}, factor {factor}");
                }
            }
        }
    }
}

#[test]
fn each_round_lowers_the_loss() {
    let params =
        ImplicitAlsParams { min_rating: 0.0, factors: 2, rounds: 1, alpha: 2.0, regularization: 0.5 };
    let losses: Vec<f64> =
        (1..6).map(|rounds| loss(&fit(ImplicitAlsParams { rounds, ..params }), params)).collect();
    assert!(losses.windows(2).all(|pair| pair[1] <= pair[0] + 1e-4), "{losses:?}");
}

#[test]
fn the_missing_item_of_the_own_group_comes_first() {
    let model =
        fit(ImplicitAlsParams { min_rating: 0.0, factors: 2, rounds: 5, alpha: 2.0, regularization: 0.5 });
    for user_id in 0..16 {
        let ask = |item_id| model.scores(&[Candidate { user_id, item_id, at: 0 }])[0];
        let missing = (user_id % 2) * 4 + (user_id / 2) % 4;
        let others = (1 - user_id % 2) * 4;
        assert!((others..others + 4).all(|item| ask(missing) > ask(item) + 0.3), "user {user_id}");
    }
    let unknown =
        [(99, 1), (1, 99), (99, 99)].map(|(user_id, item_id)| Candidate { user_id, item_id, at: 0 });
    assert_eq!(model.scores(&unknown), [0.0; 3]);
}

#[test]
fn damage_is_noticed() {
    let model = fit(ImplicitAlsParams::default());
    assert_eq!(model.validate(), Ok(()));
    assert!(ImplicitAls { items: IdIndex::new([1]), ..model.clone() }.validate().is_err());
    assert!(ImplicitAls { user_factors: Factors::zeros(16, 80), ..model }.validate().is_err());
}
