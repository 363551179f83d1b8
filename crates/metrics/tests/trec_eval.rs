//! Equality with `trec_eval`, whose numbers `golden/make.py` wrote.

use metrics::{Groups, ModelScores, PerUser, Plan, TestRows, TieOrder, evaluate};

const TOLERANCE: f64 = 1e-9;
/// The users of the golden file who have nothing relevant.
const NOT_RELEVANT: [i64; 3] = [8, 21, 55];

fn lines(csv: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    csv.lines().skip(1).map(|line| line.split(',').collect())
}

/// Evaluates one score column of the golden rows.
fn evaluate_column(column: &str, ties: TieOrder) -> PerUser {
    let csv = include_str!("golden/rows.csv");
    let names: Vec<&str> = csv.lines().next().expect("a header").split(',').collect();
    let at = names.iter().position(|&name| name == column).expect("a column");
    let (mut users, mut items, mut grades, mut scores) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for line in lines(csv) {
        users.push(line[0].parse::<i64>().expect("a number"));
        items.push(line[1].parse::<i64>().expect("a number"));
        grades.push(line[2].parse::<f64>().expect("a number"));
        scores.push(line[at].parse::<f64>().expect("a number"));
    }
    let relevant: Vec<bool> = grades.iter().map(|&grade| grade >= 4.0).collect();
    let groups = Groups::from_sorted(&users).expect("sorted");
    let rows = TestRows::new(&groups, &items, &relevant, &grades).expect("checked");
    let plan = Plan::all(&[1, 3, 10, 50]).expect("cuts").with_ties(ties);
    evaluate(&rows, &[ModelScores { name: column, scores: &scores }], &plan).expect("one score a row")
}

/// Compares every value that `trec_eval` has with ours; returns how many differ by more than the tolerance.
fn n_different(column: &str, ties: TieOrder, expected: &str) -> usize {
    let result = evaluate_column(column, ties);
    let ours: Vec<_> = result.rows().collect();
    let (mut n_compared, mut n_different) = (0, 0);
    for line in lines(include_str!("golden/expected.csv")).filter(|line| line[0] == expected) {
        let user_id: i64 = line[1].parse().expect("a user");
        let k: Option<usize> = line[3].parse().ok();
        let value: f64 = line[4].parse().expect("a value");
        let found = ours.iter().find(|row| row.user_id == user_id && row.metric == line[2] && row.k == k);
        if NOT_RELEVANT.contains(&user_id) {
            assert!(found.is_none(), "user {user_id} has nothing relevant and is left out");
            // A low grade has a gain all the same.
            assert!(value == 0.0 || line[2] == "ndcg_graded", "trec_eval counts user {user_id} as 0");
            continue;
        }
        let found = found.unwrap_or_else(|| panic!("no {} at {k:?} of user {user_id}", line[2]));
        n_compared += 1;
        if (found.value - value).abs() > TOLERANCE {
            n_different += 1;
        }
    }
    assert_eq!(n_compared, 10 * (6 * 4 + 2)); // users x (metrics with a cut x cuts + metrics without)
    assert_eq!(result.n_left_out(), NOT_RELEVANT.len());
    n_different
}

#[test]
fn without_ties_both_orders_equal_trec_eval() {
    assert_eq!(n_different("distinct", TieOrder::SmallerItem, "distinct"), 0);
    assert_eq!(n_different("distinct", TieOrder::TrecEval, "distinct"), 0);
}

#[test]
fn with_ties_trec_evals_order_equals_trec_eval() {
    assert_eq!(n_different("tied", TieOrder::TrecEval, "tied"), 0);
    assert_eq!(n_different("close", TieOrder::TrecEval, "close"), 0);
}

#[test]
fn with_ties_our_order_is_the_smaller_item_first() {
    assert_eq!(n_different("tied", TieOrder::SmallerItem, "tied_by_item"), 0);
    // The two rules are really two: a golden file in which no tie decided would test nothing.
    assert!(n_different("tied", TieOrder::SmallerItem, "tied") > 50);
    assert!(n_different("close", TieOrder::SmallerItem, "close") > 50);
}
