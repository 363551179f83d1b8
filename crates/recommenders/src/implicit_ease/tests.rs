//! EASE on implicit feedback against its definition, and its two forms against each other.

use dataset::{Rating, Ratings};
use nalgebra::DMatrix;

use super::*;
use crate::Params as _;
use crate::evidence::Because;

/// 12 users and 8 items: even users rate the first four items, odd ones the last four, all the item 30; some ratings are low.
fn history() -> History {
    let ratings = (0..12i64).flat_map(|user| {
        let first = (user % 2) * 4;
        let items = (0..8).filter(move |&item| {
            (item - first >= 0 && item - first < 4 && (user + item) % 5 != 0) || item == 3
        });
        let value = move |item| if (user + item) % 4 == 0 { 2.0 } else { 4.5 };
        items.map(move |item| Rating { user_id: user, item_id: 10 * item, value: value(item), timestamp: 0 })
    });
    History::new(&ratings.collect::<Ratings>())
}

fn params(max_items: usize, min_rating: f32) -> Checked<ImplicitEaseParams> {
    ImplicitEaseParams { min_rating, regularization: 1.5, max_items }.check().unwrap()
}

/// Both forms of the same model; the rule alone would choose the primal one.
fn both(history: &History, min_rating: f32) -> [ImplicitEase; 2] {
    let primal = ImplicitEase::fit(history, &params(8, min_rating));
    assert!(matches!(primal.form, Form::Primal(_)));
    let dual = Form::Dual(Dual::fit(positives(history.by_user(), min_rating), history.items(), 1.5));
    [ImplicitEase { form: dual, ..primal.clone() }, primal]
}

/// Every user with every item, and unknown ones.
fn everything() -> Vec<Candidate> {
    (0..13)
        .flat_map(|user_id| (0..9).map(move |item| Candidate { user_id, item_id: 10 * item, at: 0 }))
        .collect()
}

#[test]
fn both_forms_are_the_closed_form_of_the_paper() {
    let history = history();
    for min_rating in [0.0, 4.0] {
        let x = DMatrix::from_fn(12, 8, |user, item| {
            let value = history.by_user().get(user as u32, item as u32);
            f64::from(u8::from(value.is_some_and(|value| value >= min_rating)))
        });
        let p = (x.transpose() * &x + DMatrix::identity(8, 8) * 1.5).try_inverse().unwrap();
        let b = DMatrix::from_fn(8, 8, |i, j| if i == j { 0.0 } else { -p[(i, j)] / p[(j, j)] });
        let expected = &x * &b;
        for model in both(&history, min_rating) {
            assert_eq!(model.validate(), Ok(()));
            for (candidate, score) in everything().into_iter().zip(model.scores(&everything())) {
                let (user, item) = (candidate.user_id as usize, candidate.item_id as usize / 10);
                let expected = expected.get((user, item)).copied().unwrap_or(0.0);
                assert!((score - expected).abs() < 1e-6, "{candidate:?}: {score}, not {expected}");
            }
        }
    }
}

#[test]
fn the_users_decide_which_form_it_is() {
    let is_dual = |history: &History, max_items| {
        matches!(ImplicitEase::fit(history, &params(max_items, 0.0)).form, Form::Dual(_))
    };
    assert!(!is_dual(&history(), 20)); // 12 users, 8 items
    let rating = |user_id, item_id| Rating { user_id, item_id, value: 4.0, timestamp: 0 };
    let wide = (0..6).flat_map(|user| (0..4).map(move |item| rating(user % 3, 10 * item + user)));
    let wide = History::new(&wide.collect::<Ratings>()); // 3 users, 24 items
    assert!(is_dual(&wide, 3));
    assert!(!is_dual(&wide, 2));
}

#[test]
fn outside_the_catalogue_the_score_is_zero() {
    let model = ImplicitEase::fit(&history(), &params(3, 0.0));
    let Form::Primal(_) = model.form else { panic!("12 users are more than 3") };
    let of_item = |item: i64| {
        (0..12).map(move |user_id| Candidate { user_id, item_id: 10 * item, at: 0 }).collect::<Vec<_>>()
    };
    let n_scored = (0..8).filter(|&item| model.scores(&of_item(item)) != [0.0; 12]).count();
    assert_eq!(n_scored, 3);
    assert_ne!(model.scores(&of_item(3)), [0.0; 12]); // the item that all rated
}

