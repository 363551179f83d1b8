//! The ranking objectives: their gradients are those of their losses, and boosting by them puts rows in order.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]

use rand::RngExt as _;
use rankers::gbdt::{GbdtModel, GbdtParams, fit};
use rankers::objective::{
    CheckedRankingParams, CombinedRank, Grades, LambdaRank, Objective, ObjectiveKind, QueryGroups, RankXent,
    RankingParams, XeNdcg,
};
use rankers::{FeatureMatrix, FitError, LabelledRows};

const RANKING: [ObjectiveKind; 4] =
    [ObjectiveKind::LambdaRank, ObjectiveKind::CombinedRank, ObjectiveKind::XeNdcg, ObjectiveKind::RankXent];

fn checked(params: RankingParams) -> CheckedRankingParams {
    params.check().unwrap()
}

/// The derivatives of all rows as one block.
fn derivatives(objective: &dyn Objective, scores: &[f64], labels: &[f32]) -> (f64, Vec<[f32; 2]>) {
    let mut out = vec![[0.0; 2]; scores.len()];
    let loss = objective.gradients(0, 0, scores, labels, &mut out);
    (loss, out)
}

fn near(found: f32, expected: f64) -> bool {
    (f64::from(found) - expected).abs() < 1e-6 * (1.0 + expected.abs())
}

/// First and second central differences of `loss` by each score.
fn differences(loss: impl Fn(&[f64]) -> f64, scores: &[f64]) -> Vec<[f64; 2]> {
    let at = |row: usize, step: f64| {
        let mut moved = scores.to_vec();
        moved[row] += step;
        loss(&moved)
    };
    let step = 1e-4;
    (0..scores.len())
        .map(|row| {
            let (up, down) = (at(row, step), at(row, -step));
            [(up - down) / (2.0 * step), (up - 2.0 * loss(scores) + down) / (step * step)]
        })
        .collect()
}

#[test]
fn lambdas_by_hand() {
    // Stars 3, 5, 4; equal scores stand in row order. Binary gains 0, 1, 1 at discounts 1, .631, .5 with K = 2 (the third has none);
    // ideal DCG 1 + .631. Pairs of unequal gain: (row 1, row 0) with |1 - .631|, (row 2, row 0) with |0 - 1|. Each is wrong with
    // probability 1/2: lambda = weight / 2, curvature = weight / 4.
    let params = checked(RankingParams { truncation: 2, normalise: false, ..RankingParams::default() });
    let labels = [3.0, 5.0, 4.0];
    let objective = LambdaRank::new(&params, QueryGroups::new(&[3], 3).unwrap(), &labels).unwrap();
    let (loss, out) = derivatives(&objective, &[0.0; 3], &labels);
    let second = 1.0 / 3f64.log2();
    let (w1, w2) = ((1.0 - second) / (1.0 + second), 1.0 / (1.0 + second));
    for (out, expected) in out.iter().zip([[w1 + w2, w1 + w2], [-w1, w1], [-w2, w2]]) {
        assert!(near(out[0], expected[0] / 2.0) && near(out[1], expected[1] / 4.0), "{out:?} {expected:?}");
    }
    // DCG@2 is .631.
    assert!((loss - (1.0 - second / (1.0 + second))).abs() < 1e-12, "{loss}");
    assert_eq!(objective.n_terms(3), 1.0);
}

