//! Stochastic gradient descent, one entity after the other.
//!
//! A rating's own step moves the entity's and the other's own numbers. The features of an entity move once, after the entity's last rating, by
//! the sum of all those ratings' steps. So an epoch costs O((ratings + features of all entities) * factors), and not the product of each
//! entity's two numbers.
#![expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the CPU's vector instructions"
)]

use dataset::Csr;
use fearless_simd::{Level, Simd, dispatch, f32x8, prelude::*};
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;

use super::{Described, FeatureFactors, FeatureFactorsParams, Features};
use crate::factors::{self, LANES};
use crate::mf::BLOCKED_FROM;

/// The features of an entity move at most by the steps of so many ratings: beyond that the sum of the steps, each of which the entity's own
/// vector has taken already, overshoots, and with tens of thousands of ratings the descent leaves the finite numbers.
const MOST_FEATURE_STEPS: usize = 2_500;

/// One entity's pass: memory that every entity uses again.
struct Pass {
    /// The features' part of the entity's vector, as it was when the pass began.
    of_features: Vec<f32>,
    /// The whole vector.
    whole: Vec<f32>,
    /// The sum over the pass of `rate * error * q_o`: what the features move along.
    moved: Vec<f32>,
    /// The positions of the entity's ratings, in the order of this pass.
    order: Vec<usize>,
}

/// The step sizes of one epoch.
#[derive(Clone, Copy)]
struct Rates {
    step: f32,
    /// `step` times the L2 weight of factors.
    shrink: f32,
    /// `step` times the L2 weight of biases.
    shrink_bias: f32,
    /// Whether inner products are summed in the faster order: for many ratings, as in [`crate::mf`].
    any_order: bool,
}

/// Runs all epochs, each over the entities in a new random order and over each one's ratings in a new random order.
pub fn run(
    model: &mut FeatureFactors,
    ratings: &Csr,
    features: &impl Features,
    params: &FeatureFactorsParams,
    rng: &mut ChaCha8Rng,
) -> Vec<f64> {
    if ratings.n_entries() == 0 {
        return Vec::new();
    }
    let zeros = || vec![0.0; model.own_factors.width()];
    let mut pass = Pass { of_features: zeros(), whole: zeros(), moved: zeros(), order: Vec::new() };
    let mut memory = Vec::new();
    let mut entities: Vec<u32> = (0..ratings.n_rows() as u32).collect();
    let mut step = params.learning_rate;
    let level = Level::new();
    let epoch = |_| {
        let rates = Rates {
            step,
            shrink: step * params.regularization,
            shrink_bias: step * params.bias_regularization,
            any_order: ratings.n_entries() >= BLOCKED_FROM,
        };
        step *= params.decay;
        entities.shuffle(rng);
        let mut squared_errors = 0.0f64;
        for &entity in &entities {
            pass.order.clear();
            pass.order.extend(ratings.range(entity).map(|at| at - ratings.range(entity).start));
            pass.order.shuffle(rng);
            let (ratings, features) = (ratings.row(entity), features.of(entity, &mut memory));
            squared_errors +=
                dispatch!(level, simd => model.visit(simd, entity, ratings, features, rates, &mut pass));
        }
        (squared_errors / ratings.n_entries() as f64).sqrt()
    };
    (0..params.epochs).map(epoch).collect()
}

impl FeatureFactors {
    /// The steps of all ratings of one entity; gives the sum of the squared errors, each taken before its step. As in [`crate::mf`], compiled
    /// for each set of vector instructions, with the same result.
    #[inline(always)]
    fn visit<S: Simd>(
        &mut self,
        simd: S,
        entity: u32,
        (others, values): (&[u32], &[f32]),
        features: Described<'_>,
        rates: Rates,
        pass: &mut Pass,
    ) -> f64 {
        pass.of_features.fill(0.0);
        self.add_features(simd, features, &mut pass.of_features);
        pass.whole.copy_from_slice(self.own_factors.row(entity));
        factors::add(&mut pass.whole, &pass.of_features, 1.0);
        pass.moved.fill(0.0);
        let base = self.mean + self.bias_of_features(features);
        let mut bias_moved = 0.0;

        let own_bias = &mut self.own_biases[entity as usize];
        let mut squared_errors = 0.0f64;
        for place in 0..pass.order.len() {
            let at = pass.order[place];
            let other = others[at];
            let q = self.other_factors.row_mut(other);
            let other_bias = &mut self.other_biases[other as usize];
            let dot = if rates.any_order {
                factors::dot_by_halves(simd, &pass.whole, q)
            } else {
                factors::dot_simd(simd, &pass.whole, q)
            };
            let error = values[at] - (base + *own_bias + *other_bias + dot);
            squared_errors += f64::from(error) * f64::from(error);
            let move_by = rates.step * error;
            *own_bias += move_by - rates.shrink_bias * *own_bias;
            *other_bias += move_by - rates.shrink_bias * *other_bias;
            bias_moved += move_by;
            pass.step(simd, q, move_by, rates.shrink);
        }

        factors::add(&mut pass.whole, &pass.of_features, -1.0);
        self.own_factors.row_mut(entity).copy_from_slice(&pass.whole);
        if others.len() > MOST_FEATURE_STEPS {
            let share = MOST_FEATURE_STEPS as f32 / others.len() as f32;
            pass.moved.iter_mut().for_each(|moved| *moved *= share);
            bias_moved *= share;
        }
        // Each of the n ratings shrinks every y_f by (1 - rate * L2) and moves it along w_ef * error * q_o.
        let n = others.len() as i32;
        let (kept, kept_bias) = ((1.0 - rates.shrink).powi(n), (1.0 - rates.shrink_bias).powi(n));
        for (&feature, &weight) in features.0.iter().zip(features.1) {
            let y = self.factors_of_features.row_mut(feature);
            factors::shrink_and_add(simd, y, kept, &pass.moved, weight);
            if let Some(bias) = self.biases_of_features.get_mut(feature as usize) {
                *bias = *bias * kept_bias + weight * bias_moved;
            }
        }
        squared_errors
    }
}

impl Pass {
    /// One rating's step, with `move_by = rate * error` and `shrink = rate * L2`; `p_e` shrinks, the features' part beside it does not.
    #[inline(always)]
    fn step<S: Simd>(&mut self, simd: S, q: &mut [f32], move_by: f32, shrink: f32) {
        let whole = self.whole.as_chunks_mut::<LANES>().0.iter_mut();
        let of_features = self.of_features.as_chunks::<LANES>().0.iter();
        let moved = self.moved.as_chunks_mut::<LANES>().0.iter_mut();
        let q = q.as_chunks_mut::<LANES>().0.iter_mut();
        let (move_by, shrink) = (f32x8::splat(simd, move_by), f32x8::splat(simd, shrink));
        for (((whole, of_features), moved), q) in whole.zip(of_features).zip(moved).zip(q) {
            let load = |numbers: &[f32; LANES]| f32x8::simd_from(simd, *numbers);
            let (old_whole, old_q, old_moved) = (load(whole), load(q), load(moved));
            *whole = (old_whole + move_by * old_q - shrink * (old_whole - load(of_features))).into();
            *q = (old_q + move_by * old_whole - shrink * old_q).into();
            *moved = (old_moved + move_by * old_q).into();
        }
    }
}
