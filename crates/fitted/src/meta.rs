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

/// Reads all that the configuration of `train-meta` names.
///
/// # Errors
/// Where a model is missing or corrupt.
pub fn stack(run: &mut Run) -> Result<Stack, Error> {
    let keys: Vec<String> = run.upstream_config(StageName::TrainMeta, "models")?;
    let kinds: Vec<MetaModel> = keys.iter().filter_map(|key| MetaModel::from_key(key)).collect();
    let calibration = if run.has(CALIBRATION) {
        let schema = Schema { name: SegmentCalibration::SCHEMA, version: SegmentCalibration::SCHEMA_VERSION };
        let validate = SegmentCalibration::validate;
        Some(run.read_model(CALIBRATION.stage, CALIBRATION.file, schema, validate)?)
    } else {
        None
    };
    let mut fitted = Vec::new();
    for kind in MetaModel::ALL.into_iter().filter(|kind| kinds.contains(kind) && *kind != MetaModel::Blend) {
        fitted.push((kind, read_fitted(run, kind)?));
    }
    let blend = if kinds.contains(&MetaModel::Blend) {
        Some(read(run, MetaModel::Blend, Blend::validate)?)
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

fn read_fitted(run: &mut Run, kind: MetaModel) -> Result<Fitted, Error> {
    if kind.objective().is_some() {
        read(run, kind, GbdtModel::validate).map(Fitted::Booster)
    } else {
        read(run, kind, LogisticModel::validate).map(Fitted::Logistic)
    }
}

fn read<M: DeserializeOwned, E: ToString>(
    run: &mut Run,
    kind: MetaModel,
    validate: impl Fn(&M) -> Result<(), E>,
) -> Result<M, Error> {
    let schema = Schema { name: kind.schema(), version: kind.schema_version() };
    run.read_model(StageName::TrainMeta, &Layout::meta_model(kind.key()), schema, validate)
}
