//! What is fitted on the validation folds' predictions: calibrators, and the weights of the blend.

use anyhow::Context as _;
use rankers::blend::{Blend, Member};
use rankers::calibration::{Calibrator, SegmentCalibration};
use rankers::segments::Segments;
use rankers::{FeatureMatrix, MetaModel};
use stage::UsageError;

use crate::config::{Checked, CheckedCalibration};
use crate::fit::Fit;
use crate::rows::{Rows, ValidationFold};

/// The rows of all validation folds, fold after fold.
pub struct ValidationRows {
    /// The feature that tells segments apart, or any other where none does.
    features: FeatureMatrix,
    labels: Vec<f32>,
}

impl ValidationRows {
    pub fn new(config: &Checked, rows: &Rows, folds: &[ValidationFold]) -> anyhow::Result<Self> {
        let positions: Vec<usize> = folds.iter().flat_map(|fold| fold.positions.iter().copied()).collect();
        let segment_by = config.calibration.as_ref().map(|calibration| &calibration.segment_by);
        let names = rows.features.names();
        let at = names.iter().position(|name| Some(name) == segment_by).unwrap_or(0);
        let column = rows.features.column(at);
        let values = positions.iter().map(|&row| column[row]).collect();
        Ok(Self {
            features: FeatureMatrix::from_columns(vec![(names[at].clone(), values)])?,
            labels: positions.iter().map(|&row| rows.labels[row]).collect(),
        })
    }
}

/// A calibrator of each model, by segment.
pub fn calibrate(
    config: &CheckedCalibration,
    rows: &Rows,
    validation: &ValidationRows,
    fits: &[Fit],
) -> anyhow::Result<SegmentCalibration> {
    let mut calibration = if config.segments == 1 {
        SegmentCalibration::new(None, Segments::of_equal_users(&[0.0], 1)?)
    } else {
        let segments = Segments::of_equal_users(&activity(config, rows)?, config.segments)?;
        SegmentCalibration::new(Some(config.segment_by.clone()), segments)
    };
    for fit in fits.iter().filter(|fit| !fit.validation.is_empty()) {
        calibration
            .fit(
                fit.model.name(),
                config.method,
                &config.thin,
                &validation.features,
                &fit.validation,
                &validation.labels,
            )
            .with_context(|| format!("calibration of {}", fit.model.name()))?;
    }
    Ok(calibration)
}

/// How active each user is: the mean over the user's rows, whose folds know slightly different histories.
fn activity(config: &CheckedCalibration, rows: &Rows) -> Result<Vec<f64>, UsageError> {
    let column = rows.features.names().iter().position(|name| *name == config.segment_by).ok_or_else(|| {
        UsageError(format!(
            "calibration.segment_by is {:?}, which is no feature of these rows: switch its group on in build-features.toml, or set calibration.segments = 1",
            config.segment_by
        ))
    })?;
    let values = rows.features.column(column);
    let mut start = 0;
    let users = rows.user_ids.chunk_by(|a, b| a == b).map(|user| {
        let of_user = &values[start..start + user.len()];
        start += user.len();
        of_user.iter().sum::<f64>() / user.len() as f64
    });
    Ok(users.collect())
}

/// The blend of the members' probabilities.
pub fn blend(
    config: &Checked,
    calibration: Option<&SegmentCalibration>,
    validation: &ValidationRows,
    fits: &[Fit],
) -> anyhow::Result<Blend> {
    let of_members = fits.iter().filter(|fit| config.members.contains(&fit.model));
    let probabilities: Vec<(&str, Vec<f64>)> = of_members
        .map(|fit| {
            let name = fit.model.name();
            let calibrated = match calibration {
                Some(calibration) => calibration.apply(name, &validation.features, &fit.validation)?,
                None => None,
            };
            let claimed = || fit.validation.iter().map(|&score| Calibrator::None.apply(score)).collect();
            anyhow::Ok((name, calibrated.unwrap_or_else(claimed)))
        })
        .collect::<Result<_, _>>()?;
    let members: Vec<Member<'_>> =
        probabilities.iter().map(|(name, probabilities)| Member { name, probabilities }).collect();
    Blend::fit(&members, &validation.labels).context(MetaModel::Blend.name())
}
