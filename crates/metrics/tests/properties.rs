//! What holds for every ranking.

use metrics::{Groups, Metric, ModelScores, PerUser, Plan, TestRows, TieOrder, evaluate};
use proptest::prelude::*;

const KS: [usize; 3] = [1, 3, 10];
/// Metrics that a list with the relevant rows first, in the order of the grades, brings to 1 at any cut.
const ORACLE_REACHES_1: [&str; 6] = ["hit_rate", "ndcg", "ndcg_graded", "map", "mrr", "auc"];

#[derive(Debug, Clone)]
struct Row {
    user_id: i64,
    item_id: i64,
    /// In half stars.
    grade: u8,
    score: f64,
}

impl Row {
    fn stars(&self) -> f64 {
        f64::from(self.grade) / 2.0
    }
}

/// Rows of a few users, sorted by user, with many tied scores and some NaN.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let score = prop_oneof![
        4 => (-3i32..3).prop_map(f64::from),
        4 => -1e3..1e3f64,
        1 => Just(f64::NAN),
        1 => Just(-0.0),
    ];
    let row = (0i64..6, -40i64..40, 1u8..=10, score);
    prop::collection::vec(row, 0..120).prop_map(|rows| {
        let mut rows: Vec<Row> = rows
            .into_iter()
            .map(|(user_id, item_id, grade, score)| Row { user_id, item_id, grade, score })
            .collect();
        rows.sort_by_key(|row| (row.user_id, row.item_id));
        rows.dedup_by_key(|row| (row.user_id, row.item_id));
        rows
    })
}

fn measure(rows: &[Row], ties: TieOrder) -> PerUser {
    let column = |of: fn(&Row) -> i64| rows.iter().map(of).collect::<Vec<_>>();
    let grades: Vec<f64> = rows.iter().map(Row::stars).collect();
    let relevant: Vec<bool> = grades.iter().map(|&grade| grade >= 4.0).collect();
    let scores: Vec<f64> = rows.iter().map(|row| row.score).collect();
    let groups = Groups::from_sorted(&column(|row| row.user_id)).expect("sorted");
    let items = column(|row| row.item_id);
    let test_rows = TestRows::new(&groups, &items, &relevant, &grades).expect("checked");
    let plan = Plan::all(&KS).expect("cuts").with_ties(ties);
    evaluate(&test_rows, &[ModelScores { name: "model", scores: &scores }], &plan).expect("one score a row")
}

/// The table with every bit of its values.
fn bits(result: &PerUser) -> Vec<(i64, &'static str, Option<usize>, u64)> {
    result.rows().map(|row| (row.user_id, row.metric, row.k, row.value.to_bits())).collect()
}

fn with_scores(rows: &[Row], score: impl Fn(&Row) -> f64) -> Vec<Row> {
    rows.iter().map(|row| Row { score: score(row), ..row.clone() }).collect()
}

/// Puts the rows of each user in an order drawn from `seed`.
fn shuffled(rows: &[Row], seed: u64) -> Vec<Row> {
    let mut shuffled = rows.to_vec();
    let key = |row: &Row| (row.item_id as u64 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    shuffled.sort_by_key(|row| (row.user_id, key(row)));
    shuffled
}

proptest! {
    #[test]
    fn values_lie_in_0_to_1_and_users_without_a_relevant_row_are_left_out(rows in rows()) {
        let result = measure(&rows, TieOrder::SmallerItem);
        for row in result.rows() {
            prop_assert!((0.0..=1.0).contains(&row.value) && row.value.is_sign_positive(), "{row:?}");
        }
        let mut expected: Vec<i64> =
            rows.iter().filter(|row| row.stars() >= 4.0).map(|row| row.user_id).collect();
        expected.dedup();
        prop_assert_eq!(result.user_ids(), &expected);
        let mut users: Vec<i64> = rows.iter().map(|row| row.user_id).collect();
        users.dedup();
        prop_assert_eq!(result.n_left_out(), users.len() - expected.len());
    }

    #[test]
    fn the_oracle_reaches_1(rows in rows()) {
        let oracle = measure(&with_scores(&rows, Row::stars), TieOrder::SmallerItem);
        let wanted = ORACLE_REACHES_1.map(|name| Metric::from_name(name).unwrap().name);
        for row in oracle.rows().filter(|row| wanted.contains(&row.metric)) {
            prop_assert_eq!(row.value, 1.0, "{:?}", row);
        }
        // And no ranking is above it in anything.
        let found = measure(&rows, TieOrder::SmallerItem);
        for (row, best) in found.rows().zip(oracle.rows()) {
            prop_assert!(row.value <= best.value + 1e-12, "{:?} above {:?}", row, best);
        }
    }

    #[test]
    fn the_order_of_the_rows_changes_nothing(rows in rows(), seed: u64) {
        for ties in [TieOrder::SmallerItem, TieOrder::TrecEval] {
            let (sorted, shuffled) = (measure(&rows, ties), measure(&shuffled(&rows, seed), ties));
            prop_assert_eq!(bits(&sorted), bits(&shuffled));
        }
    }

    #[test]
    fn the_scale_of_the_scores_changes_nothing(rows in rows(), constant in -8i32..8) {
        // Whole scores, so that adding a constant is exact and neither makes nor breaks a tie.
        let whole = with_scores(&rows, |row| row.score.round());
        let moved = with_scores(&whole, |row| row.score + f64::from(constant));
        let doubled = with_scores(&whole, |row| 2.0 * row.score);
        let expected = measure(&whole, TieOrder::SmallerItem);
        prop_assert_eq!(bits(&expected), bits(&measure(&moved, TieOrder::SmallerItem)));
        prop_assert_eq!(bits(&expected), bits(&measure(&doubled, TieOrder::SmallerItem)));
    }

    #[test]
    fn promoting_a_relevant_row_lowers_nothing(rows in rows(), pick: prop::sample::Index) {
        let relevant: Vec<usize> = (0..rows.len()).filter(|&row| rows[row].stars() >= 4.0).collect();
        prop_assume!(!relevant.is_empty());
        let mut promoted = rows.clone();
        promoted[relevant[pick.index(relevant.len())]].score = f64::INFINITY;
        let (before, after) = (measure(&rows, TieOrder::SmallerItem), measure(&promoted, TieOrder::SmallerItem));
        // Graded: a 4 that passes a 5 lowers it, rightly.
        for (before, after) in before.rows().zip(after.rows()).filter(|(row, _)| row.metric != "ndcg_graded") {
            prop_assert!(after.value >= before.value - 1e-12, "{:?} then {:?}", before, after);
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    // 500 users of 0 to 59 rows with scores of few values; a linear congruence draws everything.
    let mut state = 1u64;
    let mut draw = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let mut rows = Vec::new();
    for user_id in 0..500 {
        for item_id in 0..draw(60) as i64 {
            rows.push(Row { user_id, item_id, grade: draw(10) as u8 + 1, score: draw(20) as f64 });
        }
    }
    let on = |n_threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| measure(&rows, TieOrder::SmallerItem))
    };
    let (one, three) = (on(1), on(3));
    assert!(bits(&one).len() > 10_000);
    assert_eq!(bits(&one), bits(&three));
    assert_eq!(one.summaries(), three.summaries());
}
