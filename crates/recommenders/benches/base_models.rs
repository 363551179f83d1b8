//! How long the base recommenders take on generated ratings of ml-latest-small's shape: 610 users, 8,000 items, about
//! 60,000 ratings with long tails on both sides.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use dataset::{Candidate, History, Rating, Ratings, rng};
use rand::RngExt as _;
use recommenders::item_knn::{ItemKnnModel, ItemKnnParams};
use recommenders::mf::{MfModel, MfParams};
use recommenders::{Params as _, Scorer as _};

const N_ITEMS: f64 = 8_000.0;

/// Ratings and, of as many pairs again, every second one as a candidate.
fn generated() -> (History, Vec<Candidate>) {
    let mut rng = rng::stream(1, "bench/base-models");
    let (mut ratings, mut candidates) = (Ratings::default(), Vec::new());
    for user_id in 0..610i64 {
        let activity = (20.0 / rng.random_range(0.012f64..1.0).powf(0.75)) as usize;
        let mut items: Vec<i64> =
            (0..activity * 3).map(|_| (N_ITEMS * rng.random::<f64>().powi(3)) as i64).collect();
        items.sort_unstable();
        items.dedup();
        for (position, item_id) in items.into_iter().enumerate() {
            if position % 3 == 0 {
                candidates.push(Candidate { user_id, item_id, at: 0 });
            } else {
                let value = f32::from(rng.random_range(1u8..=10)) / 2.0;
                ratings.push(Rating { user_id, item_id, value, timestamp: 0 });
            }
        }
    }
    (History::new(&ratings), candidates)
}

fn item_knn(criterion: &mut Criterion) {
    let (history, candidates) = generated();
    let params = ItemKnnParams::default().check().expect("the defaults are in range");
    let model = ItemKnnModel::fit(&history, &params);
    let name = format!("item_knn/score {} rows over {} ratings", candidates.len(), history.n_ratings());
    criterion.bench_function(&name, |bencher| bencher.iter(|| black_box(model.scores(&candidates))));
}

fn mf_epoch(criterion: &mut Criterion) {
    let (history, _) = generated();
    let one_epoch = MfParams { epochs: 1, ..MfParams::default() };
    let params = one_epoch.check().expect("the defaults are in range");
    let name = format!("mf/start and one epoch over {} ratings", history.n_ratings());
    criterion.bench_function(&name, |bencher| {
        bencher.iter(|| black_box(MfModel::fit(&history, &params, rng::stream(1, "bench/mf"))));
    });
}

criterion_group! {
    name = base_models;
    config = Criterion::default().sample_size(20);
    targets = item_knn, mf_epoch
}
criterion_main!(base_models);
