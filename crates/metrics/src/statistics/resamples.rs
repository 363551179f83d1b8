//! The sums over the users drawn.

use fearless_simd::{Level, Simd, dispatch};
use rayon::prelude::*;

use super::UserSample;
use super::draws::{Draws, LANES};

/// One number for each of the resamples of a pass.
type Lanes = [f64; LANES];

/// Passes that one reading of the columns serves.
const PASSES_AT_ONCE: usize = 4;
/// Users whose counts of these passes and whose values of a group of columns stay in the nearest cache.
const USERS_AT_ONCE: usize = 256;
/// Columns that are summed side by side: each count is loaded once for all of them, and their independent sums hide the latency of the
/// additions.
const COLUMNS_AT_ONCE: usize = 4;

/// The values of every number of `sample` in every resample: by number, then resample; NaN where the resample drew no
/// user that counts.
///
/// Each sum runs over the users in their order: it depends neither on the number of threads, nor on the other numbers of the sample, nor
/// on the CPU's vector instructions.
pub(super) fn ratios(sample: &UserSample, draws: &Draws) -> Vec<Vec<f64>> {
    let totals = sample.totals.iter().map(Vec::as_slice);
    let columns: Vec<&[f64]> = totals.chain(sample.weights.iter().map(Vec::as_slice)).collect();
    let level = Level::new();
    let tasks = draws.n_passes().div_ceil(PASSES_AT_ONCE);
    let sums: Vec<Vec<Lanes>> = (0..tasks)
        .into_par_iter()
        .map(|task| {
            let first = task * PASSES_AT_ONCE;
            let passes = first..draws.n_passes().min(first + PASSES_AT_ONCE);
            let drawn: Vec<_> = passes.map(|pass| draws.pass(pass)).collect();
            let drawn: Vec<&[[u8; LANES]]> = drawn.iter().map(AsRef::as_ref).collect();
            dispatch!(level, simd => sums(simd, &drawn, &columns))
        })
        .collect();
    let passes: Vec<&[Lanes]> =
        sums.iter().flat_map(|sums| sums.chunks_exact(columns.len().max(1))).collect();
    let ratio = |column: usize| {
        let (totals, weights) = (column, sample.len() + sample.weights_of[column]);
        let lanes = passes.iter().flat_map(move |sums| sums[totals].into_iter().zip(sums[weights]));
        lanes.take(draws.n_resamples()).map(|(total, weight)| total / weight).collect()
    };
    (0..sample.len()).into_par_iter().map(ratio).collect()
}

/// The sums of counts × values: by pass, then column.
///
/// Compiled for each set of vector instructions. They differ in how many lanes they take at once and not in any bit of what they give:
/// no product is fused with a sum, and no sum is reordered.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the CPU's vector instructions"
)]
fn sums<S: Simd>(_: S, passes: &[&[[u8; LANES]]], columns: &[&[f64]]) -> Vec<Lanes> {
    let n_users = passes.first().map_or(0, |counts| counts.len());
    let mut sums = vec![[0.0; LANES]; passes.len() * columns.len()];
    let mut counts = vec![[[0.0; LANES]; USERS_AT_ONCE]; PASSES_AT_ONCE];
    for first in (0..n_users).step_by(USERS_AT_ONCE) {
        let users = first..n_users.min(first + USERS_AT_ONCE);
        for (counts, pass) in counts.iter_mut().zip(passes) {
            for (counts, drawn) in counts.iter_mut().zip(&pass[users.clone()]) {
                *counts = drawn.map(f64::from);
            }
        }
        let (groups, rest) = columns.as_chunks::<COLUMNS_AT_ONCE>();
        for (pass, counts) in counts[..passes.len()].iter().enumerate() {
            let counts = &counts[..users.len()];
            let sums = &mut sums[pass * columns.len()..(pass + 1) * columns.len()];
            let (sums_of_groups, sums_of_rest) = sums.as_chunks_mut::<COLUMNS_AT_ONCE>();
            for (sums, group) in sums_of_groups.iter_mut().zip(groups) {
                *sums = add(*sums, counts, group.map(|column| &column[users.clone()]));
            }
            for (sums, column) in sums_of_rest.iter_mut().zip(rest) {
                [*sums] = add([*sums], counts, [&column[users.clone()]]);
            }
        }
    }
    sums
}

