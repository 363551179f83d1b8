//! The item-kNN model on cases small enough to compute by hand, and against a naive definition.

use dataset::{Csr, Rating, Ratings};
use proptest::prelude::*;

use super::*;

fn rating(user_id: i64, item_id: i64, value: f32) -> Rating {
    Rating { user_id, item_id, value, timestamp: 0 }
}

fn fitted(ratings: &[Rating], k: usize) -> ItemKnnModel {
    let ratings: Ratings = ratings.iter().copied().collect();
    ItemKnnModel::fit(&History::new(&ratings), &ItemKnnParams { k }.check().unwrap())
}

fn ask(model: &ItemKnnModel, user_id: i64, item_id: i64) -> f64 {
    model.scores(&[Candidate { user_id, item_id, at: 0 }])[0]
}

/// Items 10, 20 and 30 share raters with item 40; nobody rated 50 and anything else.
fn five_items() -> Vec<Rating> {
    vec![
        rating(1, 10, 5.0),
        rating(1, 20, 3.0),
        rating(1, 30, 1.0),
        rating(2, 10, 4.0),
        rating(2, 40, 2.0),
        rating(3, 20, 2.0),
        rating(3, 40, 4.0),
        rating(4, 50, 1.5),
    ]
}

#[test]
fn score_is_the_weighted_mean_over_similar_items() {
    let model = fitted(&five_items(), 40);
    // For user 1 and item 40, up to the factor |r_40|: item 10 has 4 * 2 / sqrt(5² + 4²), item 20 has
    // 2 * 4 / sqrt(3² + 2²), item 30 has no rater in common.
    let (w10, w20) = (8.0 / 41f64.sqrt(), 8.0 / 13f64.sqrt());
    assert!((ask(&model, 1, 40) - (w10 * 5.0 + w20 * 3.0) / (w10 + w20)).abs() < 1e-12);
}

#[test]
fn only_the_k_most_similar_count() {
    assert_eq!(ask(&fitted(&five_items(), 1), 1, 40), 3.0); // item 20: w20 > w10
}

#[test]
fn without_similar_items_the_plain_mean() {
    assert_eq!(ask(&fitted(&five_items(), 40), 1, 50), 3.0); // (5 + 3 + 1) / 3
    assert_eq!(ask(&fitted(&five_items(), 2), 1, 50), 2.0); // of 30, rated once, and 20, of larger id than 10: (1 + 3) / 2
}

#[test]
fn unknown_user_or_item_gets_the_mean() {
    let model = fitted(&five_items(), 40);
    let mean = (5.0 + 3.0 + 1.0 + 4.0 + 2.0 + 2.0 + 4.0 + 1.5) / 8.0;
    assert_eq!([ask(&model, 9, 40), ask(&model, 1, 99), ask(&model, 9, 99)], [mean; 3]);
}

#[test]
fn the_item_itself_is_no_neighbour() {
    let model = fitted(&five_items(), 40);
    assert_eq!(ask(&model, 2, 40), 4.0); // from item 10 alone
    assert_eq!(ask(&model, 4, 50), model.mean); // nothing else was rated
}

#[test]
fn damage_is_noticed() {
    let model = fitted(&five_items(), 40);
    assert_eq!(model.validate(), Ok(()));
    assert!(ItemKnnModel { k: 0, ..model.clone() }.validate().is_err());
    assert!(ItemKnnModel { users: IdIndex::new([1]), ..model.clone() }.validate().is_err());
    let Compared::Ratings(ratings) = model.compared.clone() else { panic!("it keeps its ratings") };
    let damaged = |ratings| ItemKnnModel { compared: Compared::Ratings(ratings), ..model.clone() }.validate();
    assert!(damaged(Sides { by_other: Csr::default(), ..ratings.clone() }).is_err());
    assert!(damaged(Sides { by_target: ratings.by_other.clone(), ..ratings.clone() }).is_err());
    let nan = Csr::from_entries(4, [(0, 0, f32::NAN)].into_iter());
    assert!(damaged(Sides { by_other: nan, ..ratings.clone() }).is_err());
    assert!(ItemKnnModel { squared_norms: vec![0.0; 5], ..model.clone() }.validate().is_err());
}

