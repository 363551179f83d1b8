//! Boosters that were fitted elsewhere.

use rankers::gbdt::GbdtModel;
use rankers::{Fitted, MetaModel};

use super::{Fit, Training};

/// The booster as it is. There is no fitting it again without a fold: what it says of the validation folds' rows it says itself, whether it
/// was fitted on them or not.
pub fn fit(model: MetaModel, booster: &GbdtModel, training: &Training<'_>) -> anyhow::Result<Fit> {
    let mut validation = Vec::new();
    for fold in training.folds {
        validation.extend(booster.predict_raw(&fold.held_out.features)?);
    }
    Ok(Fit { model, fitted: Fitted::Booster(booster.clone()), validation, validation_curve: Vec::new() })
}
