//! What every base recommender promises, checked on all of them: a new model gets its line in [`expectations`] and
//! inherits the rest. A model with two ways of fitting is checked in both.

mod contract {
    mod evidence;
    mod fold_in;
}
mod planted;

use bincode::config::standard;
use dataset::{Candidate, History, Items, Ratings, rng};
use planted::{Planted, candidates};
use recommenders::ease::EaseParams;
use recommenders::hybrid_mf::HybridMfParams;
use recommenders::mf::{MfMethod, MfParams};
use recommenders::svdpp::SvdppParams;
use recommenders::{
    BaseConfig, BaseModel, BaseParams, Content, FeatureFactorsParams, Fit, FittedModel, Scorer as _,
};

/// A model, and how it is fitted where there are two ways.
#[derive(Clone, Copy, PartialEq)]
struct Kind {
    model: BaseModel,
    mf: MfMethod,
}

/// All models, the matrix factorisation in both ways.
fn kinds() -> impl Iterator<Item = Kind> {
    let by_descent = BaseModel::ALL.into_iter().map(|model| Kind { model, mf: MfMethod::Sgd });
    by_descent.chain([Kind { model: BaseModel::Mf, mf: MfMethod::Als }])
}

impl Kind {
    /// The name in messages.
    fn name(self) -> String {
        format!("{} ({:?})", self.model.name(), self.mf)
    }
}

/// What a model does with the planted ratings.
struct Expectations {
    /// At least this share of (liked, not liked) pairs of held-out ratings is in the right order; 0.5 is chance.
    auc: f64,
    /// The RMSE of the held-out ratings, as a share of the mean's; `None` where the score is not in stars.
    rmse: Option<f64>,
    /// The score where the user, the item, or both are unknown.
    unknown: Unknown,
}

/// What is documented for unknown ids.
enum Unknown {
    /// The mean rating.
    Mean,
    /// The mean of what is known: the item's ratings, the user's, all.
    OwnMeans,
    /// Within so many stars of the mean of what is known; the model's own tests look closer.
    NearOwnMeans(f64),
    /// The mean and the known side's share of a score that is a sum of both sides' shares.
    OwnShare,
    /// The score that another model gives.
    As(BaseModel),
    /// The item's score, which is the same for every user; 0 for an unknown item.
    ItemAlone,
    /// Zero.
    Zero,
}

/// One line a model. The planted ratings are offsets and tastes; only factorisations and the regression on genres can find both in full.
fn expectations(model: BaseModel) -> Expectations {
    let expect = |auc, rmse, unknown| Expectations { auc, rmse, unknown };
    match model {
        BaseModel::Bias => expect(0.75, Some(0.85), Unknown::OwnMeans),
        BaseModel::ItemKnn => expect(0.75, Some(0.85), Unknown::Mean),
        BaseModel::Mf => expect(0.9, Some(0.45), Unknown::Mean),
        BaseModel::Genre => expect(0.75, None, Unknown::Zero),
        BaseModel::DampedBias => expect(0.75, Some(0.85), Unknown::OwnShare),
        BaseModel::CentredItemKnn | BaseModel::UserKnn => {
            expect(0.9, Some(0.6), Unknown::As(BaseModel::DampedBias))
        }
        // Who rates what was drawn at random: nothing is planted in the counts.
        BaseModel::Popularity => expect(0.4, None, Unknown::ItemAlone),
        BaseModel::Ridge | BaseModel::Embedding => {
            expect(0.9, Some(0.55), Unknown::As(BaseModel::DampedBias))
        }
        BaseModel::Svdpp | BaseModel::Hybrid => expect(0.9, Some(0.5), Unknown::NearOwnMeans(0.4)),
        BaseModel::Ease | BaseModel::Text => expect(0.85, Some(0.7), Unknown::As(BaseModel::DampedBias)),
        // As with popularity; its own tests plant something in who rates what.
        BaseModel::ImplicitAls | BaseModel::ImplicitEase | BaseModel::ImplicitItemKnn => {
            expect(0.4, None, Unknown::Zero)
        }
    }
}

