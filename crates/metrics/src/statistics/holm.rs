//! Many comparisons at once.

/// Holm's step-down correction of the p-values of one family of comparisons, in the order given.
///
/// Rejecting where the corrected value is at most 5 % keeps the chance of one or more false findings in the whole family
/// at most 5 %, however the comparisons depend on each other. The i-th smallest of m p-values (from 0) is multiplied by
/// m - i, raised to the corrected value of the one before, and cut at 1. Reference: Holm, 1979.
///
/// # Panics
/// Where a p-value is NaN.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    assert!(p_values.iter().all(|p| !p.is_nan()), "p-values {p_values:?}");
    let mut ascending: Vec<usize> = (0..p_values.len()).collect();
    ascending.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut corrected = vec![0.0; p_values.len()];
    let mut before = 0.0f64;
    for (i, &at) in ascending.iter().enumerate() {
        before = before.max(((p_values.len() - i) as f64 * p_values[at]).min(1.0));
        corrected[at] = before;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn four_by_hand() {
        // ascending .005, .01, .03, .04: 4 × .005 = .02, 3 × .01 = .03, 2 × .03 = .06, 1 × .04 raised to .06
        assert_eq!(holm(&[0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
        assert_eq!(holm(&[0.5, 0.7]), [1.0, 1.0]);
        assert_eq!(holm(&[0.25]), [0.25]);
        assert!(holm(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn between_the_p_value_and_bonferroni_and_in_its_order(p in prop::collection::vec(0.0..=1.0f64, 1..20)) {
            let corrected = holm(&p);
            let m = p.len() as f64;
            for (i, &c) in corrected.iter().enumerate() {
                prop_assert!(p[i] <= c && c <= (m * p[i]).min(1.0));
                prop_assert!((0..p.len()).all(|j| p[j] < p[i] || corrected[j] >= c));
            }
        }
    }
}
