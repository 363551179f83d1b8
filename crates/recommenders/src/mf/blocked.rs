//! Stochastic gradient descent in blocks, for many ratings: parallel, and the same at any number of threads.
//!
//! The grid of blocks has as many rows (parts of the users) as columns (parts of the items). An epoch goes over its strata in a random order; a
//! stratum has one block of every row and every column, so that its blocks have no user and no item in common and any number of threads may
//! learn from them at once: Gemulla et al., "Large-scale matrix factorization with distributed stochastic gradient descent", KDD 2011. A block's
//! ratings come user by user, as in LIBMF (Chin et al., "A fast parallel stochastic gradient method for matrix factorization in shared memory systems",
//! TIST 2015): its factors stay in a core's own cache, and the user's in registers. A new random order of each block's ratings in each epoch
//! gives nearly the same error and takes up to half as long again.

use dataset::History;
use fearless_simd::{Level, Simd, dispatch, f32x8, prelude::*};
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::MfParams;
use super::grid::{Entry, Grid, Parts};
use super::sgd::Diverged;
use crate::biased_factors::BiasedFactors;
use crate::factors::{self, Factors, LANES};

/// The numbers of one part of the users or items.
struct Side {
    biases: Vec<f32>,
    factors: Factors,
}

/// Runs all epochs; gives the RMSE seen in each.
pub fn descend(
    model: &mut BiasedFactors,
    history: &History,
    params: &MfParams,
    rng: &mut ChaCha8Rng,
) -> Result<Vec<f64>, Diverged> {
    let grid = Grid::new(history);
    let side = grid.side();
    let mut users = Side::gather(&grid.users, &model.user_biases, &model.user_factors);
    let mut items = Side::gather(&grid.items, &model.item_biases, &model.item_factors);
    let mut blocks: Vec<&[Entry]> = Vec::with_capacity(grid.lengths.len());
    let mut rest = &grid.entries[..];
    for &length in &grid.lengths {
        let (block, others) = rest.split_at(length);
        blocks.push(block);
        rest = others;
    }
    let n_ratings = history.n_ratings() as f64;
    let mean = model.mean as f32;
    let level = Level::new();
    let mut offsets: Vec<usize> = (0..side).collect();
    let mut curve = Vec::with_capacity(params.epochs);
    for epoch in 1..=params.epochs {
        offsets.shuffle(rng);
        let mut squared_errors = 0.0;
        for &offset in &offsets {
            items.rotate_left(offset);
            let of_row = blocks.par_chunks_exact(side).enumerate();
            let stratum = of_row.map(|(row, blocks)| blocks[(row + offset) % side]);
            let work = stratum.zip(&mut users).zip(&mut items).with_max_len(1);
            let errors: Vec<f64> = work
                .map(|((block, users), items)| {
                    dispatch!(level, simd => run_block(simd, users, items, block, mean, params))
                })
                .collect();
            items.rotate_right(offset);
            squared_errors += errors.iter().sum::<f64>();
        }
        let rmse = (squared_errors / n_ratings).sqrt();
        if !rmse.is_finite() {
            return Err(Diverged { key: "mf", epoch });
        }
        curve.push(rmse);
    }
    Side::scatter(&users, &grid.users, &mut model.user_biases, &mut model.user_factors);
    Side::scatter(&items, &grid.items, &mut model.item_biases, &mut model.item_factors);
    Ok(curve)
}

impl Side {
    /// Each part's numbers.
    fn gather(parts: &Parts, biases: &[f32], factors: &Factors) -> Vec<Self> {
        let part = |members: &Vec<u32>| Self {
            biases: members.iter().map(|&row| biases[row as usize]).collect(),
            factors: factors.select(members),
        };
        parts.members.iter().map(part).collect()
    }

    /// Brings each part's numbers back to where they belong.
    fn scatter(sides: &[Self], parts: &Parts, biases: &mut [f32], factors: &mut Factors) {
        for (side, members) in sides.iter().zip(&parts.members) {
            for (place, &row) in members.iter().enumerate() {
                biases[row as usize] = side.biases[place];
                factors.row_mut(row).copy_from_slice(side.factors.row(place as u32));
            }
        }
    }
}

/// One pass over a block's ratings in their order; gives the sum of the squared errors, each taken before its step.
///
/// Compiled for each set of vector instructions and for the usual numbers of factors, with the same result.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the CPU's vector instructions"
)]
fn run_block<S: Simd>(
    simd: S,
    users: &mut Side,
    items: &mut Side,
    entries: &[Entry],
    mean: f32,
    params: &MfParams,
) -> f64 {
    match users.factors.width() / LANES {
        1 => run_chunks::<S, 1>(simd, users, items, entries, mean, params),
        2 => run_chunks::<S, 2>(simd, users, items, entries, mean, params),
        3 => run_chunks::<S, 3>(simd, users, items, entries, mean, params),
        4 => run_chunks::<S, 4>(simd, users, items, entries, mean, params),
        8 => run_chunks::<S, 8>(simd, users, items, entries, mean, params),
        _ => run_chunks::<S, 0>(simd, users, items, entries, mean, params),
    }
}

/// The same for rows of `CHUNKS` times [`LANES`] numbers; of any number where `CHUNKS` is 0.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the CPU's vector instructions"
)]
fn run_chunks<S: Simd, const CHUNKS: usize>(
    simd: S,
    users: &mut Side,
    items: &mut Side,
    entries: &[Entry],
    mean: f32,
    params: &MfParams,
) -> f64 {
    let chunks = if CHUNKS == 0 { users.factors.width() / LANES } else { CHUNKS };
    let rate = params.learning_rate;
    let kept = 1.0 - rate * params.regularization;
    let all_p = users.factors.numbers_mut().as_chunks_mut::<LANES>().0;
    let all_q = items.factors.numbers_mut().as_chunks_mut::<LANES>().0;
    let (rates, all_kept) = (f32x8::splat(simd, rate), f32x8::splat(simd, kept));
    let load = |numbers: &[f32; LANES]| f32x8::simd_from(simd, *numbers);
    let mut squared_errors = 0.0f64;
    for &Entry { user, item, value } in entries {
        let p = &mut all_p[user as usize * chunks..][..chunks];
        let q = &mut all_q[item as usize * chunks..][..chunks];
        let user_bias = &mut users.biases[user as usize];
        let item_bias = &mut items.biases[item as usize];
        let mut sums = f32x8::splat(simd, 0.0);
        for (p, q) in p.iter().zip(&*q) {
            sums += load(p) * load(q);
        }
        let error = value - mean - *user_bias - *item_bias - factors::sum_of_halves(sums);
        squared_errors += f64::from(error) * f64::from(error);
        let moved = rate * error;
        *user_bias = kept * *user_bias + moved;
        *item_bias = kept * *item_bias + moved;
        let moved = rates * f32x8::splat(simd, error);
        for (p, q) in p.iter_mut().zip(q) {
            let (old_p, old_q) = (load(p), load(q));
            *p = (all_kept * old_p + moved * old_q).into();
            *q = (all_kept * old_q + moved * old_p).into();
        }
    }
    squared_errors
}
