//! What folding in new users promises, checked on all base recommenders: a new model gets its line in [`agreement`].

use bincode::config::standard;
use dataset::{Candidate, History, Items, Rating, Ratings};
use recommenders::mf::MfMethod;
use recommenders::{BaseModel, FittedModel, KnownUser, Scorer as _};

use crate::planted::{self, Planted, candidates};
use crate::{Kind, bits, bytes, fit, kinds, params, rmse};

/// How the scores of a fitted user whose ratings are folded in under another id agree with that user's.
enum Agreement {
    /// The same bits.
    Bits,
    /// The same bits, of items that the user did not rate.
    BitsOfUnrated,
    /// So close, in the score's unit.
    Within(f64),
    /// The root of the mean squared difference, as a share of the standard deviation of the fitted users' scores.
    Near(f64),
}

fn agreement(kind: Kind) -> Agreement {
    match kind.model {
        BaseModel::Bias
        | BaseModel::ItemKnn
        | BaseModel::Genre
        | BaseModel::DampedBias
        | BaseModel::CentredItemKnn
        | BaseModel::Popularity
        | BaseModel::Ridge
        | BaseModel::Ease
        | BaseModel::Text
        | BaseModel::Embedding
        | BaseModel::ImplicitItemKnn
        // Over items, as there are fewer of them than users: see the model's own tests for the other form.
        | BaseModel::ImplicitEase => Agreement::Bits,
        // A user's ratings are the nearest neighbour of the same ratings under another id.
        BaseModel::UserKnn => Agreement::BitsOfUnrated,
        // The fit ends with the items.
        BaseModel::ImplicitAls => Agreement::Within(0.01),
        // The fit ends with the users.
        BaseModel::Mf if kind.mf == MfMethod::Als => Agreement::Bits,
        // The optimum, where the fit ends near it.
        BaseModel::Mf | BaseModel::Svdpp | BaseModel::Hybrid => Agreement::Near(0.2),
    }
}

/// Beside the planted user ids, which are 1, 8, 15 and so on.
const OTHER_ID: i64 = 3;

fn of_users(ratings: &Ratings, wanted: impl Fn(i64) -> bool) -> Ratings {
    ratings.iter().filter(|rating| wanted(rating.user_id)).collect()
}

fn renamed(ratings: &Ratings) -> Ratings {
    ratings.iter().map(|rating| Rating { user_id: rating.user_id + OTHER_ID, ..rating }).collect()
}

/// Every tenth user.
fn is_chosen(user_id: i64) -> bool {
    user_id % 70 == 1
}

fn fold_in(kind: Kind, model: FittedModel, ratings: &Ratings) -> FittedModel {
    model.fold_in(&History::new(ratings), &params(kind)).expect("nobody is known")
}

#[test]
fn a_fitted_users_ratings_folded_in_score_as_that_user() {
    let Planted { train, held_out, items } = planted::generate();
    let chosen = of_users(&train, is_chosen);
    let unrated = of_users(&held_out, is_chosen);
    for kind in kinds() {
        let fitted = fit(kind, &train, &items).model;
        let folded = fold_in(kind, fitted.clone(), &renamed(&chosen));
        let pair = |ratings: &Ratings| {
            (fitted.scores(&candidates(ratings)), folded.scores(&candidates(&renamed(ratings))))
        };
        let (of_fitted, of_folded) = pair(&[chosen.iter(), unrated.iter()].into_iter().flatten().collect());
        let differences = of_fitted.iter().zip(&of_folded).map(|(a, b)| (a - b).abs());
        let largest = differences.clone().fold(0.0, f64::max);
        match agreement(kind) {
            Agreement::Bits => assert_eq!(bits(&of_fitted), bits(&of_folded), "{}", kind.name()),
            Agreement::BitsOfUnrated => {
                let (of_fitted, of_folded) = pair(&unrated);
                assert_eq!(bits(&of_fitted), bits(&of_folded), "{}", kind.name());
                assert!(largest > 0.0);
            }
            Agreement::Within(bound) => assert!(largest < bound, "{}: {largest}", kind.name()),
            Agreement::Near(bound) => {
                let n = of_fitted.len() as f64;
                let mean = of_fitted.iter().sum::<f64>() / n;
                let variance = of_fitted.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / n;
                let share =
                    (differences.map(|difference| difference.powi(2)).sum::<f64>() / n / variance).sqrt();
                assert!(share < bound, "{}: {share}", kind.name());
            }
        }
    }
}

#[test]
fn the_scores_of_everybody_else_stay() {
    let Planted { train, held_out, items } = planted::generate();
    let new = renamed(&of_users(&train, is_chosen));
    let unknown = Candidate { user_id: 5, item_id: train.item_ids[0], at: 0 };
    let asked = [candidates(&train), candidates(&held_out), vec![unknown]].concat();
    for kind in kinds() {
        let fitted = fit(kind, &train, &items).model;
        let before = bits(&fitted.scores(&asked));
        let folded = fold_in(kind, fitted, &new);
        assert_eq!(folded.validate(), Ok(()));
        assert_eq!(before, bits(&folded.scores(&asked)), "{}", kind.name());
    }
}