fn params(kind: Kind) -> BaseParams {
    // The planted set is small: few factors, and more epochs for as many steps as a real set has.
    let mf = MfParams { method: kind.mf, factors: 8, epochs: 60, learning_rate: 0.02, ..MfParams::default() };
    let factors = FeatureFactorsParams {
        factors: 8,
        epochs: 60,
        learning_rate: 0.02,
        decay: 0.98,
        ..FeatureFactorsParams::default()
    };
    let ease = EaseParams { regularization: 30.0, gain: 2.0, ..EaseParams::default() };
    BaseConfig {
        mf,
        svdpp: SvdppParams(factors),
        hybrid: HybridMfParams(factors),
        ease,
        ..BaseConfig::default()
    }
    .check()
    .expect("all in range")
    .1
}

fn fit(kind: Kind, ratings: &Ratings, items: &Items) -> Fit {
    kind.model
        .fit(
            &History::new(ratings),
            Content { items, tags: &[] },
            &params(kind),
            rng::stream(42, "test/contract"),
        )
        .expect("it converges")
}

fn bytes(model: &FittedModel) -> Vec<u8> {
    bincode::serde::encode_to_vec(model, standard()).expect("models can be encoded")
}

fn bits(scores: &[f64]) -> Vec<u64> {
    scores.iter().map(|score| score.to_bits()).collect()
}

fn mean_of(ratings: &Ratings, keep: impl Fn(usize) -> bool) -> f64 {
    let kept: Vec<f64> =
        (0..ratings.len()).filter(|&row| keep(row)).map(|row| f64::from(ratings.values[row])).collect();
    kept.iter().sum::<f64>() / kept.len() as f64
}

fn rmse(scores: &[f64], ratings: &Ratings) -> f64 {
    let squared =
        scores.iter().zip(&ratings.values).map(|(score, &value)| (score - f64::from(value)).powi(2));
    (squared.sum::<f64>() / scores.len() as f64).sqrt()
}

/// The share of pairs of a liked (at least 4 stars) and another rating in which the liked one scores higher; ties are half.
fn auc(scores: &[f64], ratings: &Ratings) -> f64 {
    let of = |liked: bool| {
        scores
            .iter()
            .zip(&ratings.values)
            .filter(move |(_, value)| (**value >= 4.0) == liked)
            .map(|(score, _)| *score)
    };
    let wins: f64 = of(true)
        .flat_map(|good| {
            of(false).map(move |bad| f64::from(u8::from(good > bad)) + f64::from(u8::from(good == bad)) / 2.0)
        })
        .sum();
    wins / (of(true).count() * of(false).count()) as f64
}

#[test]
fn planted_structure_is_found() {
    let Planted { train, held_out, items } = planted::generate();
    let asked = candidates(&held_out);
    let rmse_of_mean = rmse(&vec![mean_of(&train, |_| true); asked.len()], &held_out);
    for kind in kinds() {
        let scores = fit(kind, &train, &items).model.scores(&asked);
        let Expectations { auc: least_auc, rmse: largest_rmse, .. } = expectations(kind.model);
        let auc = auc(&scores, &held_out);
        assert!(auc > least_auc, "{}: AUC {auc}", kind.name());
        if let Some(share) = largest_rmse {
            let found = rmse(&scores, &held_out) / rmse_of_mean;
            assert!(found < share, "{}: {found} of the mean's RMSE", kind.name());
        }
    }
}

#[test]
fn fitted_twice_gives_the_same_bytes_in_any_row_order() {
    let Planted { train, items, .. } = planted::generate();
    let backwards: Ratings = (0..train.len()).rev().map(|row| train.get(row)).collect();
    for kind in kinds() {
        let once = fit(kind, &train, &items);
        assert_eq!(bytes(&once.model), bytes(&fit(kind, &train, &items).model), "{}", kind.name());
        assert_eq!(bytes(&once.model), bytes(&fit(kind, &backwards, &items).model), "{}", kind.name());
        assert_eq!(once.model.kind(), kind.model);
    }
}

