//! The boosters, of whichever objective.

use dataset::rng;
use rankers::gbdt::{self, BinnedFeatures, BinnedRows, CheckedGbdtParams, GbdtParams, LearningCurve};
use rankers::objective::ObjectiveKind;
use rankers::{Fitted, LabelledRows, MetaModel};
use rayon::prelude::*;

use super::linear::LinearFits;
use super::{Fit, Training};
use crate::bins::Binned;
use crate::rows::Rows;

/// A booster on all rows but those of a fold.
struct FoldFit {
    scores: Vec<f64>,
    curve: LearningCurve,
}

/// Fits `model`; with early stopping, the validation folds say first how many trees are best.
pub fn fit(
    model: MetaModel,
    params: &CheckedGbdtParams,
    training: &Training<'_>,
    bins: &Binned,
    start: Option<&LinearFits>,
) -> anyhow::Result<Fit> {
    let stream = |use_: &str| rng::stream(training.seed, &format!("train-meta/{}{use_}", model.key()));
    let of_fold = |at: usize| {
        let (fold, [train, held_out]): (_, &[BinnedFeatures; 2]) = (&training.folds[at], &bins.folds[at]);
        let train = BinnedRows { bins: train, rows: targets(params, &fold.train) };
        let held_out = BinnedRows { bins: held_out, rows: targets(params, &fold.held_out) };
        let start = start.map(|start| &start.folds[at]);
        let draws = &mut stream(&format!("/{}", fold.name));
        let fitted = gbdt::fit_binned(params, start, train, Some(held_out), draws)?;
        let scores = fitted.predict_raw(&fold.held_out.features)?;
        anyhow::Ok(FoldFit { scores, curve: fitted.learning_curve().clone() })
    };
    let of_folds =
        || (0..training.folds.len()).into_par_iter().map(of_fold).collect::<anyhow::Result<Vec<_>>>();
    let on_all = |params: &CheckedGbdtParams| {
        let rows = BinnedRows { bins: &bins.all, rows: targets(params, training.rows) };
        gbdt::fit_binned(params, start.map(|start| &start.all), rows, None, &mut stream(""))
    };
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
