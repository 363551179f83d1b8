//! The draws, and the sums over the users drawn.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rayon::prelude::*;

use super::UserSample;

/// Resamples that one pass over the columns serves: their sums stand in registers side by side.
const LANES: usize = 8;

/// One number for each of the resamples of a pass.
type Lanes = [f64; LANES];

/// The values of every number of `sample` in every resample: by number, then resample; NaN where the resample drew no
/// user that counts.
///
/// Resample `b` draws from stream `b + 1` of the generator's key, whatever the generator has drawn before, and each sum
/// runs over the users in their order: neither depends on the number of threads, nor on the other numbers of the sample.
pub(super) fn ratios(sample: &UserSample, n_resamples: usize, rng: &ChaCha8Rng) -> Vec<Vec<f64>> {
    let seed = rng.get_seed();
    let totals = sample.totals.iter().map(Vec::as_slice);
    let columns: Vec<&[f64]> = totals.chain(sample.weights.iter().map(Vec::as_slice)).collect();
    let passes: Vec<Vec<Lanes>> = (0..n_resamples.div_ceil(LANES))
        .into_par_iter()
        .map_init(Vec::new, |counts, pass| {
            let first = pass * LANES;
            count(counts, sample.n_users(), seed, first..n_resamples.min(first + LANES));
            sums(counts, &columns)
        })
        .collect();
    let ratio = |column: usize| {
        let (totals, weights) = (column, sample.len() + sample.weights_of[column]);
        let lanes = passes.iter().flat_map(move |sums| sums[totals].into_iter().zip(sums[weights]));
        lanes.take(n_resamples).map(|(total, weight)| total / weight).collect()
    };
    (0..sample.len()).into_par_iter().map(ratio).collect()
}

/// Fills `counts` with how often each user is drawn in each of `resamples`.
fn count(counts: &mut Vec<Lanes>, n_users: usize, seed: [u8; 32], resamples: std::ops::Range<usize>) {
    counts.clear();
    counts.resize(n_users, [0.0; LANES]);
    for (lane, resample) in resamples.enumerate() {
        let mut rng = ChaCha8Rng::from_seed(seed);
        rng.set_stream(resample as u64 + 1);
        for _ in 0..n_users {
            counts[rng.random_range(0..n_users)][lane] += 1.0;
        }
    }
}

/// The sum of counts × values for each column.
fn sums(counts: &[Lanes], columns: &[&[f64]]) -> Vec<Lanes> {
    let mut sums = Vec::with_capacity(columns.len());
    let (pairs, rest) = columns.as_chunks::<2>();
    for pair in pairs {
        sums.extend(weighted_sums(counts, *pair));
    }
    for column in rest {
        sums.extend(weighted_sums(counts, [column]));
    }
    sums
}

/// The innermost loop: `N` columns at once, so that each count is loaded once for all of them and `N` × [`LANES`]
/// independent sums hide the latency of the additions.
fn weighted_sums<const N: usize>(counts: &[Lanes], columns: [&[f64]; N]) -> [Lanes; N] {
    let columns = columns.map(|column| &column[..counts.len()]);
    let mut sums = [[0.0; LANES]; N];
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
    use super::*;

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