#[test]
fn who_else_is_folded_in_does_not_matter() {
    let Planted { train, held_out, items } = planted::generate();
    let known = of_users(&train, |user_id| user_id > 400);
    let new = |first: i64| of_users(&train, |user_id| (first..=400).contains(&user_id));
    let asked = candidates(&of_users(&held_out, |user_id| (300..=400).contains(&user_id)));
    for kind in kinds() {
        let fitted = fit(kind, &known, &items).model;
        let (few, many) = (fold_in(kind, fitted.clone(), &new(300)), fold_in(kind, fitted, &new(0)));
        assert_eq!(bits(&few.scores(&asked)), bits(&many.scores(&asked)), "{}", kind.name());
    }
}

#[test]
fn one_after_the_other_is_all_at_once() {
    let Planted { train, items, .. } = planted::generate();
    let known = of_users(&train, |user_id| user_id > 100);
    let new = |chosen: &dyn Fn(i64) -> bool| of_users(&train, |user_id| user_id <= 100 && chosen(user_id));
    let (first, second) = (new(&|user_id| user_id % 2 == 0), new(&|user_id| user_id % 2 == 1));
    for kind in kinds() {
        let fitted = fit(kind, &known, &items).model;
        let together = fold_in(kind, fitted.clone(), &new(&|_| true));
        assert!(together == fold_in(kind, fold_in(kind, fitted, &first), &second), "{}", kind.name());
    }
}

#[test]
fn new_users_are_scored_about_as_well_as_fitted_ones() {
    let Planted { train, held_out, items } = planted::generate();
    let known = of_users(&train, |user_id| !is_chosen(user_id + 7) && !is_chosen(user_id));
    let new = of_users(&train, |user_id| is_chosen(user_id + 7) || is_chosen(user_id));
    let asked = of_users(&held_out, |user_id| is_chosen(user_id + 7) || is_chosen(user_id));
    for kind in kinds().filter(|kind| kind.model.is_star_scale()) {
        let error = |model: &FittedModel| rmse(&model.scores(&candidates(&asked)), &asked);
        let all = fit(kind, &train, &items).model;
        let without = fit(kind, &known, &items).model;
        let fallback = error(&without);
        let folded = error(&fold_in(kind, without, &new));
        assert!(folded < 1.08 * error(&all), "{}: {folded}, fitted {}", kind.name(), error(&all));
        assert!(folded < 0.95 * fallback, "{}: {folded}, fallback {fallback}", kind.name());
    }
}

#[test]
fn unknown_items_are_left_out_and_known_users_refused() {
    let Planted { train, held_out, items } = planted::generate();
    let new = renamed(&of_users(&train, is_chosen));
    let asked = candidates(&renamed(&of_users(&held_out, is_chosen)));
    let lost = Candidate { user_id: 6, item_id: train.item_ids[0], at: 0 };
    let stranger = Candidate { user_id: 5, ..lost };
    let odd = new.iter().chain([new.get(0), Rating { user_id: 6, ..new.get(0) }].map(|rating| Rating {
        item_id: 7,
        value: 0.5,
        ..rating
    }));
    let odd: Ratings = odd.collect();
    for kind in kinds() {
        let fitted = fit(kind, &train, &items).model;
        let (without, with) = (fold_in(kind, fitted.clone(), &new), fold_in(kind, fitted.clone(), &odd));
        assert_eq!(bits(&without.scores(&asked)), bits(&with.scores(&asked)), "{}", kind.name());
        assert_eq!(with.scores(&[lost]), with.scores(&[stranger]), "{}", kind.name());
        assert_eq!(
            bytes(&fold_in(kind, fitted.clone(), &Ratings::default())),
            bytes(&fitted),
            "{}",
            kind.name()
        );
        let known = fitted.fold_in(&History::new(&train), &params(kind));
        if kind.model != BaseModel::Popularity {
            assert_eq!(known.map(|model| model.kind()), Err(KnownUser { user_id: 1 }));
        }
    }
}

#[test]
fn a_folded_model_is_written_and_read_back() {
    let Planted { train, held_out, items } = planted::generate();
    let new = renamed(&of_users(&train, is_chosen));
    let asked = candidates(&renamed(&of_users(&held_out, is_chosen)));
    for kind in kinds() {
        let fitted = fit(kind, &train, &items).model;
        let on = |n_threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| fold_in(kind, fitted.clone(), &new))
        };
        let folded = bytes(&on(1));
        assert_eq!(folded, bytes(&on(3)), "{}", kind.name());
        let (read, _): (FittedModel, usize) = bincode::serde::decode_from_slice(&folded, standard()).unwrap();
        assert_eq!(read.validate(), Ok(()));
        assert_eq!(bits(&read.scores(&asked)), bits(&on(2).scores(&asked)), "{}", kind.name());
    }
}

#[test]
fn nobody_is_folded_into_a_model_of_nothing() {
    let Planted { train, items, .. } = planted::generate();
    for items in [Items::default(), items] {
        for kind in kinds() {
            let folded = fold_in(kind, fit(kind, &Ratings::default(), &items).model, &train);
            assert_eq!(folded.validate(), Ok(()));
            assert!(folded.scores(&candidates(&train)).iter().all(|score| score.is_finite()));
        }
    }
}
