//! Mean absolute error.

/// mean(|prediction - target|), in the unit of the targets.
///
/// Range: [0, ∞), 0 is best. `None` for no rows; NaN where a prediction is NaN.
///
/// # Panics
/// Where the slices have different lengths.
pub fn mae(predictions: &[f64], targets: &[f64]) -> Option<f64> {
    assert_eq!(predictions.len(), targets.len(), "predictions and targets");
    let errors =
        predictions.iter().zip(targets).map(|(&prediction, &target)| absolute_error(prediction, target));
    (!targets.is_empty()).then(|| errors.sum::<f64>() / targets.len() as f64)
}

/// The absolute error of one row.
pub(crate) fn absolute_error(prediction: f64, target: f64) -> f64 {
    (prediction - target).abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_rows() {
        assert_eq!(mae(&[4.0, 1.0, 3.0], &[3.0, 3.0, 3.0]), Some(1.0)); // (1 + 2 + 0) / 3
        assert_eq!(mae(&[], &[]), None);
        assert!(mae(&[f64::NAN], &[1.0]).unwrap().is_nan());
    }
}