#[test]
fn a_model_read_back_is_sound_and_scores_the_same() {
    let Planted { train, held_out, items } = planted::generate();
    let asked = candidates(&held_out);
    for kind in kinds() {
        let fitted = fit(kind, &train, &items).model;
        let (read, _): (FittedModel, usize) =
            bincode::serde::decode_from_slice(&bytes(&fitted), standard()).unwrap();
        assert_eq!(read.validate(), Ok(()));
        assert_eq!(bits(&fitted.scores(&asked)), bits(&read.scores(&asked)), "{}", kind.name());
    }
}

#[test]
fn unknown_ids_get_the_documented_score() {
    let Planted { train, items, .. } = planted::generate();
    let (user_id, item_id) = (train.user_ids[0], train.item_ids[0]);
    let asked = [(-5, item_id), (user_id, -5), (-5, -5)].map(|(user_id, item_id)| Candidate {
        user_id,
        item_id,
        at: 0,
    });
    let mean = mean_of(&train, |_| true);
    let item_mean = mean_of(&train, |row| train.item_ids[row] == item_id);
    let user_mean = mean_of(&train, |row| train.user_ids[row] == user_id);
    for kind in kinds() {
        let fitted = fit(kind, &train, &items).model;
        let scores = fitted.scores(&asked);
        let known = fitted.scores(&[Candidate { user_id, item_id, at: 0 }])[0];
        let unknown = expectations(kind.model).unknown;
        let within = if let Unknown::NearOwnMeans(within) = unknown { within } else { 1e-12 };
        let expected = match unknown {
            Unknown::Mean => vec![mean; 3],
            Unknown::OwnMeans | Unknown::NearOwnMeans(_) => vec![item_mean, user_mean, mean],
            Unknown::OwnShare => vec![known - scores[1] + mean, known - scores[0] + mean, mean],
            Unknown::As(other) => fit(Kind { model: other, ..kind }, &train, &items).model.scores(&asked),
            Unknown::ItemAlone => vec![known, 0.0, 0.0],
            Unknown::Zero => vec![0.0; 3],
        };
        for (score, expected) in scores.into_iter().zip(expected) {
            assert!((score - expected).abs() < within, "{}: {score}, not {expected}", kind.name());
        }
    }
}

#[test]
fn support_is_given_by_the_models_that_name_a_column() {
    let Planted { train, held_out, items } = planted::generate();
    let unknown = Candidate { user_id: -5, item_id: -5, at: 0 };
    let asked = [candidates(&held_out), vec![unknown]].concat();
    for kind in kinds() {
        let fitted = fit(kind, &train, &items).model;
        let (mut scores, mut support) = (vec![0.0; asked.len()], vec![-1.0; asked.len()]);
        fitted.score_with_support(&asked, &mut scores, &mut support);
        assert_eq!(bits(&scores), bits(&fitted.scores(&asked)), "{}", kind.name());
        if kind.model.support_column().is_some() {
            assert!(support.iter().all(|&support| support >= 0.0 && support.is_finite()), "{}", kind.name());
            assert!(support[0] > 0.0, "{}", kind.name());
            assert_eq!(support.last(), Some(&0.0), "{}", kind.name());
        } else {
            assert!(support.iter().all(|support| support.is_nan()), "{}", kind.name());
        }
    }
}

#[test]
fn an_empty_history_gives_a_sound_model() {
    let asked = [Candidate { user_id: 1, item_id: 3, at: 0 }];
    for items in [Items::default(), planted::generate().items] {
        for kind in kinds() {
            let fitted = fit(kind, &Ratings::default(), &items).model;
            assert_eq!(fitted.validate(), Ok(()));
            assert_eq!(fitted.scores(&asked), [0.0], "{}", kind.name());
            assert!(fitted.scores(&[]).is_empty());
        }
    }
}

