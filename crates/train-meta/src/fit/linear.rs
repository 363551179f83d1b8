//! The logistic regression: a meta-model of its own, and where boosters may start.

use rankers::logistic::{self, LogisticModel};
use rankers::{Fitted, LabelledRows, MetaModel};
use rayon::prelude::*;

use super::{Fit, Training};
use crate::config::Checked;
use crate::rows::ValidationFold;

/// One regression a set of rows.
pub struct LinearFits {
    /// Fitted on all rows.
    pub all: LogisticModel,
    /// For each validation fold, fitted without it.
    pub folds: Vec<LogisticModel>,
}

/// Fits them with one C, given or chosen by cross-validation over all folds.
pub fn fit(config: &Checked, training: &Training<'_>) -> anyhow::Result<LinearFits> {
    let rows = training.rows;
    let chosen = match &config.logistic_choice {
        None => None,
        Some(choice) => Some(logistic::choose_c(choice, rows.relevance(), &rows.folds)?),
    };
    // With a chosen C, each fit starts next to its optimum: where that of all rows is.
    let fit = |rows: LabelledRows<'_>| match &chosen {
        None => logistic::fit(&config.logistic, rows),
        Some(choice) => choice.fit(&config.logistic, rows),
    };
    let on_all = || fit(rows.relevance());
    let of_fold = |fold: &ValidationFold| fit(fold.train.relevance());
    let (all, folds) =
        rayon::join(on_all, || training.folds.par_iter().map(of_fold).collect::<Result<Vec<_>, _>>());
    Ok(LinearFits { all: all?, folds: folds? })
}

impl LinearFits {
    /// As a meta-model.
    pub fn as_fit(&self, training: &Training<'_>) -> anyhow::Result<Fit> {
        let mut validation = Vec::new();
        for (fold, model) in training.folds.iter().zip(&self.folds) {
            validation.extend(model.predict_raw(&fold.held_out.features)?);
        }
        Ok(Fit {
            model: MetaModel::Logistic,
            fitted: Fitted::Logistic(self.all.clone()),
            validation,
            validation_curve: Vec::new(),
        })
    }
}
