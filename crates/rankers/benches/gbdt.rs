//! Whole fits on generated rows, scoring them, and fits in which one kernel is nearly all of the work.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rand::RngExt as _;
use rankers::gbdt::{BinnedFeatures, BinnedRows, CheckedGbdtParams, GbdtModel, GbdtParams, fit, fit_binned};
use rankers::{FeatureMatrix, LabelledRows};

fn generated(n_rows: usize, n_features: usize) -> (FeatureMatrix, Vec<f32>) {
    let mut rng = dataset::rng::stream(1, "bench/gbdt");
    let columns: Vec<(String, Vec<f64>)> =
        (0..n_features).map(|f| (format!("f{f}"), (0..n_rows).map(|_| rng.random()).collect())).collect();
    let labels = (0..n_rows)
        .map(|row| f32::from(columns[0].1[row] + 0.5 * columns[1].1[row] + rng.random::<f64>() > 1.2))
        .collect();
    (FeatureMatrix::from_columns(columns).unwrap_or_else(|error| panic!("{error}")), labels)
}

fn benchmark(criterion: &mut Criterion) {
    for (name, n_rows, params) in [
        (
            "16k_x_8_200_trees_depth_3",
            16_000,
            GbdtParams { n_trees: 200, max_leaves: 8, max_depth: 3, ..GbdtParams::default() },
        ),
        ("200k_x_8_20_trees_31_leaves", 200_000, GbdtParams { n_trees: 20, ..GbdtParams::default() }),
        // One tree of two leaves: bins, and the histogram of the root.
        ("200k_x_8_root_only", 200_000, GbdtParams { n_trees: 1, max_leaves: 2, ..GbdtParams::default() }),
    ] {
        let (features, labels) = generated(n_rows, 8);
        let params = params.check().unwrap_or_else(|error| panic!("{error}"));
        let run = || {
            let mut rng = dataset::rng::stream(1, "bench/gbdt/fit");
            let rows = LabelledRows::new(&features, &labels);
            fit(&params, rows, None, &mut rng).unwrap_or_else(|error| panic!("{error}"))
        };
        criterion.bench_function(&format!("fit/{name}"), |bencher| bencher.iter(|| black_box(run())));
        let model = run();
        criterion.bench_function(&format!("predict/{name}"), |bencher| {
            bencher.iter(|| model.predict_raw(black_box(&features)));
        });
    }
}

/// A fit on rows that are binned already.
fn fit_bins(params: &CheckedGbdtParams, bins: &BinnedFeatures, rows: LabelledRows<'_>) -> GbdtModel {
    let mut rng = dataset::rng::stream(1, "bench/gbdt/fit");
    fit_binned(params, None, BinnedRows { bins, rows }, None, &mut rng)
        .unwrap_or_else(|error| panic!("{error}"))
}

fn kernels(criterion: &mut Criterion) {
    let kernels = [
        // The root's histogram: 12 bytes of bins and 8 of derivatives a row are read, 12 of row and rounded derivatives written.
        (
            "histogram/2m_x_12_10_stumps",
            2_000_000,
            12,
            GbdtParams { n_trees: 10, max_leaves: 2, ..GbdtParams::default() },
        ),
        // Few rows and many bins: 1,024 x 255 candidates a tree.
        (
            "split_finding/2k_x_1024_20_stumps",
            2_048,
            1024,
            GbdtParams { n_trees: 20, max_leaves: 2, min_leaf_rows: 1, ..GbdtParams::default() },
        ),
    ];
    for (name, n_rows, n_features, params) in kernels {
        let (features, labels) = generated(n_rows, n_features);
        let params = params.check().unwrap_or_else(|error| panic!("{error}"));
        let bins = BinnedFeatures::new(&features, 255, &mut dataset::rng::stream(1, "bench/gbdt/bins"));
        let rows = LabelledRows::new(&features, &labels);
        criterion.bench_function(name, |bencher| bencher.iter(|| black_box(fit_bins(&params, &bins, rows))));
    }
    let (features, labels) = generated(200_000, 12);
    let params = GbdtParams::default().check().unwrap_or_else(|error| panic!("{error}"));
    let mut rng = dataset::rng::stream(1, "bench/gbdt/fit");
    let model = fit(&params, LabelledRows::new(&features, &labels), None, &mut rng)
        .unwrap_or_else(|error| panic!("{error}"));
    criterion.bench_function("tree_prediction/200k_x_12_100_trees_31_leaves", |bencher| {
        bencher.iter(|| model.predict_raw(black_box(&features)));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = benchmark, kernels
}
criterion_main!(benches);
