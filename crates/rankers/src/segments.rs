//! Users in segments, and one fitted thing a segment.
//!
//! A stack serves users with twenty ratings and users with two thousand, and what suits the one may not suit the other. [`Segments`] says which
//! users belong together, by a number each user has (how many training ratings, by default); [`Segmented`] holds one fitted thing a
//! segment (a calibrator, a meta-model) and falls back to the one fitted on all rows where a segment is thin.

use std::ops::Deref;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{FitError, ModelError, ParamError};

/// Ranges of a user-level key: segment 0 holds the smallest keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segments {
    /// The smallest key of each segment but the first; strictly ascending.
    thresholds: Vec<f64>,
}

/// When a segment has enough rows for a fit of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ThinParams {
    /// Rows that a segment needs, at least 1.
    pub min_rows: usize,
    /// Rows of label 1, and rows of label 0, that a segment needs, at least 1.
    pub min_positives: usize,
}

/// Parameters within their ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedThinParams(ThinParams);

/// One fitted thing a segment, and the one that stands in where a segment is thin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segmented<C> {
    global: C,
    /// `None` for a thin segment.
    own: Vec<Option<C>>,
}

impl Segments {
    /// Segments of about equally many users: `keys` has one number a *user* (not a row), `n_segments` is 1 to 255.
    ///
    /// Users of equal key share a segment; where few distinct keys make thresholds coincide, there are fewer segments than asked for.
    ///
    /// # Errors
    /// [`SegmentsError`] where `n_segments` is out of range, there are no users, or a key is not finite.
    pub fn of_equal_users(keys: &[f64], n_segments: usize) -> Result<Self, SegmentsError> {
        ParamError::unless((1..=255).contains(&n_segments), "n_segments", n_segments, "1 to 255")?;
        if let Some(user) = keys.iter().position(|key| !key.is_finite()) {
            return Err(SegmentsError::Key { user, value: keys[user] });
        }
        let mut ascending = keys.to_vec();
        ascending.sort_by(f64::total_cmp);
        let smallest = *ascending.first().ok_or(SegmentsError::NoUsers)?;
        let mut thresholds: Vec<f64> =
            (1..n_segments).map(|segment| ascending[segment * ascending.len() / n_segments]).collect();
        thresholds.dedup();
        thresholds.retain(|&threshold| threshold > smallest);
        Ok(Self { thresholds })
    }

    /// The segment of a user with this key, below [`Segments::n_segments`]. A user without a key (NaN) is in segment 0.
    pub fn of(&self, key: f64) -> usize {
        self.thresholds.partition_point(|&threshold| threshold <= key)
    }

    /// How many segments there are, at least 1.
    pub fn n_segments(&self) -> usize {
        self.thresholds.len() + 1
    }

    /// The smallest key of each segment but the first.
    pub fn thresholds(&self) -> &[f64] {
        &self.thresholds
    }

    /// Whether the thresholds ascend: what must be asked of segments that came from a file.
    ///
    /// # Errors
    /// [`ModelError::Inconsistent`] where not.
    pub fn validate(&self) -> Result<(), ModelError> {
        let ascend = self.thresholds.iter().all(|threshold| threshold.is_finite())
            && self.thresholds.is_sorted_by(|a, b| a < b);
        ModelError::unless(ascend && self.thresholds.len() < 255, || {
            "segments whose thresholds do not ascend".to_owned()
        })
    }
}

/// Keys that make no segments.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SegmentsError {
    /// A parameter is out of its range.
    #[error(transparent)]
    Param(#[from] ParamError),
    /// There are no users.
    #[error("no users to put in segments; check that the split leaves training rows")]
    NoUsers,
    /// A key is infinite or NaN.
    #[error("the segment key of user {user} (0-based) is {value}: expected a finite number")]
    Key {
        /// The user's place, 0-based.
        user: usize,
        /// The key.
        value: f64,
    },
}

impl Default for ThinParams {
    fn default() -> Self {
        Self { min_rows: 2000, min_positives: 200 }
    }
}

