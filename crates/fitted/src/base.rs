//! The base models that `train-base` kept: those fitted on all that the test rows may see.

use artifacts::{Error, Layout, Schema, StageName};
use recommenders::{BaseModel, FittedModel};
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
