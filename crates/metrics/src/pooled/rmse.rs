//! Root mean squared error.

/// sqrt(mean((prediction - target)²)), in the unit of the targets.
///
/// Range: [0, ∞), 0 is best. `None` for no rows; NaN where a prediction is NaN.
///
/// # Panics
/// Where the slices have different lengths.
pub fn rmse(predictions: &[f64], targets: &[f64]) -> Option<f64> {
    assert_eq!(predictions.len(), targets.len(), "predictions and targets");
    let squares =
        predictions.iter().zip(targets).map(|(&prediction, &target)| squared_error(prediction, target));
    (!targets.is_empty()).then(|| (squares.sum::<f64>() / targets.len() as f64).sqrt())
}

/// The squared error of one row.
pub(crate) fn squared_error(prediction: f64, target: f64) -> f64 {
    (prediction - target).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_rows() {
        // sqrt((1² + 2² + 2²) / 3) = sqrt(3)
        assert_eq!(rmse(&[4.0, 1.0, 5.0], &[3.0, 3.0, 3.0]), Some(3.0f64.sqrt()));
        assert_eq!(rmse(&[], &[]), None);
        assert!(rmse(&[f64::NAN], &[1.0]).unwrap().is_nan());
    }
}
