//! Logarithmic loss of predicted probabilities.

/// How far a probability is kept from 0 and 1, so that one confident mistake does not make the loss infinite:
/// 2.2e-16, as scikit-learn does for f64, hence at most 36.04 for one row.
pub const CLIP: f64 = f64::EPSILON;

/// -mean(ln p where relevant, ln(1 - p) elsewhere), with each probability clipped to [[`CLIP`], 1 - [`CLIP`]].
///
/// Range: [0, 36.05), 0 is best, ln 2 = .693 for a constant 1/2. `None` for no rows; NaN where a probability is NaN.
///
/// # Panics
/// Where the slices have different lengths.
pub fn log_loss(probabilities: &[f64], relevant: &[bool]) -> Option<f64> {
    assert_eq!(probabilities.len(), relevant.len(), "probabilities and labels");
    let losses = probabilities.iter().zip(relevant).map(|(&p, &relevant)| log_loss_of(p, relevant));
    (!relevant.is_empty()).then(|| losses.sum::<f64>() / relevant.len() as f64)
}

/// The loss of one row.
pub(crate) fn log_loss_of(probability: f64, relevant: bool) -> f64 {
    let p = probability.clamp(CLIP, 1.0 - CLIP);
    if relevant { -p.ln() } else { -(1.0 - p).ln() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_rows() {
        // (ln 2 + ln 4 + ln 4) / 3 = 5 ln 2 / 3
        let value = log_loss(&[0.5, 0.25, 0.75], &[true, true, false]).unwrap();
        assert!((value - 5.0 * 2.0f64.ln() / 3.0).abs() < 1e-15, "{value}");
        assert_eq!(log_loss(&[], &[]), None);
        assert!(log_loss(&[f64::NAN], &[true]).unwrap().is_nan());
    }

    #[test]
    fn certainty_is_clipped() {
        assert_eq!(log_loss(&[0.0], &[true]), Some(-CLIP.ln())); // 36.04
        assert_eq!(log_loss(&[1.0], &[false]), Some(-CLIP.ln()));
        assert_eq!(log_loss(&[1.0], &[true]), Some(-(1.0 - CLIP).ln()));
    }
}