#[test]
fn support_is_the_number_of_neighbours() {
    let model = fitted(&five_items(), 40);
    // Of items 10, 20 and 30, the first two share a rater with 40, none with 50; users 9 and item 99 are unknown.
    let asked = [(1, 40), (1, 50), (9, 40), (1, 99)];
    let asked = asked.map(|(user_id, item_id)| Candidate { user_id, item_id, at: 0 });
    let (mut scores, mut support) = ([0.0; 4], [f64::NAN; 4]);
    model.score_with_support(&asked, &mut scores, &mut support);
    assert_eq!(support, [2.0, 0.0, 0.0, 0.0]);
    assert_eq!(scores.to_vec(), model.scores(&asked));
}

/// The definition read off the page: a full similarity for each rated item, and a full sort.
fn naive(ratings: &[Rating], k: usize, user_id: i64, item_id: i64) -> f64 {
    let column = |item_id: i64| ratings.iter().filter(move |rating| rating.item_id == item_id);
    let squared_similarity = |a: i64, b: i64| {
        let dot: f64 = column(a)
            .filter_map(|one| {
                let other = column(b).find(|other| other.user_id == one.user_id)?;
                Some(f64::from(one.value) * f64::from(other.value))
            })
            .sum();
        let squared = |item| column(item).map(|rating| f64::from(rating.value).powi(2)).sum::<f64>();
        dot * dot / (squared(a) * squared(b))
    };
    let mut rated: Vec<(f64, i64, f64)> = (ratings.iter())
        .filter(|rating| rating.user_id == user_id && rating.item_id != item_id)
        .map(|rating| (squared_similarity(item_id, rating.item_id), rating.item_id, f64::from(rating.value)))
        .collect();
    let n_ratings = |item_id| column(item_id).count();
    // Rounding makes equal similarities equal.
    let rounded = |similarity: f64| (similarity * 1e9).round();
    rated.sort_by(|a, b| {
        let by_similarity = rounded(b.0).total_cmp(&rounded(a.0));
        by_similarity.then(n_ratings(a.1).cmp(&n_ratings(b.1))).then(b.1.cmp(&a.1))
    });
    rated.truncate(k);
    let weight: f64 = rated.iter().map(|(squared, _, _)| squared.sqrt()).sum();
    let n = rated.len() as f64;
    if n == 0.0 || column(item_id).next().is_none() {
        ratings.iter().map(|rating| f64::from(rating.value)).sum::<f64>() / ratings.len() as f64
    } else if weight == 0.0 {
        rated.iter().map(|(_, _, value)| value).sum::<f64>() / n
    } else {
        rated.iter().map(|(squared, _, value)| squared.sqrt() * value).sum::<f64>() / weight
    }
}

proptest! {
    #[test]
    fn scores_are_those_of_the_naive_definition(
        table in prop::collection::btree_map((0i64..8, 0i64..10), 1u8..=10, 1..50),
        k in 1usize..6,
    ) {
        let ratings: Vec<Rating> = (table.iter())
            .map(|(&(user_id, item_id), &half_stars)| rating(user_id, item_id, f32::from(half_stars) / 2.0))
            .collect();
        let model = fitted(&ratings, k);
        prop_assert_eq!(model.validate(), Ok(()));
        for (user_id, item_id) in (0..9).flat_map(|user| (0..11).map(move |item| (user, item))) {
            let (found, expected) = (ask(&model, user_id, item_id), naive(&ratings, k, user_id, item_id));
            prop_assert!((found - expected).abs() < 1e-9, "user {user_id}, item {item_id}: {found}, not {expected}");
        }
    }
}
