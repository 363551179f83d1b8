//! The centred neighbours on cases small enough to compute by hand, and against a naive definition.

use dataset::{Rating, Ratings};
use proptest::prelude::*;

use super::*;
use crate::Params as _;
use crate::damped_bias::DampedBias;

fn history(ratings: &[(i64, i64, f32)]) -> History {
    let rating = |&(user_id, item_id, value)| Rating { user_id, item_id, value, timestamp: 0 };
    History::new(&ratings.iter().map(rating).collect::<Ratings>())
}

fn baseline() -> Checked<DampedBiasParams> {
    DampedBiasParams::default().check().unwrap()
}

fn by_items(history: &History, params: CentredItemKnnParams) -> CentredItemKnn {
    CentredItemKnn::fit(history, &baseline(), &params.check().unwrap())
}

fn by_users(history: &History, params: UserKnnParams) -> UserKnn {
    UserKnn::fit(history, &baseline(), &params.check().unwrap())
}

/// Score and support.
fn ask(model: &dyn Scorer, user_id: i64, item_id: i64) -> (f64, f64) {
    let (mut score, mut support) = ([0.0], [f64::NAN]);
    let asked = [Candidate { user_id, item_id, at: 0 }];
    model.score_with_support(&asked, &mut score, &mut support);
    assert_eq!(model.scores(&asked), score);
    (score[0], support[0])
}

/// Rows and columns sum to 0 about mu = 3, so that all offsets are 0; users 1 and 2 disagree with 3 and 4.
const SQUARE: [(i64, i64, f32); 8] = [
    (1, 10, 4.0),
    (1, 20, 2.0),
    (2, 10, 4.0),
    (2, 20, 2.0),
    (3, 10, 2.0),
    (3, 20, 4.0),
    (4, 10, 2.0),
    (4, 20, 4.0),
];

#[test]
fn users_who_agree_move_the_score_and_who_disagree_do_not() {
    let params = UserKnnParams { shrinkage: 2.0, damping: 0.25, ..UserKnnParams::default() };
    let model = by_users(&history(&SQUARE), params);
    // User 1's residuals are (1, -1), as user 2's: cosine 1, shrunk by 2 / (2 + 2) to 1/2. Users 3 and 4 have cosine -1.
    // So item 10 gets 3 + (1/2 * 1) / (1/2 + 1/4) = 3 + 2/3, with support 1/2; user 3 the same downwards.
    let (score, support) = ask(&model, 1, 10);
    assert!((score - 11.0 / 3.0).abs() < 1e-6 && (support - 0.5).abs() < 1e-6, "{score} {support}");
    let (score, support) = ask(&model, 3, 10);
    assert!((score - 7.0 / 3.0).abs() < 1e-6 && (support - 0.5).abs() < 1e-6, "{score} {support}");
}

#[test]
fn only_the_k_most_similar_count() {
    // About mu = 3 again. The residuals on items 10 to 40 are (1, 1, -1, -1) for user 1, the same for user 2, and (2, -1, -1, 0)
    // for user 3, whose cosine with user 1 is 2 / (2 * sqrt(6)); user 4 is the opposite of all three, so that columns sum to 0.
    let residuals =
        [[1.0, 1.0, -1.0, -1.0], [1.0, 1.0, -1.0, -1.0], [2.0, -1.0, -1.0, 0.0], [-4.0, -1.0, 3.0, 2.0]];
    let ratings = residuals.iter().enumerate().flat_map(|(user, of_user)| {
        let rating =
            move |(item, &residual): (usize, &f32)| (user as i64 + 1, 10 * (item as i64 + 1), 3.0 + residual);
        of_user.iter().enumerate().map(rating)
    });
    let history = history(&ratings.collect::<Vec<_>>());
    let explained = |k| {
        let model =
            by_users(&history, UserKnnParams { k, shrinkage: 0.0, damping: 0.0, ..UserKnnParams::default() });
        ask(&model, 1, 10).0 - 3.0
    };
    let third = 1.0 / 6f64.sqrt();
    assert!((explained(1) - 1.0).abs() < 1e-6);
    assert!((explained(2) - (1.0 + 2.0 * third) / (1.0 + third)).abs() < 1e-6);
}

#[test]
fn of_many_raters_the_most_active_are_looked_at() {
    // User 5 agrees with user 1 on item 10 and has rated more, so that items 10 and 20 are looked at by user 5's ratings alone.
    let more = [(5, 10, 4.0), (5, 20, 2.0), (5, 30, 4.0), (6, 30, 2.0)];
    let history = history(&SQUARE.iter().chain(&more).copied().collect::<Vec<_>>());
    let support = |max_raters, user_id, item_id| {
        ask(&by_users(&history, UserKnnParams { max_raters, ..UserKnnParams::default() }), user_id, item_id).1
    };
    assert_eq!(support(5, 1, 10), support(1000, 1, 10));
    let alone = support(1, 1, 10);
    assert!(alone > 0.0 && alone < support(5, 1, 10), "{alone}");
    // User 5 is no neighbour of user 5.
    assert_eq!(support(1, 5, 10), 0.0);
    let model = by_users(&history, UserKnnParams { max_raters: 1, ..UserKnnParams::default() });
    assert_eq!(model.validate(), Ok(()));
    // Of an item model, no entry may be missing.
    let CentredKnn { residuals, .. } = model.0;
    let whole = by_items(&history, CentredItemKnnParams::default()).0;
    let lacking = Sides { by_other: residuals.by_other, by_target: residuals.by_target };
    assert!(CentredItemKnn(CentredKnn { residuals: lacking, ..whole }).validate().is_err());
}

