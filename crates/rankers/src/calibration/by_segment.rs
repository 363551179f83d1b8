//! The calibrators of all meta-models: one a segment of users, and the global one where a segment is thin.

use serde::{Deserialize, Serialize};

use super::{CalibrationMethod, Calibrator};
use crate::segments::{CheckedThinParams, Segmented, Segments};
use crate::{FeatureMatrix, FitError, ModelError};

/// The calibrators of some models, by name, over the same segments of users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentCalibration {
    /// The feature that says to which segment a row's user belongs; none where there is one segment.
    key: Option<String>,
    segments: Segments,
    calibrators: Vec<(String, Segmented<Calibrator>)>,
}

impl SegmentCalibration {
    /// The stable name of what its file holds.
    pub const SCHEMA: &'static str = "meta.calibration";
    /// The version of [`SegmentCalibration::SCHEMA`]; raised whenever the stored fields change.
    pub const SCHEMA_VERSION: u32 = 1;

    /// No model yet. `key` is the feature that `segments` are ranges of.
    pub fn new(key: Option<String>, segments: Segments) -> Self {
        Self { key, segments, calibrators: Vec::new() }
    }

    /// Fits the calibrators of `model` on raw scores of rows that it was not fitted on; `features` are those rows'.
    ///
    /// # Errors
    /// Where a score is out of range, or not both labels are there.
    pub fn fit(
        &mut self,
        model: &str,
        method: CalibrationMethod,
        thin: &CheckedThinParams,
        features: &FeatureMatrix,
        scores: &[f64],
        labels: &[f32],
    ) -> Result<(), FitError> {
        let segment_of = self.segments_of(features).map_err(FitError::HeldOut)?;
        let fitted = Segmented::fit(thin, self.segments.n_segments(), &segment_of, labels, |rows| {
            let scores: Vec<f64> = rows.iter().map(|&row| scores[row]).collect();
            let labels: Vec<f32> = rows.iter().map(|&row| labels[row]).collect();
            method.fit(&scores, &labels)
        })?;
        self.calibrators.push((model.to_owned(), fitted));
        Ok(())
    }

    /// The probabilities of `model`'s raw scores; `None` where it has no calibrator.
    ///
    /// # Errors
    /// Where the matrix lacks the feature that tells the segments.
    pub fn apply(
        &self,
        model: &str,
        features: &FeatureMatrix,
        scores: &[f64],
    ) -> Result<Option<Vec<f64>>, ModelError> {
        let Some((_, calibrators)) = self.calibrators.iter().find(|(name, _)| name == model) else {
            return Ok(None);
        };
        let segments = self.segments_of(features)?;
        let rows = scores.iter().zip(segments);
        Ok(Some(rows.map(|(&score, segment)| calibrators.of(segment).apply(score)).collect()))
    }

    /// How many segments there are.
    pub fn n_segments(&self) -> usize {
        self.segments.n_segments()
    }

    /// In how many segments each model fell back to the global calibrator, the segment being thin.
    pub fn n_thin(&self) -> usize {
        let of_model = self.calibrators.first().map(|(_, calibrators)| calibrators.own());
        of_model.map_or(0, |own| own.iter().filter(|own| own.is_none()).count())
    }

    fn segments_of(&self, features: &FeatureMatrix) -> Result<Vec<usize>, ModelError> {
        let Some(key) = &self.key else { return Ok(vec![0; features.n_rows()]) };
        let column = features.names().iter().position(|name| name == key).ok_or_else(|| {
            ModelError::Inconsistent { what: format!("segments by {key:?}, which is no feature here") }
        })?;
        Ok(features.column(column).iter().map(|&value| self.segments.of(value)).collect())
    }

    /// Whether all parts fit together: what must be asked of one that came from a file.
    ///
    /// # Errors
    /// [`ModelError::Inconsistent`] that says what is wrong.
    pub fn validate(&self) -> Result<(), ModelError> {
        self.segments.validate()?;
        self.calibrators
            .iter()
            .try_for_each(|(_, calibrators)| calibrators.validate(&self.segments, Calibrator::validate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::ThinParams;

    /// 4,000 rows of two kinds of users; the scores of the active ones are too high by 2.
    fn rows() -> (FeatureMatrix, Vec<f64>, Vec<f32>) {
        let n = 4000;
        let activity: Vec<f64> = (0..n).map(|row| if row % 2 == 0 { 10.0 } else { 100.0 }).collect();
        let scores: Vec<f64> = (0..n).map(|row| f64::from(row * 7919 % 400) / 100.0 - 2.0).collect();
        let labels = (0..n as usize)
            .map(|row| {
                let shift = if row % 2 == 0 { 0.0 } else { -2.0 };
                let draw = (row as f64 * 0.618_033_988_749_895).fract();
                f32::from(draw < crate::objective::sigmoid(scores[row] + shift))
            })
            .collect();
        let features = FeatureMatrix::from_columns(vec![("user_n_ratings".to_owned(), activity)]).unwrap();
        (features, scores, labels)
    }

    fn fitted(min_rows: usize) -> SegmentCalibration {
        let (features, scores, labels) = rows();
        let segments = Segments::of_equal_users(&[10.0, 100.0], 2).unwrap();
        let mut calibration = SegmentCalibration::new(Some("user_n_ratings".to_owned()), segments);
        let thin = ThinParams { min_rows, min_positives: 10 }.check().unwrap();
        calibration.fit("m", CalibrationMethod::Platt, &thin, &features, &scores, &labels).unwrap();
        calibration
    }

    #[test]
    fn each_segment_gets_its_own_curve_and_a_thin_one_the_global() {
        let (features, ..) = rows();
        let at_zero = |calibration: &SegmentCalibration| {
            let p = calibration.apply("m", &features, &vec![0.0; 4000]).unwrap().unwrap();
            (p[0], p[1])
        };
        let (calm, active) = at_zero(&fitted(100));
        assert!((calm - 0.5).abs() < 0.03 && (active - 0.119).abs() < 0.03, "{calm} {active}");
        let thin = fitted(1_000_000);
        let (calm, active) = at_zero(&thin);
        assert!(calm == active && thin.n_thin() == 2 && thin.n_segments() == 2);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let calibration = fitted(100);
        calibration.validate().unwrap();
        let other = FeatureMatrix::from_columns(vec![("x".to_owned(), vec![1.0])]).unwrap();
        assert_eq!(calibration.apply("unknown", &other, &[1.0]), Ok(None));
        assert!(calibration.apply("m", &other, &[1.0]).is_err());
        let broken = SegmentCalibration {
            segments: Segments::of_equal_users(&[1.0, 2.0, 3.0], 3).unwrap(),
            ..calibration
        };
        assert!(broken.validate().is_err());
    }
}
