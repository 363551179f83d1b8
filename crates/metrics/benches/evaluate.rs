//! How long the evaluator takes: the shape of ml-latest-small's test rows, and five million rows.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use metrics::{Groups, ModelScores, Plan, TestRows, evaluate};

/// Generated rows; scores and grades from a linear congruence.
struct Data {
    groups: Groups,
    item_ids: Vec<i64>,
    relevant: Vec<bool>,
    grades: Vec<f64>,
    scores: Vec<Vec<f64>>,
}

fn generate(n_users: usize, n_rows: usize, n_models: usize) -> Data {
    let mut state = 42u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    // A user's share of the rows falls with the square of their place, as activity does: few long lists, many short.
    let mut user_ids: Vec<i64> = (0..n_rows).map(|_| (draw().powi(2) * n_users as f64) as i64).collect();
    user_ids.sort_unstable();
    let groups = Groups::from_sorted(&user_ids).expect("sorted");
    let item_ids = (0..n_rows as i64).collect();
    let grades: Vec<f64> = (0..n_rows).map(|_| (draw() * 10.0).ceil() / 2.0).collect();
    let relevant = grades.iter().map(|&grade| grade >= 4.0).collect();
    let scores = (0..n_models).map(|_| (0..n_rows).map(|_| draw()).collect()).collect();
    Data { groups, item_ids, relevant, grades, scores }
}

impl Data {
    fn evaluate(&self) -> usize {
        let rows =
            TestRows::new(&self.groups, &self.item_ids, &self.relevant, &self.grades).expect("checked");
        let names: Vec<String> = (0..self.scores.len()).map(|model| format!("model {model}")).collect();
        let models: Vec<ModelScores<'_>> =
            names.iter().zip(&self.scores).map(|(name, scores)| ModelScores { name, scores }).collect();
        let plan = Plan::all(&[5, 10, 20]).expect("cuts");
        evaluate(black_box(&rows), &models, &plan).expect("lengths").summaries().len()
    }
}

fn benchmark(criterion: &mut Criterion) {
    let small = generate(610, 20_168, 7);
    criterion.bench_function("20168 rows x 7 models", |bencher| {
        bencher.iter(|| small.evaluate());
    });
    let large = generate(100_000, 5_000_000, 1);
    let mut group = criterion.benchmark_group("large");
    group.sample_size(10);
    group.bench_function("5000000 rows x 1 model", |bencher| {
        bencher.iter(|| large.evaluate());
    });
    let full_catalogue = generate(500, 5_000_000, 1);
    group.bench_function("5000000 rows of 500 users", |bencher| {
        bencher.iter(|| full_catalogue.evaluate());
    });
    group.finish();
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
