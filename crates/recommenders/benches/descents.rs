//! An epoch of stochastic gradient descent on two million generated ratings: the fits with one epoch and with five are timed, and an epoch is a
//! quarter of their difference.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dataset::{History, Rating, Ratings, rng};
use rand::RngExt as _;
use recommenders::mf::{MfModel, MfParams};
use recommenders::svdpp::{SvdppModel, SvdppParams};
use recommenders::{FeatureFactorsParams, Params as _};

const N_USERS: i64 = 20_000;
const N_ITEMS: f64 = 8_000.0;

/// About a hundred ratings a user, of popular items mostly.
fn generated() -> History {
    let mut rng = rng::stream(1, "bench/descents");
    let mut ratings = Ratings::default();
    for user_id in 0..N_USERS {
        let mut items: Vec<i64> = (0..120).map(|_| (N_ITEMS * rng.random::<f64>().powi(3)) as i64).collect();
        items.sort_unstable();
        items.dedup();
        for item_id in items {
            let value = f32::from(rng.random_range(1u8..=10)) / 2.0;
            ratings.push(Rating { user_id, item_id, value, timestamp: 0 });
        }
    }
    History::new(&ratings)
}

fn descents(criterion: &mut Criterion) {
    let history = generated();
    for epochs in [1, 5] {
        let mut group = criterion.benchmark_group(format!("{epochs} epochs"));
        group.throughput(Throughput::Elements((epochs * history.n_ratings()) as u64));
        let params = MfParams { factors: 24, epochs, init_std: 0.02, ..MfParams::default() };
        let params = params.check().expect("in range");
        group.bench_function("mf, 24 factors", |bencher| {
            bencher.iter(|| black_box(MfModel::fit(&history, &params, rng::stream(1, "bench/mf"))));
        });
        let params = SvdppParams(FeatureFactorsParams { epochs, ..FeatureFactorsParams::default() });
        let params = params.check().expect("in range");
        group.bench_function("svdpp, 32 factors", |bencher| {
            bencher.iter(|| black_box(SvdppModel::fit(&history, &params, rng::stream(1, "bench/svdpp"))));
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = descents
}
criterion_main!(benches);
