//! Fits every meta-model but the blend: on all training rows, and for each validation fold on the rows of the other folds.

mod boost;
mod imported;
mod linear;

use anyhow::Context as _;
use rankers::gbdt::GbdtModel;
use rankers::{Fitted, MetaModel};
use rayon::prelude::*;
use stage::Progress;

use crate::bins::Bins;
use crate::config::Checked;
use crate::rows::{Rows, ValidationFold};
use linear::LinearFits;

/// A meta-model, and what it says of rows that it was not fitted on.
pub struct Fit {
    pub model: MetaModel,
    /// Fitted on all rows.
    pub fitted: Fitted,
    /// Its raw scores of the validation folds' rows, each by a model that was fitted without that fold; fold after fold. Empty where nothing
    /// is made of them.
    pub validation: Vec<f64>,
    /// The loss on the first validation fold, tree by tree; empty where there is none or the model grows no trees.
    pub validation_curve: Vec<f64>,
}

/// What all meta-models are fitted on.
pub struct Training<'a> {
    pub rows: &'a Rows,
    pub folds: &'a [ValidationFold],
    /// Boosters that were fitted elsewhere.
    pub imported: &'a [(MetaModel, GbdtModel)],
    pub seed: u64,
}

/// The meta-models of the configuration but the blend, in the order of the tables.
pub fn all(config: &Checked, training: &Training<'_>, progress: &Progress) -> anyhow::Result<Vec<Fit>> {
    let wants_linear = config.models.contains(&MetaModel::Logistic) || !config.linear_start.is_empty();
    let linear = || wants_linear.then(|| linear::fit(config, training)).transpose();
    let bins = || Bins::new(config, training);
    let (linear, bins) = rayon::join(linear, bins);
    let linear = linear.context(MetaModel::Logistic.name())?;
    let one = |&model: &MetaModel| {
        progress.step(model.name());
        let fit = one(model, config, training, &bins, linear.as_ref()).with_context(|| model.name());
        progress.done();
        fit
    };
    let models: Vec<MetaModel> =
        config.models.iter().copied().filter(|&model| model != MetaModel::Blend).collect();
    models.par_iter().map(one).collect()
}

fn one(
    model: MetaModel,
    config: &Checked,
    training: &Training<'_>,
    bins: &Bins,
    linear: Option<&LinearFits>,
) -> anyhow::Result<Fit> {
    let without_folds = Training { folds: &[], ..*training };
    let training = if config.is_validated(model) { training } else { &without_folds };
    if let Some((_, booster)) = training.imported.iter().find(|(of, _)| *of == model) {
        return imported::fit(model, booster, training);
    }
    match config.booster(model) {
        None => linear.context("the logistic regression was not fitted")?.as_fit(training),
        Some(params) => {
            let start = linear.filter(|_| config.linear_start.contains(&model));
            let bins = bins.of(params.max_bins).context("every booster has its bins")?;
            boost::fit(model, params, training, bins, start)
        }
    }
}