/// The innermost loop: the sums, and counts × values of some users more.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the CPU's vector instructions"
)]
fn add<const N: usize>(mut sums: [Lanes; N], counts: &[Lanes], columns: [&[f64]; N]) -> [Lanes; N] {
    let columns = columns.map(|column| &column[..counts.len()]);
    for (user, counts) in counts.iter().enumerate() {
        let values: [f64; N] = std::array::from_fn(|column| columns[column][user]);
        // A new array instead of changing the old one in place keeps the sums in registers.
        sums = std::array::from_fn(|column| {
            std::array::from_fn(|lane| sums[column][lane] + counts[lane] * values[column])
        });
    }
    sums
}

#[cfg(test)]
mod tests {
    use rand::RngExt as _;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    use super::*;

    fn ratios(sample: &UserSample, n_resamples: usize, rng: &ChaCha8Rng) -> Vec<Vec<f64>> {
        super::ratios(sample, &Draws::new(sample.n_users(), n_resamples, rng))
    }

    fn sample() -> UserSample {
        let mut sample = UserSample::new(5);
        sample.push_mean([1.0, 2.0, 4.0, 8.0, 16.0].map(Some));
        sample.push_mean([Some(1.0), None, Some(3.0), None, None]);
        sample.push_ratio(vec![1.0; 5], vec![1.0, 2.0, 3.0, 4.0, 5.0]);
        sample
    }

    #[test]
    fn equals_drawing_user_after_user() {
        let rng = ChaCha8Rng::seed_from_u64(7);
        let found = ratios(&sample(), 11, &rng);
        assert!(found.iter().all(|replicates| replicates.len() == 11));
        for (b, stream) in (1..=11).enumerate() {
            let [mean_of_all, mean_of_two, ratio] = [0, 1, 2].map(|number: usize| found[number][b]);
            let mut rng = rng.clone();
            rng.set_stream(stream);
            let users: Vec<usize> = (0..5).map(|_| rng.random_range(0..5)).collect();
            let mean = users.iter().map(|&user| f64::from(1 << user)).sum::<f64>() / 5.0;
            assert_eq!(mean_of_all, mean);
            let defined: Vec<f64> =
                users.iter().filter_map(|&user| [Some(1.0), None, Some(3.0), None, None][user]).collect();
            let mean = defined.iter().sum::<f64>() / defined.len() as f64;
            assert_eq!(mean_of_two.to_bits() << 1, mean.to_bits() << 1, "{mean}"); // NaN of either sign
            let weight = users.iter().map(|&user| user as f64 + 1.0).sum::<f64>();
            assert_eq!(ratio, 5.0 / weight);
        }
    }

    #[test]
    fn neither_threads_nor_earlier_draws_nor_other_numbers_change_a_number() {
        let rng = ChaCha8Rng::seed_from_u64(7);
        let on = |n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| ratios(&sample(), 100, &rng))
        };
        let bits = |ratios: &[Vec<f64>]| ratios.concat().into_iter().map(f64::to_bits).collect::<Vec<_>>();
        let expected = on(1);
        assert_eq!(bits(&expected), bits(&on(3)));

        let mut used = rng.clone();
        let _: u64 = used.random();
        let mut alone = UserSample::new(5);
        alone.push_mean([1.0, 2.0, 4.0, 8.0, 16.0].map(Some));
        assert_eq!(ratios(&alone, 100, &used)[0], expected[0]);
        assert_ne!(ratios(&alone, 100, &ChaCha8Rng::seed_from_u64(8))[0], expected[0]);
    }

    #[test]
    fn no_user_and_no_number() {
        let rng = ChaCha8Rng::seed_from_u64(7);
        let mut nobody = UserSample::new(0);
        nobody.push_mean([]);
        assert!(ratios(&nobody, 3, &rng)[0].iter().all(|ratio| ratio.is_nan()));
        assert!(ratios(&UserSample::new(4), 3, &rng).is_empty());
    }
}
