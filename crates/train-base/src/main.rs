//! Stage 2, `train-base`: fits the base recommenders.
//!
//! Reads the ratings and the catalogue of `split`; writes one model file a base recommender, the base scores of the
//! `meta_train` rows by models that did not see them, and the learning curves.

mod config;

use std::process::ExitCode;

use anyhow::Context as _;
use artifacts::layout::{BASE_LEARNING_CURVES, ITEMS, OUT_OF_FOLD_SCORES, RATINGS};
use artifacts::tables::{CurvePoint, ScoreRows, SplitRatings};
use artifacts::{Layout, Schema};
use config::Config;
use dataset::split::Part;
use dataset::{Candidate, History, Items, rng};
use rayon::prelude::*;
use recommenders::{BaseModel, BaseParams, Fit, Scorer as _};
use stage::{Progress, Run, Stage, StageName, Summary};

#[derive(Debug, clap::Args)]
struct Args {}

struct TrainBase;

/// A fitted model and its scores of the rows that it did not see.
struct Fitted {
    kind: BaseModel,
    fit: Fit,
    scores: Vec<f64>,
}

impl Stage for TrainBase {
    const NAME: StageName = StageName::TrainBase;
    const ABOUT: &'static str = "Fits the base recommenders and scores the rows that they did not see";
    type Config = Config;
    type Args = Args;

    fn run(run: &mut Run, config: &Config, _: &Args) -> anyhow::Result<Summary> {
        let params = config.check()?;
        run.require(&[StageName::Split])?;
        let split: SplitRatings = run.read_table(RATINGS)?;
        let items: Items = run.read_table(ITEMS)?;
        let history = split.history(|part| part == Part::BaseTrain);
        let held_out = split.rows_of(Part::MetaTrain);
        let candidates = split.candidates(&held_out);

        let progress = run.progress(BaseModel::ALL.len());
        let fitted = fit_all(&history, &items, &params, &candidates, run.seed(), &progress)?;
        drop(progress);

        for model in &fitted {
            let schema = Schema { name: model.kind.schema(), version: model.kind.schema_version() };
            run.write_model(&Layout::base_model(model.kind.file_stem()), schema, &model.fit.model)?;
        }
        run.write_table(BASE_LEARNING_CURVES, learning_curves(&fitted))?;
        run.write_table(OUT_OF_FOLD_SCORES, score_rows(&split, &held_out, fitted))?;
        run.count("fitted_on", history.n_ratings());
        run.count("scored", held_out.len());
        Ok(Summary {
            read: format!("{} ratings to fit on", history.n_ratings()),
            wrote: format!("{} models and the scores of {} rows", BaseModel::ALL.len(), held_out.len()),
        })
    }
}

fn fit_all(
    history: &History,
    items: &Items,
    params: &BaseParams,
    candidates: &[Candidate],
    seed: u64,
    progress: &Progress,
) -> anyhow::Result<Vec<Fitted>> {
    let fit = |kind: BaseModel| -> anyhow::Result<Fitted> {
        progress.step(format!("fitting {}", kind.name()));
        let stream = rng::stream(seed, &format!("train-base/{}", kind.file_stem()));
        let fit = kind.fit(history, items, params, stream).with_context(|| kind.name().to_owned())?;
        let scores = fit.model.scores(candidates);
        progress.done();
        Ok(Fitted { kind, fit, scores })
    };
    BaseModel::ALL.into_par_iter().map(fit).collect()
}

fn learning_curves(fitted: &[Fitted]) -> Vec<CurvePoint> {
    let points = |model: &Fitted| {
        let point = |(epoch, &value): (usize, &f64)| CurvePoint {
            model: model.kind.name().to_owned(),
            rows: "train".to_owned(),
            metric: "rmse".to_owned(),
            iteration: epoch as i32 + 1,
            value,
        };
        model.fit.learning_curve.iter().enumerate().map(point).collect::<Vec<_>>()
    };
    fitted.iter().flat_map(points).collect()
}

fn score_rows(split: &SplitRatings, rows: &[usize], fitted: Vec<Fitted>) -> ScoreRows {
    ScoreRows {
        user_ids: rows.iter().map(|&row| split.ratings.user_ids[row]).collect(),
        item_ids: rows.iter().map(|&row| split.ratings.item_ids[row]).collect(),
        ratings: rows.iter().map(|&row| split.ratings.values[row]).collect(),
        names: fitted.iter().map(|model| model.kind.column().to_owned()).collect(),
        columns: fitted.into_iter().map(|model| model.scores).collect(),
    }
}

fn main() -> ExitCode {
    stage::main::<TrainBase>()
}
