//! Fits one meta-model: on all training rows, and for each validation fold on the rows of the other folds.

use anyhow::Context as _;
use dataset::rng;
use rankers::gbdt::{self, BinnedFeatures, BinnedRows, CheckedGbdtParams, GbdtParams, LearningCurve};
use rankers::logistic::{self, CheckedLogisticParams, LogisticModel, LogisticParams};
use rankers::objective::ObjectiveKind;
use rankers::{Fitted, LabelledRows, MetaModel};
use rayon::prelude::*;

use crate::bins::Bins;
use crate::config::Checked;
use crate::rows::{Rows, ValidationFold};

/// A meta-model, and what it says of rows that it was not fitted on.
pub struct Fit {
    pub model: MetaModel,
    /// Fitted on all rows.
    pub fitted: Fitted,
    /// Its raw scores of the validation folds' rows, each by a model that was fitted without that fold; fold after fold.
    pub validation: Vec<f64>,
    /// The loss on the first validation fold, tree by tree; empty where there is none or the model grows no trees.
    pub validation_curve: Vec<f64>,
}

/// Fits `model`, which is no blend.
pub fn fit(
    model: MetaModel,
    config: &Checked,
    rows: &Rows,
    folds: &[ValidationFold],
    bins: &Bins,
    seed: u64,
) -> anyhow::Result<Fit> {
    let fit = match config.booster(model) {
        Some(params) => boost(model, params, rows, folds, bins, seed),
        None => logistic(config, rows, folds),
    };
    fit.with_context(|| model.name())
}

fn logistic(config: &Checked, rows: &Rows, folds: &[ValidationFold]) -> anyhow::Result<Fit> {
    let chosen = match &config.logistic_choice {
        None => None,
        Some(choice) => Some(logistic::choose_c(choice, rows.relevance(), &rows.folds)?),
    };
    let params: CheckedLogisticParams = match &chosen {
        None => config.logistic.clone(),
        Some(choice) => {
            let given = LogisticParams::clone(&config.logistic);
            LogisticParams { c: choice.c(), standardise: true, ..given }.check()?
        }
    };
    let on_all = || match &chosen {
        None => logistic::fit(&params, rows.relevance()),
        Some(choice) => choice.fit(&config.logistic, rows.relevance()),
    };
    let of_fold = |fold: &ValidationFold| {
        let model: LogisticModel = logistic::fit(&params, fold.train.relevance())?;
        anyhow::Ok(model.predict_raw(&fold.held_out.features)?)
    };
    let (fitted, validation) =
        rayon::join(on_all, || folds.par_iter().map(of_fold).collect::<anyhow::Result<Vec<_>>>());
    Ok(Fit {
        model: MetaModel::Logistic,
        fitted: Fitted::Logistic(fitted?),
        validation: validation?.concat(),
        validation_curve: Vec::new(),
    })
}

/// A booster on all rows but those of a fold.
struct FoldFit {
    scores: Vec<f64>,
    curve: LearningCurve,
}

fn boost(
    model: MetaModel,
    params: &CheckedGbdtParams,
    rows: &Rows,
    folds: &[ValidationFold],
    bins: &Bins,
    seed: u64,
) -> anyhow::Result<Fit> {
    let bins = bins.of(params.max_bins).context("every booster has its bins")?;
    let stream = |use_: &str| rng::stream(seed, &format!("train-meta/{}{use_}", model.key()));
    let of_fold = |(fold, [train, held_out]): (&ValidationFold, &[BinnedFeatures; 2])| {
        let train = BinnedRows { bins: train, rows: targets(params, &fold.train) };
        let held_out = BinnedRows { bins: held_out, rows: targets(params, &fold.held_out) };
        let draws = &mut stream(&format!("/{}", fold.name));
        let fitted = gbdt::fit_binned(params, None, train, Some(held_out), draws)?;
        let scores = fitted.predict_raw(&fold.held_out.features)?;
        anyhow::Ok(FoldFit { scores, curve: fitted.learning_curve().clone() })
    };
    let on_all = |params: &CheckedGbdtParams| {
        gbdt::fit_binned(
            params,
            None,
            BinnedRows { bins: &bins.all, rows: targets(params, rows) },
            None,
            &mut stream(""),
        )
    };
    let of_folds = || folds.par_iter().zip(&bins.folds).map(of_fold).collect::<anyhow::Result<Vec<_>>>();
    let (fitted, of_folds) = if params.early_stopping_rounds == 0 {
        let (fitted, of_folds) = rayon::join(|| on_all(params), of_folds);
        (fitted?, of_folds?)
    } else {
        let of_folds = of_folds()?;
        let stopped = GbdtParams {
            n_trees: best_n_trees(&of_folds).unwrap_or(params.n_trees),
            early_stopping_rounds: 0,
            ..GbdtParams::clone(params)
        };
        (on_all(&stopped.check()?)?, of_folds)
    };
    Ok(Fit {
        model,
        fitted: Fitted::Booster(fitted),
        validation_curve: of_folds.first().map(|fold| fold.curve.held_out.clone()).unwrap_or_default(),
        validation: of_folds.into_iter().flat_map(|fold| fold.scores).collect(),
    })
}

/// The number of trees that the validation folds found best, on average.
fn best_n_trees(folds: &[FoldFit]) -> Option<usize> {
    let best: Option<Vec<usize>> = folds.iter().map(|fold| fold.curve.best_n_trees()).collect();
    let best = best.filter(|best| !best.is_empty())?;
    Some((best.iter().sum::<usize>() as f64 / best.len() as f64).round().max(1.0) as usize)
}

/// The rows with what the objective predicts.
fn targets<'a>(params: &CheckedGbdtParams, rows: &'a Rows) -> LabelledRows<'a> {
    match params.objective {
        ObjectiveKind::BinaryLogLoss => rows.relevance(),
        _ => rows.ratings(),
    }
}
