//! Each feature's mean and standard deviation, and rows brought to mean 0 and deviation 1.

use rayon::prelude::*;

use crate::FeatureMatrix;

/// The affine map of each feature.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scaling {
    /// Mean of the values that are there; 0 where none is.
    pub means: Vec<f64>,
    /// Standard deviation with missing values at the mean; 1 where the feature is constant.
    pub deviations: Vec<f64>,
}

impl Scaling {
    /// Measures every column, each summed in row order.
    pub fn of(features: &FeatureMatrix) -> Self {
        let (means, deviations) = (0..features.n_features())
            .into_par_iter()
            .map(|feature| {
                let column = features.column(feature);
                let present = || column.iter().copied().filter(|value| !value.is_nan());
                let n_present = present().count();
                if n_present == 0 {
                    return (0.0, 1.0);
                }
                let mean = present().map(|value| value / n_present as f64).sum::<f64>();
                let scale = present().map(|value| (value - mean).abs()).fold(0.0, f64::max);
                // A column whose values differ only by the rounding of their mean is constant; 1 / deviation stays finite.
                if scale <= (8.0 * f64::EPSILON * mean.abs()).max(1e-290) {
                    return (mean, 1.0);
                }
                let squares = present().map(|value| ((value - mean) / scale).powi(2)).sum::<f64>();
                (mean, scale * (squares / column.len() as f64).sqrt())
            })
            .unzip();
        Self { means, deviations }
    }

    /// Standardises values of one feature; a missing value becomes 0, the mean.
    pub fn of_feature(&self, feature: usize) -> impl Fn(f64) -> f64 + use<> {
        let (mean, inverse) = (self.means[feature], 1.0 / self.deviations[feature]);
        move |value| if value.is_nan() { 0.0 } else { (value - mean) * inverse }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_sit_at_the_mean() {
        let columns = vec![
            ("a".to_owned(), vec![1.0, f64::NAN, 5.0, 3.0]), // mean 3, variance (4 + 0 + 4 + 0) / 4 = 2
            ("b".to_owned(), vec![0.1; 4]),                  // constant
            ("c".to_owned(), vec![f64::NAN; 4]),
        ];
        let scaling = Scaling::of(&FeatureMatrix::from_columns(columns).unwrap());
        assert_eq!(scaling.means[0], 3.0);
        assert!((scaling.deviations[0] - 2.0f64.sqrt()).abs() < 1e-15);
        assert_eq!((scaling.deviations[1], scaling.means[2], scaling.deviations[2]), (1.0, 0.0, 1.0));
        let row: Vec<f64> = [5.0, 0.1, f64::NAN]
            .into_iter()
            .enumerate()
            .map(|(feature, x)| scaling.of_feature(feature)(x))
            .collect();
        assert!((row[0] - 2.0f64.sqrt()).abs() < 1e-15 && row[1].abs() < 1e-15 && row[2] == 0.0, "{row:?}");
    }
}
