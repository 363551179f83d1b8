//! The item neighbours on a case small enough to compute by hand, and against a naive definition.

use dataset::{Rating, Ratings};
use proptest::prelude::*;

use super::*;
use crate::Params as _;

fn history(ratings: &[(i64, i64, f32)]) -> History {
    let rating = |&(user_id, item_id, value)| Rating { user_id, item_id, value, timestamp: 0 };
    History::new(&ratings.iter().map(rating).collect::<Ratings>())
}

fn fit(ratings: &[(i64, i64, f32)], params: ImplicitItemKnnParams) -> ImplicitItemKnn {
    ImplicitItemKnn::fit(&history(ratings), &params.check().unwrap())
}

fn ask(model: &ImplicitItemKnn, user_id: i64, item_id: i64) -> f64 {
    model.scores(&[Candidate { user_id, item_id, at: 0 }])[0]
}

/// Item 10 has raters 1, 2, 3; item 20 has 1, 2; item 30 has 3, 4; item 40 has 4 alone, who thought little of it.
const RATINGS: [(i64, i64, f32); 8] = [
    (1, 10, 5.0),
    (1, 20, 4.0),
    (2, 10, 4.0),
    (2, 20, 3.0),
    (3, 10, 4.0),
    (3, 30, 4.0),
    (4, 30, 5.0),
    (4, 40, 1.0),
];

#[test]
fn the_score_is_the_sum_of_the_similarities_to_the_users_items() {
    let all = ImplicitItemKnnParams { min_rating: 0.0, k: 9, shrinkage: 0.0 };
    let model = fit(&RATINGS, all);
    // sim(10, 20) = 2 / sqrt(3 * 2), sim(10, 30) = 1 / sqrt(3 * 2), sim(30, 40) = 1 / sqrt(2 * 1).
    let root = |squared: f64| squared.sqrt();
    let close =
        |found: f64, expected: f64| assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
    close(ask(&model, 3, 20), 2.0 / root(6.0));
    close(ask(&model, 3, 40), 1.0 / root(2.0));
    close(ask(&model, 1, 30), 1.0 / root(6.0));
    // A rated item is no neighbour of itself; what shares no user with it adds nothing.
    close(ask(&model, 3, 10), 1.0 / root(6.0));
    assert_eq!([ask(&model, 1, 40), ask(&model, 9, 10), ask(&model, 1, 99)], [0.0; 3]);

    let shrunk = fit(&RATINGS, ImplicitItemKnnParams { shrinkage: 0.5, ..all });
    close(ask(&shrunk, 3, 20), 2.0 / (root(6.0) + 0.5));
    let liked = fit(&RATINGS, ImplicitItemKnnParams { min_rating: 4.0, ..all });
    assert_eq!(ask(&liked, 3, 40), 0.0);
    close(ask(&liked, 3, 20), 1.0 / root(3.0)); // user 2 gave item 20 less
}

#[test]
fn neighbours_are_those_of_the_users_item() {
    // With one neighbour, 10 keeps 20, 20 keeps 10, 30 keeps 40 (1 / sqrt(2) above 1 / sqrt(6)), 40 keeps 30: so 30 adds nothing to 10.
    let model = fit(&RATINGS, ImplicitItemKnnParams { min_rating: 0.0, k: 1, shrinkage: 0.0 });
    assert_eq!(ask(&model, 4, 10), 0.0);
    assert!(ask(&model, 3, 40) > 0.7);
}

#[test]
fn damage_is_noticed() {
    let model = fit(&RATINGS, ImplicitItemKnnParams::default());
    assert_eq!(model.validate(), Ok(()));
    assert!(ImplicitItemKnn { users: IdIndex::new([1]), ..model.clone() }.validate().is_err());
    assert!(ImplicitItemKnn { items: IdIndex::new([1]), ..model.clone() }.validate().is_err());
    let outside = Csr::from_entries(4, [(0, 4, 1.0)].into_iter());
    assert!(ImplicitItemKnn { neighbours: Neighbours(outside), ..model }.validate().is_err());
}

proptest! {
    #[test]
    fn scores_are_those_of_the_naive_definition(
        table in prop::collection::btree_set((0i64..8, 0i64..10), 1..50),
        shrinkage in 0.0f64..5.0,
    ) {
        let ratings: Vec<_> = table.iter().map(|&(user, item)| (user, item, 3.0)).collect();
        let model = fit(&ratings, ImplicitItemKnnParams { min_rating: 0.0, k: 10, shrinkage });
        prop_assert_eq!(model.validate(), Ok(()));
        let raters = |item| table.iter().filter(move |pair| pair.1 == item).map(|pair| pair.0);
        let asked: Vec<Candidate> = (0..9)
            .flat_map(|user_id| (0..11).map(move |item_id| Candidate { user_id, item_id, at: 0 }))
            .collect();
        // Whole users, and one by one: the same bits.
        let found = model.scores(&asked);
        let one_by_one: Vec<f64> = asked.iter().flat_map(|&one| model.scores(&[one])).collect();
        prop_assert_eq!(&found, &one_by_one);
        for (candidate, found) in asked.iter().zip(found) {
            let of_user = table.iter().filter(|pair| pair.0 == candidate.user_id && pair.1 != candidate.item_id);
            let expected: f64 = of_user
                .map(|&(_, item)| {
                    let common = raters(item).filter(|&user| raters(candidate.item_id).any(|other| other == user));
                    let product = (raters(item).count() * raters(candidate.item_id).count()) as f64;
                    let n_common = common.count() as f64;
                    if n_common > 0.0 { n_common / (product.sqrt() + shrinkage) } else { 0.0 }
                })
                .sum();
            prop_assert!((found - expected).abs() < 1e-5, "{candidate:?}: {found}, not {expected}");
        }
    }
}
