//! The base models that `train-base` kept: those fitted on all that the test rows may see.

use anyhow::Context as _;
use artifacts::{Error, Layout, Schema, StageName};
use dataset::History;
use recommenders::{BaseConfig, BaseModel, BaseParams, FittedModel};
use stage::Run;

/// Reads the models of these file stems, in the order of the feature columns.
///
/// # Errors
/// Where a model is missing or corrupt.
pub fn base_models(run: &mut Run, stems: &[String]) -> Result<Vec<FittedModel>, Error> {
    let kinds = BaseModel::ALL.into_iter().filter(|kind| stems.iter().any(|stem| stem == kind.file_stem()));
    let file = |kind: BaseModel| {
        let schema = Schema { name: kind.schema(), version: kind.schema_version() };
        let check = move |model: &FittedModel| {
            model.validate().map_err(|error| error.to_string())?;
            if model.kind() == kind { Ok(()) } else { Err(format!("it holds a {}", model.kind().name())) }
        };
        (Layout::base_model(kind.file_stem()), schema, check)
    };
    run.read_models(StageName::TrainBase, kinds.map(file).collect())
}

/// What the base models were fitted with.
///
/// # Errors
/// Where the configuration of `train-base` is not as it should be.
pub fn base_params(run: &Run) -> anyhow::Result<BaseParams> {
    let config: BaseConfig = run.upstream_whole_config(StageName::TrainBase)?;
    Ok(config.check().context("the configuration of train-base")?.1)
}

/// Folds the users of `known`, the ratings that the models may see, into models that were made of the items alone, as they are where ratings lie on many
/// machines; the others stay as they are. A model of the items scores as one that was fitted on all of it.
///
/// # Errors
/// Where the configuration of `train-base` is not as it should be.
pub fn with_users(
    run: &Run,
    models: Vec<FittedModel>,
    known: impl FnOnce() -> History,
) -> anyhow::Result<Vec<FittedModel>> {
    if !models.iter().any(FittedModel::has_no_users) {
        return Ok(models);
    }
    let (params, known) = (base_params(run)?, known());
    let with_users = |model: FittedModel| {
        if model.has_no_users() {
            model.fold_in(&known, &params).map_err(anyhow::Error::from)
        } else {
            Ok(model)
        }
    };
    models.into_iter().map(with_users).collect()
}