#[test]
fn lambdas_are_the_gradient_of_the_weighted_pairs() {
    let labels = [2.0, 5.0, 4.0, 3.5, 4.5];
    let scores = [0.3, -0.8, 0.1, 0.9, -0.2];
    // Ranks: row 3, 0, 2, 4, 1.
    let ranks = [1, 4, 2, 0, 3];
    for grades in [Grades::Binary, Grades::Label] {
        let params = checked(RankingParams {
            grades,
            truncation: 3,
            sigmoid: 1.5,
            normalise: false,
            ..RankingParams::default()
        });
        let gain = |row: usize| match grades {
            Grades::Binary => f64::from(u8::from(labels[row] >= 4.0)),
            Grades::Label => f64::from(labels[row]).exp2() - 1.0,
        };
        let discount = |rank: usize| if rank < 3 { 1.0 / (rank as f64 + 2.0).log2() } else { 0.0 };
        let mut gains: Vec<f64> = (0..5).map(gain).collect();
        gains.sort_by(|a, b| b.total_cmp(a));
        let ideal: f64 = gains.iter().enumerate().map(|(rank, gain)| gain * discount(rank)).sum();
        let surrogate = |scores: &[f64]| {
            let mut loss = 0.0;
            for high in 0..5 {
                for low in (0..5).filter(|&low| gain(low) < gain(high)) {
                    let weight = (gain(high) - gain(low))
                        * (discount(ranks[high]) - discount(ranks[low])).abs()
                        / ideal;
                    loss += weight * (-1.5 * (scores[high] - scores[low])).exp().ln_1p();
                }
            }
            loss
        };
        let objective = LambdaRank::new(&params, QueryGroups::new(&[5], 5).unwrap(), &labels).unwrap();
        let (_, out) = derivatives(&objective, &scores, &labels);
        for (out, expected) in out.iter().zip(differences(surrogate, &scores)) {
            assert!(
                near(out[0], expected[0]) && (f64::from(out[1]) - expected[1]).abs() < 1e-5,
                "{grades:?} {out:?} {expected:?}"
            );
        }
    }
}

#[test]
fn the_combination_adds_the_log_loss_of_each_row() {
    // One list of stars 3, 5, 2 at scores .5, -.3, 1.2, and one without an order: y = 0, 1, 0, 1 with weight 1/4.
    let params = checked(RankingParams { pointwise_weight: 0.25, ..RankingParams::default() });
    let (labels, scores) = ([3.0, 5.0, 2.0, 4.0], [0.5, -0.3, 1.2, 0.7]);
    let groups = || QueryGroups::new(&[3, 4], 4).unwrap();
    let (_, lambdas) = derivatives(&LambdaRank::new(&params, groups(), &labels).unwrap(), &scores, &labels);
    let combined = CombinedRank::new(&params, groups(), &labels).unwrap();
    let (loss, out) = derivatives(&combined, &scores, &labels);
    let log_loss = |scores: &[f64]| {
        let of = |(&score, &label): (&f64, &f32)| {
            if label >= 4.0 { (-score).exp().ln_1p() } else { score.exp().ln_1p() }
        };
        0.25 * scores.iter().zip(&labels).map(of).sum::<f64>()
    };
    for ((out, lambda), expected) in out.iter().zip(lambdas).zip(differences(log_loss, &scores)) {
        assert!(near(out[0] - lambda[0], expected[0]), "{out:?} {lambda:?} {expected:?}");
        assert!(
            (f64::from(out[1] - lambda[1]) - expected[1]).abs() < 1e-5,
            "{out:?} {lambda:?} {expected:?}"
        );
    }
    assert_eq!(loss, combined.loss(0, &scores, &labels));
    assert_eq!(combined.init_score(&labels), 0.0); // two of four are relevant
}

#[test]
fn normalised_lambdas_by_hand() {
    // One pair in the wrong order, scores 1 apart: ideal 1, weight (1 - .631) / (.01 + 1), wrong with p = sigmoid(1).
    // Lambda = weight p; L = 2 lambda; factor log2(1 + L) / L.
    let params = CheckedRankingParams::default();
    let labels = [1.0, 5.0];
    let objective = LambdaRank::new(&params, QueryGroups::new(&[2], 2).unwrap(), &labels).unwrap();
    let (_, out) = derivatives(&objective, &[1.0, 0.0], &labels);
    let p = 1.0 / (1.0 + (-1f64).exp());
    let lambda = (1.0 - 1.0 / 3f64.log2()) / 1.01 * p;
    let factor = (1.0 + 2.0 * lambda).log2() / (2.0 * lambda);
    assert!(near(out[0][0], lambda * factor) && near(out[1][0], -lambda * factor), "{out:?}");
    assert!(near(out[0][1], lambda * factor * (1.0 - p)), "{out:?}");
}

