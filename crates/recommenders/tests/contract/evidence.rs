//! What evidence promises, checked on all base recommenders: a new model gets its line in [`expectations`].

use dataset::{Candidate, History, Rating, Ratings};
use recommenders::{BaseModel, Because, Evidence, FittedModel, Scorer as _};

use crate::planted::{self, Planted, candidates};
use crate::{Kind, bits, fit, kinds, params};

/// What a model can say.
#[derive(Debug, PartialEq)]
enum Said {
    Items,
    Users,
    Traits,
    Factors,
    Offsets,
    Popularity,
    Nothing,
}

fn said_in(because: &Because) -> Said {
    match because {
        Because::Items(_) => Said::Items,
        Because::Users(_) => Said::Users,
        Because::Traits(_) => Said::Traits,
        Because::Factors { .. } => Said::Factors,
        Because::Offsets { .. } => Said::Offsets,
        Because::Popularity { .. } => Said::Popularity,
        Because::Nothing => Said::Nothing,
    }
}

/// What a model says of known users and items, and how close to the score base and parts are, of a fitted and of a folded-in user.
fn expectations(model: BaseModel) -> (Said, f64, f64) {
    match model {
        BaseModel::Bias | BaseModel::DampedBias => (Said::Offsets, 1e-9, 1e-9),
        BaseModel::ItemKnn
        | BaseModel::CentredItemKnn
        | BaseModel::ImplicitEase
        | BaseModel::ImplicitItemKnn => (Said::Items, 1e-9, 1e-9),
        BaseModel::UserKnn => (Said::Users, 1e-9, 1e-9),
        BaseModel::Popularity => (Said::Popularity, 1e-9, 1e-9),
        BaseModel::Genre | BaseModel::Ridge => (Said::Traits, 1e-9, 1e-9),
        BaseModel::Mf | BaseModel::Svdpp | BaseModel::Hybrid => (Said::Factors, 1e-9, 1e-9),
        // Sums in f32.
        BaseModel::Ease | BaseModel::Text | BaseModel::Embedding => (Said::Items, 1e-5, 1e-5),
        // The fit ends with the items.
        BaseModel::ImplicitAls => (Said::Items, 0.01, 1e-5),
    }
}

/// A model with the ratings of the users asked about, and what is asked: rated and unrated items.
struct Case {
    kind: Kind,
    model: FittedModel,
    known: History,
    asked: Vec<Candidate>,
    closeness: f64,
}

/// Fitted users, and the same folded in under other ids.
fn cases(kind: Kind) -> [Case; 2] {
    let Planted { train, held_out, items } = planted::generate();
    let of_some =
        |ratings: &Ratings| -> Ratings { ratings.iter().filter(|rating| rating.user_id % 70 == 1).collect() };
    let renamed = |ratings: &Ratings| -> Ratings {
        ratings.iter().map(|rating| Rating { user_id: rating.user_id + 3, ..rating }).collect()
    };
    let (known, unrated) = (of_some(&train), of_some(&held_out));
    let asked = |of: &dyn Fn(&Ratings) -> Ratings| {
        let some: Ratings = known.iter().step_by(5).collect();
        [candidates(&of(&unrated)), candidates(&of(&some))].concat()
    };
    let fitted = fit(kind, &train, &items).model;
    let new = History::new(&renamed(&known));
    let folded = fitted.clone().fold_in(&new, &params(kind)).expect("nobody is known");
    let (_, of_fitted, of_folded) = expectations(kind.model);
    [
        Case {
            kind,
            model: fitted,
            known: History::new(&train),
            asked: asked(&|ratings| ratings.iter().collect()),
            closeness: of_fitted,
        },
        Case { kind, model: folded, known: new, asked: asked(&renamed), closeness: of_folded },
    ]
}

impl Case {
    fn evidence(&self, asked: &[Candidate], limit: usize) -> Vec<Evidence> {
        self.model.evidence(asked, &self.known, &params(self.kind), limit)
    }
}

#[test]
fn base_and_parts_sum_to_the_score() {
    for kind in kinds() {
        let (expected, ..) = expectations(kind.model);
        for case in cases(kind) {
            let evidence = case.evidence(&case.asked, usize::MAX);
            let scores: Vec<f64> = evidence.iter().map(|one| one.score).collect();
            assert_eq!(bits(&scores), bits(&case.model.scores(&case.asked)), "{}", kind.name());
            let mut n_said = 0;
            for one in &evidence {
                let difference = one.base + one.because.sum() - one.score;
                assert!(difference.abs() <= case.closeness, "{}: {difference:e} of {one:?}", kind.name());
                assert!((difference + one.rest).abs() <= 1e-9, "{}: {one:?}", kind.name());
                assert!([&expected, &Said::Nothing].contains(&&said_in(&one.because)), "{}", kind.name());
                n_said += usize::from(one.because != Because::Nothing);
            }
            assert!(n_said * 10 >= evidence.len() * 9, "{}: {n_said} of {}", kind.name(), evidence.len());
        }
    }
}

