//! Boosters that were trained elsewhere, in place of ours.

use std::path::PathBuf;

use anyhow::Context as _;
use rankers::MetaModel;
use rankers::gbdt::GbdtModel;
use stage::{Run, UsageError};

use crate::config::Checked;
use crate::rows::ValidationFold;

/// A text model has some 100 bytes a leaf: room for 5,000 trees of 255 leaves.
const MAX_BYTES: u64 = 128 << 20;

/// Which booster, and the file that stands in its place.
#[derive(Debug, Clone)]
pub struct Import {
    model: MetaModel,
    file: PathBuf,
}

/// `gb=model.txt`.
///
/// # Errors
/// Where it is not the key of a booster and a file.
pub fn parse(text: &str) -> Result<Import, String> {
    let (key, file) = text.split_once('=').unwrap_or((text, ""));
    let model = MetaModel::from_key(key).filter(|model| model.objective().is_some());
    match model {
        Some(model) if !file.is_empty() => Ok(Import { model, file: file.into() }),
        _ => {
            let boosters = MetaModel::ALL.iter().filter(|model| model.objective().is_some());
            let keys: Vec<&str> = boosters.map(|model| model.key()).collect();
            Err(format!("expected KEY=FILE, with one of {} as KEY", keys.join(", ")))
        }
    }
}

/// Whether each stands in place of a model of this run, and of another one than the others.
///
/// # Errors
/// Where one does not.
pub fn check(imports: &[Import], config: &Checked) -> Result<(), UsageError> {
    for (at, Import { model, .. }) in imports.iter().enumerate() {
        let key = model.key();
        if !config.models.contains(model) {
            return Err(UsageError(format!("--import {key}: models does not hold {key}")));
        }
        if imports[..at].iter().any(|earlier| earlier.model == *model) {
            return Err(UsageError(format!("--import {key}: given twice")));
        }
    }
    Ok(())
}

/// Reads them all; `names` are the features of the rows.
///
/// # Errors
/// Where a file cannot be read, is no model, or one of other features.
pub fn read(
    run: &mut Run,
    imports: &[Import],
    names: &[String],
) -> anyhow::Result<Vec<(MetaModel, GbdtModel)>> {
    let one = |Import { model, file }: &Import| {
        let key = model.key();
        let bytes = run.read_given(file, MAX_BYTES)?;
        let refuse = |problem: String| UsageError(format!("--import {key}: {}: {problem}", file.display()));
        let text = String::from_utf8(bytes)
            .map_err(|_| refuse("is no text, expected a LightGBM text model".to_owned()))?;
        let objective = model.objective().context("a booster has an objective")?;
        let imported = GbdtModel::from_lightgbm_text(&text, names, objective)
            .map_err(|error| refuse(error.to_string()))?;
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        run.count(&format!("{key}_imported_from"), name.as_ref());
        Ok((*model, imported))
    };
    imports.iter().map(one).collect()
}

/// What was trained elsewhere may have been trained on the rows that calibrators and weights are fitted on.
pub fn warn(run: &Run, config: &Checked, imports: &[Import], folds: &[ValidationFold]) {
    let names: Vec<&str> = folds.iter().map(|fold| fold.name.trim_start_matches("validation-")).collect();
    for import in imports.iter().filter(|import| config.is_validated(import.model) && !folds.is_empty()) {
        run.warn(&format!(
            "{} is {}: what is fitted on its predictions of fold {} (calibration, weights of the blend) is right only if it was trained without these rows of meta_train.parquet",
            import.model.name(),
            import.file.display(),
            names.join(", "),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_names_a_booster_and_a_file() {
        let import = parse("gb=models/a=b.txt").unwrap();
        assert_eq!((import.model, import.file), (MetaModel::Gb, PathBuf::from("models/a=b.txt")));
        for wrong in ["gb", "gb=", "blend=model.txt", "logistic=model.txt", "model.txt"] {
            assert!(parse(wrong).unwrap_err().contains("one of gb, gb_rating, lambdamart"), "{wrong}");
        }
    }
}