#[test]
fn xe_ndcg_is_the_gradient_of_its_cross_entropy() {
    let params = CheckedRankingParams::default();
    let (labels, scores) = ([5.0, 3.0, 2.0, 4.0], [0.5, -0.3, 1.2, 0.0]);
    let objective = XeNdcg::new(&params, QueryGroups::new(&[4], 4).unwrap(), &labels, [7; 32]).unwrap();
    let (_, out) = derivatives(&objective, &scores, &labels);
    // The gammas are not to be seen, but what they make is: gradient = rho - phi. Phi must be a distribution, and within what gammas in
    // [0, 1) allow: (2 - gamma) : (1 - gamma) for relevant and other rows.
    let total: f64 = scores.iter().map(|s| s.exp()).sum();
    let phi: Vec<f64> = scores.iter().zip(&out).map(|(s, out)| s.exp() / total - f64::from(out[0])).collect();
    assert!((phi.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{phi:?}");
    assert!(phi.iter().all(|&phi| phi > 0.0) && phi[0].min(phi[3]) > phi[1].max(phi[2]), "{phi:?}");
    let loss = |scores: &[f64]| {
        let log_sum = scores.iter().map(|s| s.exp()).sum::<f64>().ln();
        phi.iter().zip(scores).map(|(phi, score)| phi * (log_sum - score)).sum::<f64>()
    };
    for (out, expected) in out.iter().zip(differences(loss, &scores)) {
        assert!(
            near(out[0], expected[0]) && (f64::from(out[1]) - expected[1]).abs() < 1e-5,
            "{out:?} {expected:?}"
        );
    }
    // Another tree draws other gammas, the same tree the same, and the loss does not depend on them.
    let mut again = [[0.0; 2]; 4];
    let losses = [0, 1, 0].map(|tree| objective.gradients(tree, 0, &scores, &labels, &mut again));
    assert_eq!(again.to_vec(), out);
    objective.gradients(1, 0, &scores, &labels, &mut again);
    assert!(again.to_vec() != out && losses[0] == losses[1]);
}

#[test]
fn xe_ndcg_loss_by_hand() {
    // Two rows, one relevant, equal scores: rho = 1/2 each, so that the loss is ln 2 whatever phi is.
    let params = CheckedRankingParams::default();
    let labels = [5.0, 3.0];
    let objective = XeNdcg::new(&params, QueryGroups::new(&[2], 2).unwrap(), &labels, [0; 32]).unwrap();
    assert!((objective.loss(0, &[0.0; 2], &labels) - 2f64.ln()).abs() < 1e-15);
    // Gammas at 1/2: phi = (3/2, 1/2) / 2. Score ln 3 for the relevant row: rho = 3/4, 1/4.
    let loss = objective.loss(0, &[3f64.ln(), 0.0], &labels);
    assert!((loss - (-0.75 * 0.75f64.ln() - 0.25 * 0.25f64.ln())).abs() < 1e-12, "{loss}");
}

#[test]
fn rank_xent_is_the_gradient_of_its_loss() {
    let (labels, scores) = ([5.0, 3.0, 0.5, 4.0, 4.5, 1.0], [0.5, -0.3, 1.2, 0.0, -4.0, 3.0]);
    for (tau, listwise_weight) in [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (0.5, 1.0), (2.0, 0.4)] {
        let params = checked(RankingParams { tau, listwise_weight, ..RankingParams::default() });
        let objective = RankXent::new(&params, QueryGroups::new(&[2, 6], 6).unwrap(), &labels).unwrap();
        let (loss, out) = derivatives(&objective, &scores, &labels);
        assert!((loss - objective.loss(0, &scores, &labels)).abs() < 1e-12);
        for (out, expected) in
            out.iter().zip(differences(|scores| objective.loss(0, scores, &labels), &scores))
        {
            assert!(
                near(out[0], expected[0]) && (f64::from(out[1]) - expected[1]).abs() < 1e-5,
                "{tau} {listwise_weight}: {out:?} {expected:?}"
            );
        }
        let init = objective.init_score(&labels);
        let constant = |score: f64| objective.loss(0, &[score; 6], &labels);
        assert!(listwise_weight == 1.0 || constant(init) < constant(init + 0.01).min(constant(init - 0.01)));
    }
}

#[test]
fn rank_xent_by_hand() {
    // tau = 0: y = 1, 0. Scores 0: p = rho = 1/2, Y = 1. Gradients: (1 - a)(1/2 - 1) + a (1/2 - 1) = -1/2, and 1/2; second derivatives
    // 1/4 each; loss (1 - a) 2 ln 2 + a ln 2 = 1.75 ln 2 for a = 1/4.
    let params = checked(RankingParams { tau: 0.0, listwise_weight: 0.25, ..RankingParams::default() });
    let labels = [4.0, 3.5];
    let objective = RankXent::new(&params, QueryGroups::new(&[2], 2).unwrap(), &labels).unwrap();
    let (loss, out) = derivatives(&objective, &[0.0; 2], &labels);
    assert_eq!(out, [[-0.5, 0.25], [0.5, 0.25]]);
    assert!((loss - 1.75 * 2f64.ln()).abs() < 1e-15, "{loss}");
    // Soft: y = sigmoid(+-.25 / tau), symmetric about the threshold between 3.5 and 4, so that the start is at 0.
    let params = CheckedRankingParams::default();
    let objective = RankXent::new(&params, QueryGroups::new(&[2], 2).unwrap(), &labels).unwrap();
    assert!(objective.init_score(&labels).abs() < 1e-15);
}

#[test]
fn lists_without_an_order_teach_nothing_or_as_little() {
    // A single relevant row, none relevant, all relevant, and a list that does have an order.
    let ends = [1, 3, 5, 7];
    let labels = [5.0, 1.0, 2.0, 4.0, 5.0, 5.0, 1.0];
    let scores = [0.0, 1.0, 2.0, 0.5, 0.5, 3.0, 3.0];
    let params = CheckedRankingParams::default();
    let mut rng = dataset::rng::stream(1, "rankers/ranking");
    let features = FeatureMatrix::from_columns(vec![("x".to_owned(), vec![0.0; 7])]).unwrap();
    let rows = LabelledRows { features: &features, labels: &labels, group_ends: &ends };
    for kind in RANKING {
        let objective = kind.of_rows(&params, rows, &mut rng).unwrap();
        let (loss, out) = derivatives(objective.as_ref(), &scores, &labels);
        assert!(loss.is_finite() && out.iter().all(|[g, h]| g.is_finite() && *h > 0.0), "{kind:?} {out:?}");
        if matches!(kind, ObjectiveKind::RankXent | ObjectiveKind::CombinedRank) {
            continue; // its pointwise part learns from every row
        }
        let none = if kind == ObjectiveKind::LambdaRank { 0..5 } else { 1..3 };
        assert!(out[none].iter().all(|[g, _]| *g == 0.0), "{kind:?} {out:?}");
        assert!(out[0][0].abs() < 1e-6 && out[5][0] < 0.0 && out[6][0] > 0.0, "{kind:?} {out:?}");
        assert_eq!(objective.n_terms(7), 3.0, "{kind:?}");
    }
}

/// Lists of 1 to 30 rows: stars by `x0` less a shift of the list, so that only the order within a list can be told from it.
struct Lists {
    features: FeatureMatrix,
    labels: Vec<f32>,
    group_ends: Vec<usize>,
}

impl Lists {
    fn planted(n_groups: usize, stream: &str) -> Self {
        let mut rng = dataset::rng::stream(5, stream);
        let (mut columns, mut labels, mut group_ends) = ([vec![], vec![], vec![]], vec![], vec![]);
        for _ in 0..n_groups {
            let shift = rng.random::<f64>() * 4.0 - 2.0;
            for _ in 0..=(rng.random::<f64>() * 29.0) as usize {
                let row = [0; 3].map(|_| rng.random::<f64>() * 2.0 - 1.0);
                let stars = (3.5 + shift + 1.5 * row[0] + row[2] * 0.3).clamp(0.5, 5.0);
                labels.push((stars * 2.0).round() as f32 / 2.0);
                for (column, value) in columns.iter_mut().zip([row[0], row[1], shift * 0.1 + row[1]]) {
                    column.push(value);
                }
            }
            group_ends.push(labels.len());
        }
        let names = ["x0", "noise", "shifted"].map(str::to_owned);
        Self {
            features: FeatureMatrix::from_columns(names.into_iter().zip(columns).collect()).unwrap(),
            labels,
            group_ends,
        }
    }

    fn rows(&self) -> LabelledRows<'_> {
        LabelledRows { features: &self.features, labels: &self.labels, group_ends: &self.group_ends }
    }
}

fn boost(objective: ObjectiveKind, train: &Lists, held_out: Option<&Lists>, n_trees: usize) -> GbdtModel {
    let early_stopping_rounds = if held_out.is_some() { 10 } else { 0 };
    let params = GbdtParams {
        objective,
        n_trees,
        max_leaves: 4,
        subsample: 0.8,
        early_stopping_rounds,
        ..GbdtParams::default()
    };
    let mut rng = dataset::rng::stream(2, "rankers/ranking");
    fit(&params.check().unwrap(), train.rows(), held_out.map(Lists::rows), &mut rng).unwrap()
}

/// 1 - NDCG@10, by the objective that has it as its loss.
fn one_minus_ndcg(lists: &Lists, scores: &[f64]) -> f64 {
    let params = CheckedRankingParams::default();
    let groups = QueryGroups::new(&lists.group_ends, lists.labels.len()).unwrap();
    let objective = LambdaRank::new(&params, groups, &lists.labels).unwrap();
    objective.loss(0, scores, &lists.labels) / objective.n_terms(lists.labels.len())
}

#[test]
fn a_planted_order_is_found() {
    let (train, test) = (Lists::planted(300, "train"), Lists::planted(200, "test"));
    let unordered = one_minus_ndcg(&test, &vec![0.0; test.labels.len()]);
    for kind in RANKING {
        let model = boost(kind, &train, None, 60);
        let after = one_minus_ndcg(&test, &model.predict_raw(&test.features).unwrap());
        assert!(after < 0.2 * unordered, "{kind:?}: {after} of {unordered}");
        assert!(model.importances()[0].gain > 0.5, "{kind:?}: {:?}", model.importances());
        let curve = &model.learning_curve().train;
        assert!(curve[59] < curve[0], "{kind:?}: {curve:?}");
        assert_eq!(model.objective(), kind);
        // A score, not a probability.
        assert_eq!(model.predict(&test.features), model.predict_raw(&test.features));
    }
}

#[test]
fn held_out_lists_stop_the_fit() {
    let (train, held_out) = (Lists::planted(60, "train"), Lists::planted(50, "test"));
    for kind in RANKING {
        let model = boost(kind, &train, Some(&held_out), 400);
        let curve = &model.learning_curve().held_out;
        let best = model.learning_curve().best_n_trees().unwrap();
        assert_eq!(model.trees().len(), best, "{kind:?}");
        assert!(curve.len() == best + 10 || curve.len() == 400, "{kind:?}: {}", curve.len());
        if kind == ObjectiveKind::LambdaRank {
            let scores = model.predict_raw(&held_out.features).unwrap();
            assert!((one_minus_ndcg(&held_out, &scores) - curve[best - 1]).abs() < 1e-12);
        }
        let alone = boost(kind, &train, None, best);
        assert_eq!(alone.trees(), model.trees(), "{kind:?}");
    }
}

#[test]
fn bytes_do_not_depend_on_threads() {
    let lists = Lists::planted(1000, "train");
    for kind in RANKING {
        let on = |n_threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            serde_json::to_string(&pool.install(|| boost(kind, &lists, None, 10))).unwrap()
        };
        assert!(on(1) == on(2), "{kind:?}");
    }
}

