//! The regression on embeddings, on items known by their content alone and against its definition.

use dataset::{Items, Rating, Ratings, rng};

use super::*;
use crate::Params as _;

const REGULARIZATION: f32 = 0.5;

/// Items 0 to 13 are Drama (even) or Action (odd); 14 has no content. Even users like Drama, odd ones Action. Nobody rated 12 to 14.
fn fitted() -> (EmbeddingContent, History) {
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
    let history = History::new(&ratings);
    let params = EmbeddingParams { dimensions: 2, iterations: 3, regularization: REGULARIZATION };
    let baseline = DampedBiasParams::default().check().unwrap();
    let content = Content { items: &items, tags: &[] };
    let params = params.check().unwrap();
    let model =
        EmbeddingContent::fit(&history, content, &baseline, &params, rng::stream(1, "test/embedding"));
    (model, history)
}

fn deviation(model: &EmbeddingContent, user_id: i64, item_id: i64) -> f64 {
    let candidate = Candidate { user_id, item_id, at: 0 };
    model.scores(&[candidate])[0] - model.baseline.place(candidate).baseline
}

#[test]
fn each_genre_gets_the_shrunk_mean_of_its_residuals() {
    // Two kinds of items that share no term: their vectors are orthogonal, and ridge regression gives each kind
    // sum of residuals / (number of ratings + L2).
    let (model, history) = fitted();
    assert_eq!(model.validate(), Ok(()));
    for user in 0..20u32 {
        for cold in [12, 13] {
            let (rated, values) = history.by_user().row(user);
            let same = rated.iter().zip(values).filter(|(item, _)| i64::from(**item) % 2 == cold % 2);
            let residuals: Vec<f64> =
                same.map(|(&item, &value)| f64::from(model.baseline.residual(user, item, value))).collect();
            let expected =
                residuals.iter().sum::<f64>() / (residuals.len() as f64 + f64::from(REGULARIZATION));
            let found = deviation(&model, i64::from(user), cold);
            assert!((found - expected).abs() < 1e-4, "user {user}, item {cold}: {found}, not {expected}");
            assert_eq!(found > 0.5, i64::from(user) % 2 == cold % 2, "user {user}, item {cold}: {found}");
        }
    }
}

#[test]
fn without_content_or_a_user_the_baseline_answers() {
    let (model, _) = fitted();
    assert_eq!(
        [(3, 14), (3, 99), (99, 12), (99, 99)].map(|(user, item)| deviation(&model, user, item)),
        [0.0; 4]
    );
}

#[test]
fn damage_is_noticed() {
    let (model, _) = fitted();
    assert!(EmbeddingContent { items: IdIndex::new([1]), ..model.clone() }.validate().is_err());
    assert!(EmbeddingContent { weights: Factors::zeros(20, 16), ..model.clone() }.validate().is_err());
    assert!(EmbeddingContent { weights: Factors::zeros(19, 2), ..model }.validate().is_err());
}
