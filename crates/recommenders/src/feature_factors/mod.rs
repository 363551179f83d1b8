//! A factorisation in which one side is described by features, fitted by stochastic gradient descent.
//!
//! `score = mu + b_e + c_o + z_e . q_o` for an entity e of the described side and an o of the other, with
//! `z_e = p_e + sum over e's features f of w_ef y_f`: a vector of its own, and the weighted sum of its features' vectors. Where features
//! have biases, `b_e` has a sum of the same form. Both SVD++ (the features of a user are the items that the user rated) and the hybrid
//! factorisation (those of an item are its content) are of this form.

mod descent;
mod params;

use dataset::Csr;
use fearless_simd::Simd;
use rand_chacha::ChaCha8Rng;

use crate::factors::{self, Factors};
pub use params::FeatureFactorsParams;
pub(crate) use params::feature_factors_params;

/// An entity's features and their weights.
pub type Described<'a> = (&'a [u32], &'a [f32]);

/// What describes the entities.
pub trait Features {
    /// The features of `entity`; `memory` is used again from call to call.
    fn of<'a>(&'a self, entity: u32, memory: &'a mut Vec<f32>) -> Described<'a>;
}

impl Features for Csr {
    fn of<'a>(&'a self, entity: u32, _: &'a mut Vec<f32>) -> Described<'a> {
        self.row(entity)
    }
}

/// What the descent moves.
pub struct FeatureFactors {
    /// `mu`.
    pub mean: f32,
    /// Each entity's own part of `b_e`.
    pub own_biases: Vec<f32>,
    /// `c_o`.
    pub other_biases: Vec<f32>,
    /// `p_e`.
    pub own_factors: Factors,
    /// `q_o`.
    pub other_factors: Factors,
    /// `y_f`.
    pub factors_of_features: Factors,
    /// The features' parts of `b_e`; empty where they have none.
    pub biases_of_features: Vec<f32>,
}

/// How many rows of each kind there are.
pub struct Sizes {
    pub own: usize,
    pub other: usize,
    pub features: usize,
    /// Whether features have biases.
    pub feature_biases: bool,
}

impl FeatureFactors {
    /// Random vectors of both sides (the described first), all else 0.
    pub fn start(sizes: &Sizes, mean: f64, params: &FeatureFactorsParams, rng: &mut ChaCha8Rng) -> Self {
        Self {
            mean: mean as f32,
            own_biases: vec![0.0; sizes.own],
            other_biases: vec![0.0; sizes.other],
            own_factors: Factors::normal(sizes.own, params.factors, params.init_std, rng),
            other_factors: Factors::normal(sizes.other, params.factors, params.init_std, rng),
            factors_of_features: Factors::zeros(sizes.features, params.factors),
            biases_of_features: if sizes.feature_biases { vec![0.0; sizes.features] } else { Vec::new() },
        }
    }

    /// Adds the weighted sum of the features' vectors to `out`.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what is not inlined is not compiled for the CPU's vector instructions"
    )]
    pub fn add_features<S: Simd>(&self, simd: S, (features, weights): Described<'_>, out: &mut [f32]) {
        factors::add_rows(simd, out, &self.factors_of_features, features, weights);
    }

    /// The weighted sum of the features' biases.
    pub fn bias_of_features(&self, (features, weights): Described<'_>) -> f32 {
        if self.biases_of_features.is_empty() {
            return 0.0;
        }
        features
            .iter()
            .zip(weights)
            .map(|(&feature, &weight)| weight * self.biases_of_features[feature as usize])
            .sum()
    }

    /// Descends `params.epochs` times over `ratings` (entity -> others), whose entities `features` describe (entity -> features); gives the RMSE
    /// seen in each epoch, in stars: each rating's error is taken just before its step.
    pub fn descend(
        &mut self,
        ratings: &Csr,
        features: &impl Features,
        params: &FeatureFactorsParams,
        rng: &mut ChaCha8Rng,
    ) -> Vec<f64> {
        descent::run(self, ratings, features, params, rng)
    }
}

#[cfg(test)]
mod tests;
