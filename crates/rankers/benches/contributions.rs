//! Explaining rows: what a prepared booster of the default preset's size takes a row, and what its preparation takes.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::RngExt as _;
use rankers::contributions::Explainer;
use rankers::gbdt::{GbdtModel, GbdtParams, fit};
use rankers::{FeatureMatrix, LabelledRows};

const N_FEATURES: usize = 30;

fn generated(n_rows: usize) -> (FeatureMatrix, Vec<f32>) {
    let mut rng = dataset::rng::stream(1, "bench/contributions");
    let columns: Vec<(String, Vec<f64>)> =
        (0..N_FEATURES).map(|f| (format!("f{f}"), (0..n_rows).map(|_| rng.random()).collect())).collect();
    let label = |row: usize| {
        let signal: f64 = columns.iter().take(12).map(|(_, column)| column[row]).sum::<f64>() / 6.0;
        f32::from(u8::from(signal + rng.random::<f64>() > 1.5))
    };
    let labels = (0..n_rows).map(label).collect();
    (FeatureMatrix::from_columns(columns).unwrap_or_else(|error| panic!("{error}")), labels)
}

fn booster(params: GbdtParams) -> GbdtModel {
    let (features, labels) = generated(20_000);
    let params = params.check().unwrap_or_else(|error| panic!("{error}"));
    let mut rng = dataset::rng::stream(1, "bench/contributions/fit");
    fit(&params, LabelledRows::new(&features, &labels), None, &mut rng)
        .unwrap_or_else(|error| panic!("{error}"))
}

fn benchmark(criterion: &mut Criterion) {
    let (features, _) = generated(2_000);
    for (name, params) in [
        (
            "40_trees_24_leaves_depth_6",
            GbdtParams { n_trees: 40, max_leaves: 24, max_depth: 6, colsample: 0.3, ..GbdtParams::default() },
        ),
        // Paths that are too long for a table.
        (
            "40_trees_63_leaves_depth_12",
            GbdtParams { n_trees: 40, max_leaves: 63, max_depth: 12, ..GbdtParams::default() },
        ),
    ] {
        let model = booster(params);
        let prepare = || Explainer::of_booster(&model).unwrap_or_else(|error| panic!("{error}"));
        criterion.bench_function(&format!("prepare/{name}"), |bencher| bencher.iter(|| black_box(prepare())));
        let explainer = prepare();
        let mut group = criterion.benchmark_group("contributions");
        for n_rows in [10, 2_000] {
            let rows = features.select(&(0..n_rows).collect::<Vec<usize>>());
            group.throughput(Throughput::Elements(n_rows as u64));
            group.bench_function(format!("{n_rows}_rows/{name}"), |bencher| {
                bencher.iter(|| explainer.contributions(black_box(&rows)));
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = benchmark
}
criterion_main!(benches);