#[test]
fn a_limit_keeps_the_largest_parts() {
    for kind in kinds() {
        for case in cases(kind) {
            let (all, few) = (case.evidence(&case.asked, usize::MAX), case.evidence(&case.asked, 2));
            for (all, few) in all.iter().zip(&few) {
                assert_eq!((all.score, all.base), (few.score, few.base));
                assert!((few.base + few.because.sum() + few.rest - few.score).abs() <= 1e-9);
                match (&all.because, &few.because) {
                    (Because::Items(all), Because::Items(few)) => {
                        assert_eq!(few[..], all[..all.len().min(2)], "{}", kind.name());
                        assert!(all.is_sorted_by(|a, b| a.share.abs() >= b.share.abs()));
                    }
                    (Because::Traits(all), Because::Traits(few)) => {
                        assert_eq!(few[..], all[..all.len().min(2)], "{}", kind.name());
                        assert!(all.is_sorted_by(|a, b| a.share.abs() >= b.share.abs()));
                    }
                    (all, few) => assert_eq!(all, few, "{}", kind.name()),
                }
            }
        }
    }
}

#[test]
fn items_come_with_the_users_rating_and_are_not_the_candidate() {
    for kind in kinds() {
        for case in cases(kind) {
            for (candidate, one) in case.asked.iter().zip(case.evidence(&case.asked, 5)) {
                let Because::Items(items) = one.because else { continue };
                for item in items {
                    let user = case.known.users().index_of(candidate.user_id).unwrap();
                    let rated = case.known.items().index_of(item.item_id).unwrap();
                    assert!(item.rating.is_some(), "{}", kind.name());
                    assert_eq!(item.rating, case.known.by_user().get(user, rated), "{}", kind.name());
                    // Where the base is the user's mean, what was rated above it raises the score.
                    let deviation = f64::from(item.rating.unwrap_or_default()) - one.base;
                    assert!(kind.model != BaseModel::ItemKnn || deviation * item.share > 0.0, "{item:?}");
                    // Content and factors of the candidate itself tell of it as those of any other item do.
                    let may_tell_of_itself =
                        [BaseModel::Text, BaseModel::Embedding, BaseModel::ImplicitAls].contains(&kind.model);
                    assert!(may_tell_of_itself || item.item_id != candidate.item_id, "{}", kind.name());
                }
            }
        }
    }
}

#[test]
fn evidence_depends_on_its_own_candidate_alone() {
    for kind in kinds() {
        for case in cases(kind) {
            let on = |n_threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
                pool.install(|| case.evidence(&case.asked, 5))
            };
            let together = on(1);
            assert_eq!(together, on(3), "{}", kind.name());
            let alone: Vec<Evidence> =
                case.asked.iter().flat_map(|&candidate| case.evidence(&[candidate], 5)).collect();
            assert_eq!(together, alone, "{}", kind.name());
        }
    }
}

#[test]
fn a_fallback_has_no_parts() {
    for kind in kinds() {
        let [case, _] = cases(kind);
        let Candidate { user_id, item_id, .. } = case.asked[0];
        for (user_id, item_id) in [(user_id, -5), (-5, item_id), (-5, -5)] {
            let asked = [Candidate { user_id, item_id, at: 0 }];
            let one = &case.evidence(&asked, 5)[0];
            assert_eq!(bits(&[one.score]), bits(&case.model.scores(&asked)));
            match one.because {
                Because::Offsets { user, item } => assert!(user == 0.0 || item == 0.0),
                Because::Popularity { raters } => assert_eq!(raters > 0, item_id != -5),
                Because::Nothing => assert_eq!(one.rest, 0.0, "{}", kind.name()),
                _ => panic!("{}: {one:?}", kind.name()),
            }
            assert!(one.rest.abs() < 1e-9, "{}: {one:?}", kind.name());
        }
    }
}

#[test]
fn without_the_users_ratings_nothing_is_made_up() {
    let stranger = Rating { user_id: 5, item_id: 3, value: 4.0, timestamp: 0 };
    let models = [BaseModel::Text, BaseModel::Embedding, BaseModel::ImplicitAls];
    for kind in kinds().filter(|kind| models.contains(&kind.model)) {
        let [mut case, _] = cases(kind);
        case.known = History::new(&std::iter::once(stranger).collect::<Ratings>());
        for one in case.evidence(&case.asked, 5) {
            assert_eq!((one.because, one.rest), (Because::Nothing, one.score - one.base), "{}", kind.name());
        }
    }
}
