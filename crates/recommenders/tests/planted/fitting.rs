//! Fitting any base recommender on the planted ratings.

use bincode::config::standard;
use dataset::{History, Items, Ratings, rng};
use recommenders::ease::EaseParams;
use recommenders::hybrid_mf::HybridMfParams;
use recommenders::mf::MfParams;
use recommenders::svdpp::SvdppParams;
use recommenders::{BaseConfig, BaseModel, BaseParams, Content, FeatureFactorsParams, Fit, FittedModel};

pub fn params() -> BaseParams {
    // The planted set is small: few factors, and more epochs for as many steps as a real set has.
    let mf = MfParams { factors: 8, epochs: 60, learning_rate: 0.02, ..MfParams::default() };
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

pub fn fit(model: BaseModel, ratings: &Ratings, items: &Items) -> Fit {
    model
        .fit(
            &History::new(ratings),
            Content { items, tags: &[] },
            &params(),
            rng::stream(42, "test/contract"),
        )
        .expect("it converges")
}

pub fn bytes(model: &FittedModel) -> Vec<u8> {
    bincode::serde::encode_to_vec(model, standard()).expect("models can be encoded")
}

pub fn bits(scores: &[f64]) -> Vec<u64> {
    scores.iter().map(|score| score.to_bits()).collect()
}

pub fn rmse(scores: &[f64], ratings: &Ratings) -> f64 {
    let squared =
        scores.iter().zip(&ratings.values).map(|(score, &value)| (score - f64::from(value)).powi(2));
    (squared.sum::<f64>() / scores.len() as f64).sqrt()
}
