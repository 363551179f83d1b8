//! The softmax of a list's scores.

/// Puts exp(score) / sum of exp(scores) over what `out` held; returns ln of the sum. `scores` are finite and at least one.
pub(super) fn softmax(scores: &[f64], out: &mut Vec<f64>) -> f64 {
    // Taken off first, so that the largest exp is 1.
    let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    out.clear();
    out.extend(scores.iter().map(|score| (score - best).exp()));
    let total: f64 = out.iter().sum();
    for share in out {
        *share /= total;
    }
    best + total.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_by_hand() {
        let mut shares = Vec::new();
        // exp: 1, 2, 1; sum 4.
        let log_sum = softmax(&[0.0, 2f64.ln(), 0.0], &mut shares);
        assert!((log_sum - 4f64.ln()).abs() < 1e-15);
        assert!(shares.iter().zip([0.25, 0.5, 0.25]).all(|(a, b)| (a - b).abs() < 1e-15), "{shares:?}");
        // No overflow.
        assert_eq!(softmax(&[1e4, 1e4 - 1e3], &mut shares), 1e4);
        assert_eq!(shares, [1.0, 0.0]);
    }
}