#[test]
fn whole_users_get_the_bits_of_single_candidates() {
    for model in both(&history(), 0.0) {
        let one_by_one: Vec<f64> = everything().iter().flat_map(|&one| model.scores(&[one])).collect();
        assert_eq!(model.scores(&everything()), one_by_one);
    }
}

/// The ratings of [`history`] by users of other ids; `None` leaves a user out.
fn renamed(id: impl Fn(i64) -> Option<i64>) -> Ratings {
    let history = history();
    let of_user = |(user, &user_id): (u32, &i64)| {
        let (items, values) = history.by_user().row(user);
        let item_ids = items.iter().map(|&item| history.items().id_at(item));
        let rating =
            |user_id| move |(item_id, &value): (i64, &f32)| Rating { user_id, item_id, value, timestamp: 0 };
        id(user_id).into_iter().flat_map(move |to| item_ids.clone().zip(values).map(rating(to)))
    };
    (0u32..).zip(history.users().ids()).flat_map(of_user).collect()
}

#[test]
fn new_users_are_rows_of_the_same_weights() {
    let history = &history();
    // User 4 again as 20 and user 7 as -1, before all others.
    let new =
        renamed(|user| [(4, 20), (7, -1)].into_iter().find(|(from, _)| *from == user).map(|(_, to)| to));
    let of = |user_id| {
        (0..9).map(move |item| Candidate { user_id, item_id: 10 * item, at: 0 }).collect::<Vec<_>>()
    };
    for min_rating in [0.0, 4.0] {
        for model in both(history, min_rating) {
            let folded = model.clone().fold_in(&History::new(&new), &params(8, min_rating)).unwrap();
            assert_eq!(folded.validate(), Ok(()));
            assert_eq!(folded.scores(&everything()), model.scores(&everything()));
            for (fitted, new) in [(4, 20), (7, -1)] {
                for (expected, found) in model.scores(&of(fitted)).into_iter().zip(folded.scores(&of(new))) {
                    assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
                }
            }
        }
    }
}

#[test]
fn both_forms_give_the_same_evidence() {
    // Fitted users have even ids, so that the new ones stand between them; who is folded in last moves the one before.
    let fitted = History::new(&renamed(|user| Some(2 * user)));
    let [first, last] =
        [(8, 9), (3, 1)].map(|(from, to)| History::new(&renamed(move |user| (user == from).then_some(to))));
    let asked: Vec<Candidate> = (0..24)
        .flat_map(|user_id| (0..8).map(move |item| Candidate { user_id, item_id: 10 * item, at: 0 }))
        .collect();
    let params = params(8, 4.0);
    let models = both(&fitted, 4.0).map(|model| {
        let folded = model.fold_in(&first, &params).and_then(|model| model.fold_in(&last, &params));
        folded.unwrap()
    });
    for known in [&fitted, &first, &last] {
        let asked = Asked { candidates: &asked, known, limit: usize::MAX };
        let [dual, primal] = models.each_ref().map(|model| model.evidence(&asked, &params));
        let mut n_said = 0;
        for (candidate, (dual, primal)) in asked.candidates.iter().zip(dual.iter().zip(&primal)) {
            if known.users().index_of(candidate.user_id).is_none() {
                continue; // the dual form finds what the user rated in `known`
            }
            assert!(dual.rest.abs() < 1e-6, "{dual:?}");
            for item_id in (0..8).map(|item| 10 * item) {
                let [a, b] = [dual, primal].map(|evidence| share(&evidence.because, item_id));
                assert!((a - b).abs() < 1e-6, "{candidate:?}, item {item_id}: {a} and {b}");
                n_said += usize::from(b.abs() > 1e-3);
            }
        }
        assert!(n_said > 5, "{n_said}");
    }
}

/// What the item of that id added; 0 where it is not among the parts.
fn share(because: &Because, item_id: i64) -> f64 {
    let Because::Items(items) = because else { return 0.0 };
    items.iter().find(|item| item.item_id == item_id).map_or(0.0, |item| item.share)
}

#[test]
fn damage_is_noticed() {
    for model in both(&history(), 0.0) {
        assert!(ImplicitEase { users: IdIndex::new([1]), ..model }.validate().is_err());
    }
}