#[test]
fn groups_that_cannot_be_used_are_told() {
    let lists = Lists::planted(4, "train");
    let n_rows = lists.labels.len();
    for objective in RANKING {
        let params = GbdtParams { objective, ..GbdtParams::default() }.check().unwrap();
        let error = |group_ends: &[usize], labels: &[f32]| {
            let rows = LabelledRows { group_ends, labels, ..lists.rows() };
            fit(&params, rows, None, &mut dataset::rng::stream(1, "rankers/ranking")).unwrap_err()
        };
        assert_eq!(error(&[], &lists.labels), FitError::NoGroups);
        assert_eq!(
            error(&[3, n_rows - 1], &lists.labels),
            FitError::RowsWithoutGroup { end: n_rows - 1, n_rows }
        );
        assert_eq!(
            error(&[3, 3, n_rows], &lists.labels),
            FitError::GroupEnd { group: 1, end: 3, start: 3, n_rows }
        );
        let mut labels = lists.labels.clone();
        labels[1] = f32::NAN;
        let message = error(&lists.group_ends, &labels).to_string();
        assert_eq!(message, "label NaN in row 1 (0-based): expected a number between -1e30 and 100");
        if objective != ObjectiveKind::RankXent {
            let message = error(&lists.group_ends, &vec![1.0; n_rows]).to_string();
            assert_eq!(message, "none of the 4 query groups has a relevant row: there is no order to learn");
        }
    }
}
