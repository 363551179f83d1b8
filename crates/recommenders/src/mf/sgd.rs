//! Stochastic gradient descent.

use dataset::Csr;
use fearless_simd::{Level, Simd, dispatch};
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;

use super::MfParams;
use crate::biased_factors::BiasedFactors;
use crate::factors;

/// The descent left the finite numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{key}: the factorisation diverged in epoch {epoch}: lower {key}.learning_rate or {key}.init_std")]
pub struct Diverged {
    /// The model's key in configuration.
    pub key: &'static str,
    /// In which epoch, from 1.
    pub epoch: usize,
}

/// One training rating.
type Entry = (u32, u32, f32);

/// Runs all epochs; gives the RMSE seen in each.
pub fn descend(
    model: &mut BiasedFactors,
    by_user: &Csr,
    params: &MfParams,
    rng: &mut ChaCha8Rng,
) -> Result<Vec<f64>, Diverged> {
    let mut entries: Vec<Entry> = (0..by_user.n_rows() as u32)
        .flat_map(|user| {
            let (items, values) = by_user.row(user);
            items.iter().zip(values).map(move |(&item, &value)| (user, item, value))
        })
        .collect();
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let level = Level::new();
    (1..=params.epochs)
        .map(|epoch| {
            // Moving the ratings themselves lets the epoch read them front to back.
            entries.shuffle(rng);
            let squared_errors = dispatch!(level, simd => run_epoch(simd, model, &entries, params));
            let rmse = (squared_errors / entries.len() as f64).sqrt();
            if rmse.is_finite() { Ok(rmse) } else { Err(Diverged { key: "mf", epoch }) }
        })
        .collect()
}

/// One pass over `entries` in their order; gives the sum of the squared errors, each taken before its step.
///
/// Compiled for each set of vector instructions. They differ in how many numbers they take at once and not in any bit of what they give:
/// no product is fused with a sum, and no sum is reordered.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the CPU's vector instructions"
)]
fn run_epoch<S: Simd>(simd: S, model: &mut BiasedFactors, entries: &[Entry], params: &MfParams) -> f64 {
    let &MfParams { learning_rate, regularization, .. } = params;
    let mean = model.mean as f32;
    let mut squared_errors = 0.0f64;
    for &(user, item, value) in entries {
        let (p, q) = (model.user_factors.row_mut(user), model.item_factors.row_mut(item));
        let user_bias = &mut model.user_biases[user as usize];
        let item_bias = &mut model.item_biases[item as usize];
        let error = value - (mean + *user_bias + *item_bias + factors::dot_simd(simd, p, q));
        squared_errors += f64::from(error) * f64::from(error);
        *user_bias += learning_rate * (error - regularization * *user_bias);
        *item_bias += learning_rate * (error - regularization * *item_bias);
        factors::step(simd, p, q, error, learning_rate, regularization);
    }
    squared_errors
}
