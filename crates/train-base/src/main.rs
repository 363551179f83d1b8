//! Stage 2, `train-base`: fits the base recommenders.
//!
//! Reads the ratings, the catalogue and the tags of `split`; writes one model file a base recommender, the base scores of the rows that
//! the meta-models are fitted on (each by models that did not see the row), and the learning curves.

mod catalogue;
mod forecast;
mod rounds;

use std::process::ExitCode;

use artifacts::layout::{
    BASE_LEARNING_CURVES, ITEMS, OUT_OF_FOLD_CANDIDATES, OUT_OF_FOLD_SCORES, RATINGS, TAGS,
};
use artifacts::tables::{CurvePoint, SplitRatings, TagRow};
use artifacts::{Layout, Schema};
use dataset::{Items, Tag};
use forecast::Sizes;
use recommenders::{BaseConfig, BaseModel, Content, Fit};
use rounds::fit_all;
use stacking::{BaseSetup, Method, Plan};
use stage::{Run, Stage, StageName, Summary, UsageError, grouped};

#[derive(Debug, clap::Args)]
struct Args {}

struct TrainBase;

impl Stage for TrainBase {
    const NAME: StageName = StageName::TrainBase;
    const ABOUT: &'static str = "Fits the base recommenders and scores the rows that they did not see";
    type Config = BaseConfig;
    type Args = Args;

    fn run(run: &mut Run, config: &BaseConfig, _: &Args) -> anyhow::Result<Summary> {
        let usage = |error: recommenders::InvalidParam| UsageError(error.to_string());
        let (models, params) = config.check().map_err(usage)?;
        let candidates = config.candidates.check(&models).map_err(usage)?;
        let setup = BaseSetup { models, params, seed: run.seed() };
        run.require(&[StageName::Split])?;
        let method: Method = run.upstream_config(StageName::Split, "stacking")?;
        let sizes = Sizes::of(run, method, run.upstream_config(StageName::Split, "folds")?);
        let forecast = |lanes: &usize| sizes.forecast(&setup.models, *lanes);
        let lanes = run.fitting((1..=run.threads()).rev(), forecast).unwrap_or(1);
        run.will_need(forecast(&lanes))?;
        let (split, items): (SplitRatings, Items) = run.read_both(RATINGS, ITEMS)?;
        let tags = read_tags(run)?;
        let content = Content { items: &items, tags: &tags };
        let plan = Plan::new(method, &split.parts, &split.folds, stacking::n_folds(&split.folds))?;

        let last;
        let n_scored;
        if let Some(candidates) = &candidates {
            let progress = run.progress(plan.out_of_fold.len() + setup.models.len());
            let rows =
                catalogue::out_of_fold(&setup, candidates, (method, &plan), &split, content, &progress)?;
            let final_alone = Plan { out_of_fold: Vec::new(), last: plan.last.clone() };
            last = fit_all(&setup, &final_alone, &split, content, lanes, &progress)?.last;
            drop(progress);
            n_scored = rows.user_ids.len();
            run.remove_stale(OUT_OF_FOLD_SCORES.file)?;
            run.write_table(OUT_OF_FOLD_CANDIDATES, rows)?;
        } else {
            let progress = run.progress((plan.out_of_fold.len() + 1) * setup.models.len());
            let fitted = fit_all(&setup, &plan, &split, content, lanes, &progress)?;
            drop(progress);
            last = fitted.last;
            n_scored = fitted.scores.user_ids.len();
            run.remove_stale(OUT_OF_FOLD_CANDIDATES.file)?;
            run.write_table(OUT_OF_FOLD_SCORES, fitted.scores)?;
        }

        for (model, fit) in &last {
            let schema = Schema { name: model.schema(), version: model.schema_version() };
            run.write_model(&Layout::base_model(model.file_stem()), schema, &fit.model)?;
        }
        for model in BaseModel::ALL.iter().filter(|model| !setup.models.contains(model)) {
            run.remove_stale(&Layout::base_model(model.file_stem()))?;
        }
        run.write_table(BASE_LEARNING_CURVES, learning_curves(&last))?;
        let n_known = plan.last.known.iter().filter(|&&known| known).count();
        run.count("fitted_on", n_known);
        run.count("scored", n_scored);
        run.count("rounds", plan.out_of_fold.len());
        Ok(Summary {
            read: format!("{} ratings to fit on", grouped(n_known)),
            wrote: format!(
                "{} models and the out-of-fold scores of {} rows",
                setup.models.len(),
                grouped(n_scored)
            ),
        })
    }
}

/// The tags, where the data set has them.
fn read_tags(run: &mut Run) -> anyhow::Result<Vec<Tag>> {
    if !run.has(TAGS) {
        return Ok(Vec::new());
    }
    let rows: Vec<TagRow> = run.read_table(TAGS)?;
    Ok(rows.into_iter().map(Tag::from).collect())
}

fn learning_curves(last: &[(BaseModel, Fit)]) -> Vec<CurvePoint> {
    let points = |(model, fit): &(BaseModel, Fit)| {
        let point = |(epoch, &value): (usize, &f64)| CurvePoint {
            model: model.name().to_owned(),
            rows: "train".to_owned(),
            metric: "rmse".to_owned(),
            iteration: epoch as i32 + 1,
            value,
        };
        fit.learning_curve.iter().enumerate().map(point).collect::<Vec<_>>()
    };
    last.iter().flat_map(points).collect()
}

fn main() -> ExitCode {
    stage::main::<TrainBase>()
}
