//! The closed forms of [`Ties::Expected`] against the mean over every order of tied rows.

use metrics::{Groups, Metric, ModelScores, PerUser, Plan, TestRows, TieOrder, Ties, evaluate};
use proptest::prelude::*;

const KS: [usize; 4] = [1, 2, 4, 9];

fn measure(grades: &[f64], scores: &[f64], ties: impl Into<Ties>) -> PerUser {
    let relevant: Vec<bool> = grades.iter().map(|&grade| grade >= 4.0).collect();
    let items: Vec<i64> = (0..grades.len() as i64).collect();
    let groups = Groups::from_sorted(&vec![1; grades.len()]).expect("sorted");
    let rows = TestRows::new(&groups, &items, &relevant, grades).expect("checked");
    let plan = Plan::all(&KS).expect("cuts").with_ties(ties);
    evaluate(&rows, &[ModelScores { name: "model", scores }], &plan).expect("one score a row")
}

/// The values of all columns of the one user; none where nothing is relevant.
fn values(result: &PerUser) -> Vec<Option<f64>> {
    (0..result.columns().len()).flat_map(|column| result.values(0, column)).collect()
}

/// Every order of the numbers below `n`.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let with = |order: &Vec<usize>, at: usize| {
        let mut order = order.clone();
        order.insert(at, n - 1);
        order
    };
    orders(n - 1).iter().flat_map(|order| (0..n).map(|at| with(order, at)).collect::<Vec<_>>()).collect()
}

/// The mean of every column over all orders of all rows that keep the scores descending; all those are equally many for
/// each order of the tied rows. Rows without a score have no place.
fn by_enumeration(grades: &[f64], scores: &[f64]) -> Vec<Option<f64>> {
    let mut totals: Vec<Option<f64>> = Vec::new();
    let mut n_orders = 0.0;
    let retrieved: Vec<usize> = (0..scores.len()).filter(|&row| !scores[row].is_nan()).collect();
    for order in orders(retrieved.len()) {
        let rows: Vec<usize> = order.iter().map(|&at| retrieved[at]).collect();
        if !rows.is_sorted_by(|&a, &b| scores[a] >= scores[b]) {
            continue;
        }
        let mut places = vec![f64::NAN; scores.len()];
        for (rank, &row) in rows.iter().enumerate() {
            places[row] = -(rank as f64);
        }
        let found = values(&measure(grades, &places, TieOrder::SmallerItem));
        if totals.is_empty() {
            totals = vec![Some(0.0); found.len()];
        }
        for (total, value) in totals.iter_mut().zip(found) {
            *total = total.zip(value).map(|(total, value)| total + value);
        }
        n_orders += 1.0;
    }
    totals.into_iter().map(|total| total.map(|total| total / n_orders)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn equals_the_mean_over_every_order(
        rows in prop::collection::vec((1u8..=5, prop_oneof![6 => (0i8..3).prop_map(f64::from), 1 => Just(f64::NAN)]), 1..7),
    ) {
        let grades: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
        let scores: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let result = measure(&grades, &scores, Ties::Expected);
        let (found, expected) = (values(&result), by_enumeration(&grades, &scores));
        prop_assert_eq!(found.len(), expected.len());
        let of_column = found.iter().zip(&expected).enumerate();
        for (column, (found, expected)) in of_column {
            let column = &result.columns()[column];
            match (found, expected) {
                (Some(found), Some(expected)) => prop_assert!(
                    (found - expected).abs() < 1e-12,
                    "{} at {:?}: {found}, enumerated {expected}", column.metric.name, column.k
                ),
                // The AUC of one class. Where nothing but unretrieved rows are one class, enumeration says the same.
                (found, expected) => prop_assert_eq!(found, expected, "{}", column.metric.name),
            }
        }
    }

    #[test]
    fn without_ties_the_expectation_is_the_value(grades in prop::collection::vec(1u8..=5, 1..40)) {
        let grades: Vec<f64> = grades.into_iter().map(f64::from).collect();
        let scores: Vec<f64> = (0..grades.len()).map(|row| (row * 7919 % 101) as f64).collect();
        let expected = values(&measure(&grades, &scores, Ties::Expected));
        for (a, b) in values(&measure(&grades, &scores, TieOrder::SmallerItem)).into_iter().zip(expected) {
            prop_assert!(a.zip(b).is_none_or(|(a, b)| (a - b).abs() < 1e-12) && a.is_some() == b.is_some());
        }
    }
}

#[test]
fn every_metric_differs_where_ties_decide() {
    // One relevant row, the last of five tied ones: the smaller item first puts it last; AUC alone never broke ties.
    let grades = [1.0, 2.0, 1.0, 3.0, 5.0];
    let (broken, expected) =
        (measure(&grades, &[0.0; 5], TieOrder::SmallerItem), measure(&grades, &[0.0; 5], Ties::Expected));
    for metric in Metric::ALL.iter().filter(|metric| metric.name != "auc") {
        let k = metric.needs_k().then_some(4);
        let value = |result: &PerUser| {
            let column = result.column_index(metric.name, k).expect("measured");
            result.values(0, column).next().flatten().expect("a relevant row")
        };
        assert!(value(&expected) > value(&broken), "{}", metric.name);
    }
}
