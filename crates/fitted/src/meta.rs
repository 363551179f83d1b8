//! The meta-models that `train-meta` fitted, with their calibration.

use artifacts::layout::CALIBRATION;
use artifacts::{Error, Layout, Schema, StageName};
use rankers::blend::Blend;
use rankers::calibration::SegmentCalibration;
use rankers::gbdt::GbdtModel;
use rankers::logistic::LogisticModel;
use rankers::{Fitted, MetaModel, Stack};
use recommenders::{CandidateConfig, CandidatesFrom};
use serde::de::DeserializeOwned;
use stage::Run;

/// Where the files of `train-meta` are read from.
pub trait ModelFiles {
    /// Reads a model; `check` says whether its parts fit together.
    ///
    /// # Errors
    /// Where it is missing, corrupt or of another kind.
    fn read<M: DeserializeOwned, E: ToString>(
        &mut self,
        file: &str,
        schema: Schema,
        check: impl Fn(&M) -> Result<(), E>,
    ) -> Result<M, Error>;
}

impl ModelFiles for Run {
    fn read<M: DeserializeOwned, E: ToString>(
        &mut self,
        file: &str,
        schema: Schema,
        check: impl Fn(&M) -> Result<(), E>,
    ) -> Result<M, Error> {
        self.read_model(StageName::TrainMeta, file, schema, check)
    }
}

/// Reads all that the configuration of `train-meta` names.
///
/// # Errors
/// Where a model is missing or corrupt.
pub fn stack(run: &mut Run) -> Result<Stack, Error> {
    let keys: Vec<String> = run.upstream_config(StageName::TrainMeta, "models")?;
    let is_calibrated = run.has(CALIBRATION);
    read_stack(run, &keys, is_calibrated)
}

/// Reads the meta-models of these keys, and how their scores are calibrated.
///
/// # Errors
/// Where a model is missing or corrupt.
pub fn read_stack(files: &mut impl ModelFiles, keys: &[String], is_calibrated: bool) -> Result<Stack, Error> {
    let kinds: Vec<MetaModel> = keys.iter().filter_map(|key| MetaModel::from_key(key)).collect();
    let calibration = if is_calibrated {
        let schema = Schema { name: SegmentCalibration::SCHEMA, version: SegmentCalibration::SCHEMA_VERSION };
        Some(files.read(CALIBRATION.file, schema, SegmentCalibration::validate)?)
    } else {
        None
    };
    let mut fitted = Vec::new();
    for kind in MetaModel::ALL.into_iter().filter(|kind| kinds.contains(kind) && *kind != MetaModel::Blend) {
        fitted.push((kind, read_fitted(files, kind)?));
    }
    let blend = if kinds.contains(&MetaModel::Blend) {
        Some(read(files, MetaModel::Blend, Blend::validate)?)
    } else {
        None
    };
    Ok(Stack { fitted, calibration, blend })
}

/// Of the candidates from the catalogue, the share of irrelevant ones that the meta-models were fitted on; none where they were fitted on
/// rated rows.
///
/// # Errors
/// Where the manifest of `train-base` says something else than this version knows.
pub fn negative_share(run: &Run) -> Result<Option<f64>, Error> {
    let candidates: CandidateConfig = run.upstream_config(StageName::TrainBase, "candidates")?;
    Ok((candidates.from == CandidatesFrom::Catalogue).then_some(candidates.negative_share))
}

fn read_fitted(files: &mut impl ModelFiles, kind: MetaModel) -> Result<Fitted, Error> {
    if kind.objective().is_some() {
        read(files, kind, GbdtModel::validate).map(Fitted::Booster)
    } else {
        read(files, kind, LogisticModel::validate).map(Fitted::Logistic)
    }
}

fn read<M: DeserializeOwned, E: ToString>(
    files: &mut impl ModelFiles,
    kind: MetaModel,
    validate: impl Fn(&M) -> Result<(), E>,
) -> Result<M, Error> {
    let schema = Schema { name: kind.schema(), version: kind.schema_version() };
    files.read(&Layout::meta_model(kind.key()), schema, validate)
}