#[test]
fn items_that_are_opposite_are_no_neighbours() {
    let model = by_items(&history(&SQUARE), CentredItemKnnParams::default());
    assert_eq!(ask(&model, 1, 10), (3.0, 0.0)); // item 20 has cosine -1 with item 10
}

#[test]
fn what_is_unknown_gets_the_baseline_without_support() {
    let history = history(&[(1, 10, 5.0), (1, 20, 3.0), (2, 10, 1.0), (2, 30, 4.0)]);
    let baseline = DampedBias::fit(&history, &baseline());
    let (items, users) =
        (by_items(&history, CentredItemKnnParams::default()), by_users(&history, UserKnnParams::default()));
    for (user_id, item_id) in [(9, 10), (1, 99), (9, 99)] {
        let expected = (baseline.scores(&[Candidate { user_id, item_id, at: 0 }])[0], 0.0);
        assert_eq!(ask(&items, user_id, item_id), expected);
        assert_eq!(ask(&users, user_id, item_id), expected);
    }
}

#[test]
fn damage_is_noticed() {
    let history = history(&SQUARE);
    let model = by_items(&history, CentredItemKnnParams::default());
    assert_eq!(model.validate(), Ok(()));
    assert_eq!(by_users(&history, UserKnnParams::default()).validate(), Ok(()));
    // A user-kNN is no item-kNN: four rows against two.
    assert!(CentredItemKnn(by_users(&history, UserKnnParams::default()).0).validate().is_err());
    let damaged = |inner| CentredItemKnn(inner).validate();
    let inner = model.0;
    for weighting in [
        Weighting { k: 0, ..inner.weighting },
        Weighting { shrinkage: -1.0, ..inner.weighting },
        Weighting { damping: f64::NAN, ..inner.weighting },
    ] {
        assert!(damaged(CentredKnn { weighting, ..inner.clone() }).is_err());
    }
    assert!(damaged(CentredKnn { inverse_norms: vec![1.0; 2], ..inner.clone() }).is_err());
    assert!(damaged(CentredKnn { residuals: Sides::new(Csr::default(), 2), ..inner }).is_err());
}

/// The definition read off the page, item-based; a full sort, ties by rating count and larger id.
fn naive(history: &History, params: CentredItemKnnParams, user: u32, item: u32) -> f64 {
    let baseline = Baseline::fit(history, &baseline());
    let residuals = baseline.residuals(history);
    let n_users = history.users().len() as u32;
    let of = |user, item| residuals.get(user, item).map(f64::from);
    let squared =
        |item| (0..n_users).filter_map(|user| of(user, item)).map(|value| value * value).sum::<f64>();
    let mut neighbours: Vec<(f64, f64)> = (0..history.items().len() as u32)
        .filter(|&other| other != item)
        .filter_map(|other| {
            let pairs = (0..n_users).filter_map(|user| Some(of(user, item)? * of(user, other)?));
            let (n, product) = (pairs.clone().count() as f64, pairs.sum::<f64>());
            let length = (squared(item) * squared(other)).sqrt();
            let similarity = if n > 0.0 { n / (n + params.shrinkage) * product / length } else { 0.0 };
            (similarity > 0.0).then_some((similarity, of(user, other)?))
        })
        .collect();
    neighbours.sort_by(|a, b| b.0.total_cmp(&a.0));
    neighbours.truncate(params.k);
    let weight: f64 = neighbours.iter().map(|(similarity, _)| similarity).sum();
    let total: f64 = neighbours.iter().map(|(similarity, residual)| similarity * residual).sum();
    let explained = if weight > 0.0 { total / (weight + params.damping) } else { 0.0 };
    f64::from(-baseline.residual(user, item, 0.0)) + explained
}

proptest! {
    #[test]
    fn scores_are_those_of_the_naive_definition(
        table in prop::collection::btree_map((0i64..8, 0i64..8), 1u8..=10, 1..40),
        shrinkage in 0.0f64..10.0,
    ) {
        let ratings: Vec<_> = (table.iter())
            .map(|(&(user_id, item_id), &half_stars)| (user_id, item_id, f32::from(half_stars) / 2.0))
            .collect();
        // All neighbours count: sums in f32 may order equal similarities in another way than sums in f64. And the damping is well
        // above what rounding makes of a similarity of 0.
        let params = CentredItemKnnParams { k: 8, shrinkage, damping: 0.1 };
        let model = by_items(&history(&ratings), params);
        prop_assert_eq!(model.validate(), Ok(()));
        let history = history(&ratings);
        for user in 0..history.users().len() as u32 {
            for item in 0..history.items().len() as u32 {
                let (found, support) = ask(&model, history.users().id_at(user), history.items().id_at(item));
                let expected = naive(&history, params, user, item);
                prop_assert!((found - expected).abs() < 1e-4, "user {user}, item {item}: {found}, not {expected}");
                prop_assert!(support >= 0.0);
            }
        }
    }
}
