//! How long the bootstrap takes: every interval of a run on ml-latest-small, and of a larger data set.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use metrics::statistics::{Bootstrap, UserSample};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

/// `n_means` means of uniform values; every 24th is undefined for one user in five, as the AUC is for some.
fn sample(n_users: usize, n_means: usize) -> UserSample {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut sample = UserSample::new(n_users);
    for mean in 0..n_means {
        sample.push_mean((0..n_users).map(|user| {
            let value = rng.random();
            (mean % 24 != 23 || user % 5 != 0).then_some(value)
        }));
    }
    sample
}

fn benchmark(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bootstrap");
    group.sample_size(10);
    for (n_users, n_means, n_resamples) in [(610, 15 * 24, 1_000), (610, 20, 10_000), (20_000, 24, 1_000)] {
        let sample = sample(n_users, n_means);
        let bootstrap = Bootstrap::new(n_resamples, 0.95, ChaCha8Rng::seed_from_u64(1)).expect("in range");
        group.bench_function(
            format!("{n_users} users, {n_means} means, {n_resamples} resamples"),
            |bencher| {
                bencher.iter(|| bootstrap.intervals(black_box(&sample)));
            },
        );
    }
    group.finish();
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
