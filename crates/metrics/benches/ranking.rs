//! The kernels of one user's ranking, for lists of 20, 150 and 2,000 rows: the order by scores, what metrics see of it, and DCG.
//!
//! Throughput is in rows: compare with what the sort alone takes (about n log2 n comparisons), and with the 16 bytes a row of scores and
//! item ids that have to be read.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use metrics::dcg::{Discounts, Gain, dcg};
use metrics::per_user::{average_precision, ndcg};
use metrics::{RankOrder, Ranker, TieOrder};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

fn benchmark(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one user");
    for n in [20, 150, 2_000] {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let items: Vec<i64> = (0..n).map(|row| 3 * row).collect();
        let grades: Vec<f64> = items.iter().map(|_| f64::from(rng.random_range(1..=10)) / 2.0).collect();
        let relevant: Vec<bool> = grades.iter().map(|&grade| grade >= 4.0).collect();
        // Lists in turn, so that no branch is learnt by heart.
        let lists: Vec<Vec<f64>> =
            (0..64).map(|_| items.iter().map(|_| rng.random::<f64>()).collect()).collect();
        let gains: Vec<f64> = grades.iter().map(|&grade| Gain::Exponential.of(grade)).collect();
        let discounts = Discounts::new(n as usize);
        let mut turn = 0;
        let mut next = || {
            turn += 1;
            &lists[turn % lists.len()]
        };
        group.throughput(Throughput::Elements(n as u64));

        let mut order = RankOrder::new(TieOrder::SmallerItem);
        order.load(&items);
        group.bench_function(format!("order/{n}"), |bencher| {
            bencher.iter(|| order.sort(black_box(next())).len());
        });
        group.bench_function(format!("top 10/{n}"), |bencher| {
            bencher.iter(|| order.sort_top(black_box(next()), 10).len());
        });
        let mut ranker = Ranker::new(TieOrder::SmallerItem, Gain::Exponential);
        group.bench_function(format!("load/{n}"), |bencher| {
            bencher.iter(|| ranker.load(black_box(&items), &relevant, &grades));
        });
        group.bench_function(format!("rank/{n}"), |bencher| {
            bencher.iter(|| ranker.rank(black_box(next())).len());
        });
        let list = ranker.rank(&lists[0]);
        group.bench_function(format!("ndcg@10 and map/{n}"), |bencher| {
            bencher.iter(|| (ndcg(black_box(&list), 10), average_precision(&list)));
        });
        group.bench_function(format!("dcg/{n}"), |bencher| {
            bencher.iter(|| dcg(black_box(&gains), n as usize, &discounts));
        });
    }
    group.finish();
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
