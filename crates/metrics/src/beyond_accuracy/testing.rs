//! Small lists for the tests.

use super::TopLists;

/// Lists of at most 10 items.
pub(super) fn lists(of: &[&[u32]]) -> TopLists {
    let mut lists = TopLists::new(10);
    for list in of {
        lists.push(list);
    }
    lists
}

/// Checks values to rounding.
pub(super) fn assert_close(found: &[Option<f64>], expected: &[Option<f64>]) {
    let close = |(a, b): (&Option<f64>, &Option<f64>)| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-14,
        (a, b) => a == b,
    };
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(close),
        "{found:?}, {expected:?}"
    );
}