impl ThinParams {
    /// The same parameters, known to be in range.
    ///
    /// # Errors
    /// [`ParamError`] for the first one that is not.
    pub fn check(self) -> Result<CheckedThinParams, ParamError> {
        ParamError::unless(self.min_rows >= 1, "min_rows", self.min_rows, "at least 1")?;
        ParamError::unless(self.min_positives >= 1, "min_positives", self.min_positives, "at least 1")?;
        Ok(CheckedThinParams(self))
    }
}

impl Deref for CheckedThinParams {
    type Target = ThinParams;

    fn deref(&self) -> &ThinParams {
        &self.0
    }
}

impl<C> Segmented<C> {
    /// Calls `fit` with all rows, and with the rows of each segment that is not thin; rows are 0-based and ascend.
    ///
    /// `segments[i]` (below `n_segments`, see [`Segments::of`]) and `labels[i]` (1, or 0 for anything else) are those of row `i`.
    ///
    /// # Errors
    /// Where the lengths differ, a segment is out of range, or `fit` fails.
    pub fn fit(
        params: &CheckedThinParams,
        n_segments: usize,
        segments: &[usize],
        labels: &[f32],
        mut fit: impl FnMut(&[usize]) -> Result<C, FitError>,
    ) -> Result<Self, FitError> {
        if labels.len() != segments.len() {
            return Err(FitError::LabelCount { found: labels.len(), expected: segments.len() });
        }
        if let Some(row) = segments.iter().position(|&segment| segment >= n_segments) {
            return Err(FitError::Segment { row, found: segments[row], n_segments });
        }
        let global = fit(&(0..segments.len()).collect::<Vec<_>>())?;
        let mut own = Vec::with_capacity(n_segments);
        for segment in 0..n_segments {
            let rows: Vec<usize> = (0..segments.len()).filter(|&row| segments[row] == segment).collect();
            let n_positives = rows.iter().filter(|&&row| labels[row] == 1.0).count();
            let smaller_class = n_positives.min(rows.len() - n_positives);
            let thin = rows.len() < params.min_rows || smaller_class < params.min_positives;
            own.push(if thin { None } else { Some(fit(&rows)?) });
        }
        Ok(Self { global, own })
    }

    /// What serves a segment: its own, or the global one where it is thin or unknown.
    pub fn of(&self, segment: usize) -> &C {
        self.own.get(segment).and_then(Option::as_ref).unwrap_or(&self.global)
    }

    /// The one fitted on all rows.
    pub fn global(&self) -> &C {
        &self.global
    }

    /// Each segment's own, `None` for a thin one.
    pub fn own(&self) -> &[Option<C>] {
        &self.own
    }