#[test]
fn items_that_are_not_in_the_catalogue_are_scored() {
    let Planted { train, held_out, .. } = planted::generate();
    for kind in kinds() {
        let scores = fit(kind, &train, &Items::default()).model.scores(&candidates(&held_out));
        assert!(scores.iter().all(|score| score.is_finite()), "{}", kind.name());
    }
}

#[test]
fn threads_and_batches_change_no_bit() {
    let Planted { train, held_out, items } = planted::generate();
    // Rated items too, and every candidate several times: more rows than one thread's block.
    let asked = [candidates(&held_out), candidates(&train)].concat().repeat(2);
    assert!(asked.len() > 8_000, "{}", asked.len());
    let on = |n_threads: usize, run: &(dyn Fn() -> Vec<f64> + Sync)| {
        bits(&rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap().install(run))
    };
    for kind in kinds() {
        let fitted = fit(kind, &train, &items).model;
        let whole = on(1, &|| fitted.scores(&asked));
        assert_eq!(whole, on(2, &|| fitted.scores(&asked)), "{}", kind.name());
        assert_eq!(whole, on(5, &|| fitted.scores(&asked)), "{}", kind.name());
        for at in [0, 1, asked.len() / 3] {
            let (first, second) = asked.split_at(at);
            let parts = on(2, &|| [fitted.scores(first), fitted.scores(second)].concat());
            assert_eq!(whole, parts, "{}: cut at {at}", kind.name());
        }
        let mut backwards = asked.clone();
        backwards.reverse();
        let mut reversed = on(2, &|| fitted.scores(&backwards));
        reversed.reverse();
        assert_eq!(whole, reversed, "{}: reversed", kind.name());
    }
}

#[test]
fn whole_users_get_the_bits_of_single_candidates() {
    let Planted { train, items, .. } = planted::generate();
    // Every third user of the first 90 with every id up to beyond the catalogue, half of them unknown; and an unknown user.
    let of_user = |user: i64| {
        (0..210).map(move |item: i64| Candidate { user_id: 21 * user + 1, item_id: 5 * item + 3, at: 0 })
    };
    let asked: Vec<Candidate> = (0..30).chain([1_000]).flat_map(of_user).collect();
    for kind in kinds() {
        let fitted = fit(kind, &train, &items).model;
        let alone: Vec<f64> = asked.iter().flat_map(|&candidate| fitted.scores(&[candidate])).collect();
        assert_eq!(bits(&fitted.scores(&asked)), bits(&alone), "{}", kind.name());
    }
}

/// Changes one byte after the other: what still decodes must be refused, or score without a panic.
#[test]
fn damaged_models_do_not_panic() {
    let Planted { train, held_out, items } = planted::generate();
    let few: Ratings = train.iter().take(60).collect();
    let asked = [candidates(&few), candidates(&held_out)[..20].to_vec()].concat();
    let config = standard().with_limit::<{ 1 << 20 }>();
    for kind in kinds() {
        let sound = bytes(&fit(kind, &few, &items).model);
        let mut refused = 0;
        for at in 0..sound.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut damaged = sound.clone();
                damaged[at] ^= flip;
                let decoded = bincode::serde::decode_from_slice::<FittedModel, _>(&damaged, config);
                match decoded.map(|(model, _)| model.validate().map(|()| model)) {
                    Ok(Ok(model)) => {
                        let scores = model.scores(&asked);
                        assert!(scores.iter().all(|score| score.is_finite()), "byte {at}: {model:?}");
                    }
                    _ => refused += 1,
                }
            }
        }
        // Lengths, ids and infinities at least; another finite factor or rating is as good as the one before.
        assert!(refused > 200, "{}: {refused} of {}", kind.name(), sound.len() * 3);
    }
}
