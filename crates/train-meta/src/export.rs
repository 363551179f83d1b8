//! The fitted models in the formats that other tools read.

use artifacts::Layout;
use rankers::export::Format;
use rankers::{Fitted, MetaModel};
use stage::Run;

/// Writes the model in the formats that the configuration asks for, and removes it in the others.
///
/// # Errors
/// Where a file cannot be written.
pub fn write(run: &mut Run, model: MetaModel, fitted: &Fitted, formats: &[Format]) -> anyhow::Result<()> {
    for format in Format::ALL {
        let file = file(model, format);
        match fitted.export(format).filter(|_| formats.contains(&format)) {
            Some(bytes) => run.write_bytes(&file, &bytes)?,
            None => run.remove_stale(&file)?,
        }
    }
    Ok(())
}

/// Removes what an earlier run wrote of a model that this one has not.
///
/// # Errors
/// Where a file cannot be removed.
pub fn remove(run: &mut Run, model: MetaModel) -> anyhow::Result<()> {
    Format::ALL.into_iter().try_for_each(|format| Ok(run.remove_stale(&file(model, format))?))
}

fn file(model: MetaModel, format: Format) -> String {
    match format {
        Format::LightGbm => Layout::lightgbm_text(model.key()),
        Format::XgBoost => Layout::xgboost_json(model.key()),
        Format::Onnx => Layout::onnx(model.key()),
    }
}