    /// Whether there is one entry a segment, and `validate_one` holds for each part: what must be asked of one that came from a file.
    ///
    /// # Errors
    /// [`ModelError`] that says what is wrong.
    pub fn validate(
        &self,
        segments: &Segments,
        validate_one: impl Fn(&C) -> Result<(), ModelError>,
    ) -> Result<(), ModelError> {
        segments.validate()?;
        let (found, expected) = (self.own.len(), segments.n_segments());
        ModelError::unless(found == expected, || format!("{found} parts for {expected} segments"))?;
        self.own.iter().flatten().chain([&self.global]).try_for_each(validate_one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibration::{CalibrationMethod, Calibrator};

    #[test]
    fn terciles_by_hand() {
        // Nine users in three segments of three: 1 1 2 | 3 5 8 | 13 21 34.
        let segments =
            Segments::of_equal_users(&[34.0, 1.0, 3.0, 1.0, 5.0, 21.0, 2.0, 8.0, 13.0], 3).unwrap();
        assert_eq!(segments.thresholds(), [3.0, 13.0]);
        let of = |key| segments.of(key);
        assert_eq!((of(-5.0), of(2.9), of(3.0), of(12.0), of(13.0), of(1e9)), (0, 0, 1, 1, 2, 2));
        assert_eq!(of(f64::NAN), 0);
    }

    #[test]
    fn equal_keys_stay_together() {
        assert_eq!(Segments::of_equal_users(&[7.0; 10], 3).unwrap().n_segments(), 1);
        // 4 4 4 | 4 4 9: the second threshold would be 4 as well.
        let segments = Segments::of_equal_users(&[4.0, 4.0, 4.0, 9.0, 4.0, 9.0], 3).unwrap();
        assert_eq!(segments.thresholds(), [9.0]);
    }

    #[test]
    fn keys_that_make_no_segments_are_told() {
        let message = |keys: &[f64], n| Segments::of_equal_users(keys, n).unwrap_err().to_string();
        assert_eq!(message(&[1.0], 0), "n_segments = 0: expected 1 to 255");
        assert_eq!(message(&[], 3), "no users to put in segments; check that the split leaves training rows");
        assert_eq!(
            message(&[1.0, f64::NAN], 3),
            "the segment key of user 1 (0-based) is NaN: expected a finite number"
        );
        assert!(Segments { thresholds: vec![2.0, 2.0] }.validate().is_err());
    }

    fn segmented(
        params: ThinParams,
        segments: &[usize],
        labels: &[f32],
    ) -> Result<Segmented<usize>, FitError> {
        Segmented::fit(&params.check().unwrap(), 3, segments, labels, |rows| Ok(rows.len()))
    }

    #[test]
    fn a_thin_segment_falls_back() {
        let params = ThinParams { min_rows: 3, min_positives: 1 };
        // Segment 0: four rows of both labels; 1: three rows without a 0; 2: two rows.
        let segments = [0, 0, 0, 0, 1, 1, 1, 2, 2];
        let labels = [1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0];
        let fitted = segmented(params.clone(), &segments, &labels).unwrap();
        assert_eq!(fitted.own(), [Some(4), None, None]);
        assert_eq!((fitted.of(0), fitted.of(1), fitted.of(2), fitted.of(77)), (&4, &9, &9, &9));
        let error = segmented(params, &[0, 3], &[1.0, 0.0]).unwrap_err();
        assert_eq!(error.to_string(), "segment 3 in row 1 (0-based): expected a number below 3");
        let error = ThinParams { min_rows: 0, min_positives: 1 }.check().unwrap_err();
        assert_eq!(error.to_string(), "min_rows = 0: expected at least 1");
    }

    #[test]
    fn each_segment_has_its_own_curve() {
        // In segment 0 the score is too low by 2, in segment 1 too high by 2.
        let n = 4000;
        let scores: Vec<f64> = (0..n).map(|row| f64::from(row * 7919 % 400) / 100.0 - 2.0).collect();
        let segment_of: Vec<usize> = (0..n as usize).map(|row| row % 2).collect();
        let labels: Vec<f32> = (0..n as usize)
            .map(|row| {
                let shift = if segment_of[row] == 0 { 2.0 } else { -2.0 };
                let draw = (row as f64 * 0.618_033_988_749_895).fract();
                f32::from(draw < crate::objective::sigmoid(scores[row] + shift))
            })
            .collect();
        let params = ThinParams::default();
        let fitted: Segmented<Calibrator> = Segmented::fit(
            &ThinParams { min_rows: 1000, ..params }.check().unwrap(),
            2,
            &segment_of,
            &labels,
            |rows| {
                let scores: Vec<f64> = rows.iter().map(|&row| scores[row]).collect();
                let labels: Vec<f32> = rows.iter().map(|&row| labels[row]).collect();
                CalibrationMethod::Platt.fit(&scores, &labels)
            },
        )
        .unwrap();
        let at_zero = |segment| fitted.of(segment).apply(0.0);
        assert!((at_zero(0) - 0.881).abs() < 0.03 && (at_zero(1) - 0.119).abs() < 0.03, "{fitted:?}");
        assert!((fitted.global().apply(0.0) - 0.5).abs() < 0.05);
        let segments = Segments { thresholds: vec![1.0] };
        fitted.validate(&segments, Calibrator::validate).unwrap();
        assert!(fitted.validate(&Segments { thresholds: vec![] }, Calibrator::validate).is_err());
        let back: Segmented<Calibrator> =
            serde_json::from_str(&serde_json::to_string(&fitted).unwrap()).unwrap();
        assert_eq!(back, fitted);
    }
}
