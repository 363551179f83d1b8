//! Rows of co-ratings, in pairs of ratings a second: what a model needs for every item once, beside loops that do no more than they must.
//!
//! 2,000 users, 5,000 items, long tails on both sides. A pair is two ratings of one user, in both orders: the sum over the users of their
//! squared number of ratings.
//!
//! * `models`: one candidate an item, of the least active users, so that next to nothing but the rows is computed.
//! * `plain loop`: a dense row of f32 an item, filled from its raters' ratings; nothing is kept.
//! * `reading`: the same ratings in the same order, only summed up: what reading them takes.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dataset::{Candidate, History, Items, Rating, Ratings, rng};
use rand::RngExt as _;
use recommenders::{BaseConfig, BaseModel, Content, Scorer as _};

const N_USERS: i64 = 2_000;
const N_ITEMS: f64 = 5_000.0;

fn generated() -> History {
    let mut rng = rng::stream(1, "bench/neighbours");
    let mut ratings = Ratings::default();
    for user_id in 0..N_USERS {
        let activity = (40.0 / rng.random_range(0.01f64..1.0).powf(0.9)) as usize;
        let mut items: Vec<i64> =
            (0..activity).map(|_| (N_ITEMS * rng.random::<f64>().powi(3)) as i64).collect();
        items.sort_unstable();
        items.dedup();
        for item_id in items {
            let value = f32::from(rng.random_range(1u8..=10)) / 2.0;
            ratings.push(Rating { user_id, item_id, value, timestamp: 0 });
        }
    }
    History::new(&ratings)
}

/// Calls `visit` with each item's rating and the row of each of its raters.
fn for_each_row(history: &History, mut visit: impl FnMut(u32, f32, (&[u32], &[f32]))) {
    for item in 0..history.items().len() as u32 {
        let (users, values) = history.by_item().row(item);
        for (&user, &own) in users.iter().zip(values) {
            visit(item, own, history.by_user().row(user));
        }
    }
}

fn rows(criterion: &mut Criterion) {
    let history = generated();
    let n_rated = |user: u32| history.by_user().row(user).0.len();
    let n_pairs: usize = (0..history.users().len() as u32).map(|user| n_rated(user).pow(2)).sum();
    let mut group = criterion.benchmark_group("knn_rows");
    group.throughput(Throughput::Elements(n_pairs as u64)).sample_size(10);

    let mut users: Vec<u32> = (0..history.users().len() as u32).collect();
    users.sort_by_key(|&user| n_rated(user));
    let of_item =
        |(&item_id, &user): (&i64, &u32)| Candidate { user_id: history.users().id_at(user), item_id, at: 0 };
    let candidates: Vec<Candidate> =
        history.items().ids().iter().zip(users[..100].iter().cycle()).map(of_item).collect();
    let (_, params) = BaseConfig::default().check().unwrap_or_else(|error| panic!("{error}"));
    for model in [BaseModel::ItemKnn, BaseModel::CentredItemKnn] {
        let content = Content { items: &Items::default(), tags: &[] };
        let fit = model.fit(&history, content, &params, rng::stream(1, "bench"));
        let fitted = fit.unwrap_or_else(|error| panic!("{error}")).model;
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let one_thread = one_thread.unwrap_or_else(|error| panic!("{error}"));
        group.bench_function(format!("models/{}", model.name()), |bencher| {
            bencher.iter(|| one_thread.install(|| black_box(fitted.scores(&candidates))));
        });
    }
    group.bench_function("plain loop", |bencher| {
        let mut row = vec![0.0f32; history.items().len()];
        bencher.iter(|| {
            let mut last = 0;
            for_each_row(&history, |item, own, (columns, values)| {
                if std::mem::replace(&mut last, item) != item {
                    row.fill(0.0);
                }
                for (&column, &value) in columns.iter().zip(values) {
                    row[column as usize] += own * value;
                }
            });
            black_box(row[0])
        });
    });
    group.bench_function("reading", |bencher| {
        bencher.iter(|| {
            let mut sum = 0u64;
            for_each_row(&history, |_, _, (columns, values)| {
                let numbers = columns.iter().zip(values);
                sum += numbers.map(|(&column, value)| u64::from(column ^ value.to_bits())).sum::<u64>();
            });
            black_box(sum)
        });
    });
    group.finish();
}

criterion_group!(neighbours, rows);
criterion_main!(neighbours);
