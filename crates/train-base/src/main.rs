//! Stage 2, `train-base`: fits the base recommenders.
//!
//! Reads the ratings, the catalogue and the tags of `split`; writes one model file a base recommender, the base scores of the rows that
//! the meta-models are fitted on (each by models that did not see the row), and the learning curves.

mod catalogue;

use std::process::ExitCode;

use anyhow::Context as _;
use artifacts::layout::{
    BASE_LEARNING_CURVES, ITEMS, OUT_OF_FOLD_CANDIDATES, OUT_OF_FOLD_SCORES, RATINGS, TAGS,
};
use artifacts::tables::{CurvePoint, ScoreRows, SplitRatings, TagRow};
use artifacts::{Layout, Schema};
use dataset::{History, Items, Tag};
use rayon::prelude::*;
use recommenders::{BaseConfig, BaseModel, Content};
use stacking::{BaseColumns, BaseSetup, Method, Plan, Round, Scored};
use stage::{Progress, Run, Stage, StageName, Summary, UsageError, grouped};

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
        let split: SplitRatings = run.read_table(RATINGS)?;
        let items: Items = run.read_table(ITEMS)?;
        let tags = read_tags(run)?;
        let content = Content { items: &items, tags: &tags };
        let method: Method = run.upstream_config(StageName::Split, "stacking")?;
        let plan = Plan::new(method, &split.parts, &split.folds, stacking::n_folds(&split.folds))?;

        let last;
        let n_scored;
        if let Some(candidates) = &candidates {
            let progress = run.progress(plan.out_of_fold.len() + setup.models.len());
            let rows =
                catalogue::out_of_fold(&setup, candidates, (method, &plan), &split, content, &progress)?;
            let final_alone = Plan { out_of_fold: Vec::new(), last: plan.last.clone() };
            last = fit_all(&setup, &final_alone, &split, content, &progress)?.pop();
            drop(progress);
            n_scored = rows.user_ids.len();
            run.remove_stale(OUT_OF_FOLD_SCORES.file)?;
            run.write_table(OUT_OF_FOLD_CANDIDATES, rows)?;
        } else {
            let progress = run.progress((plan.out_of_fold.len() + 1) * setup.models.len());
            let mut rounds = fit_all(&setup, &plan, &split, content, &progress)?;
            drop(progress);
            last = rounds.pop();
            let rows = plan.meta_rows();
            n_scored = rows.len();
            run.remove_stale(OUT_OF_FOLD_CANDIDATES.file)?;
            run.write_table(OUT_OF_FOLD_SCORES, out_of_fold(&split, &plan, &rows, rounds))?;
        }
        let last = last.context("a plan has a last round")?;

        for scored in &last {
            let schema = Schema { name: scored.model.schema(), version: scored.model.schema_version() };
            run.write_model(&Layout::base_model(scored.model.file_stem()), schema, &scored.fit.model)?;
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

/// Every model in every round, side by side: the out-of-fold rounds in their order, then the last. A round that sees the same ratings as the
/// last keeps its models for it.
fn fit_all(
    setup: &BaseSetup,
    plan: &Plan,
    split: &SplitRatings,
    content: Content<'_>,
    progress: &Progress,
) -> anyhow::Result<Vec<Vec<Scored>>> {
    let shared = plan.out_of_fold.iter().any(|round| round.known == plan.last.known);
    // The test rows are scored from the model files, by the next stage.
    let last = Round { asked: Vec::new(), ..plan.last.clone() };
    let rounds: Vec<&Round> = plan.out_of_fold.iter().chain((!shared).then_some(&last)).collect();
    let histories: Vec<History> =
        rounds.par_iter().map(|round| History::from_rows(&split.ratings, |row| round.known[row])).collect();
    let tasks: Vec<(usize, BaseModel)> =
        (0..rounds.len()).flat_map(|at| setup.models.iter().map(move |&model| (at, model))).collect();
    let scored: Vec<Scored> = tasks
        .into_par_iter()
        .with_max_len(1)
        .map(|(at, model)| {
            progress.step(format!("{}, {}", model.name(), rounds[at].name));
            let candidates = split.candidates(&rounds[at].asked);
            let scored = setup.fit_and_score(model, &rounds[at].name, &histories[at], content, &candidates);
            progress.done();
            scored
        })
        .collect::<Result<_, _>>()?;
    let mut scored = scored.into_iter();
    let mut by_round: Vec<Vec<Scored>> =
        rounds.iter().map(|_| scored.by_ref().take(setup.models.len()).collect()).collect();
    if shared {
        by_round.extend(by_round.last().cloned());
    }
    Ok(by_round)
}

fn learning_curves(last: &[Scored]) -> Vec<CurvePoint> {
    let points = |scored: &Scored| {
        let point = |(epoch, &value): (usize, &f64)| CurvePoint {
            model: scored.model.name().to_owned(),
            rows: "train".to_owned(),
            metric: "rmse".to_owned(),
            iteration: epoch as i32 + 1,
            value,
        };
        scored.fit.learning_curve.iter().enumerate().map(point).collect::<Vec<_>>()
    };
    last.iter().flat_map(points).collect()
}

/// The scores of all rounds as one table, in ascending order of the rows.
fn out_of_fold(split: &SplitRatings, plan: &Plan, rows: &[usize], rounds: Vec<Vec<Scored>>) -> ScoreRows {
    type Columns = Vec<(String, Vec<f64>)>;
    let rounds: Vec<(Vec<usize>, Columns)> = (plan.out_of_fold.iter().zip(rounds))
        .map(|(round, scored)| {
            let mut base = BaseColumns::default();
            for scored in scored {
                base.push(scored.model, scored.scores, scored.support);
            }
            let positions = round.asked.iter().filter_map(|row| rows.binary_search(row).ok());
            (positions.collect(), base.into_columns())
        })
        .collect();
    let names: Vec<String> =
        rounds.first().into_iter().flat_map(|(_, columns)| columns).map(|(name, _)| name.clone()).collect();
    let column = |at: usize| {
        let mut column = vec![f64::NAN; rows.len()];
        for (positions, columns) in &rounds {
            for (&position, &value) in positions.iter().zip(&columns[at].1) {
                column[position] = value;
            }
        }
        column
    };
    ScoreRows {
        user_ids: rows.iter().map(|&row| split.ratings.user_ids[row]).collect(),
        item_ids: rows.iter().map(|&row| split.ratings.item_ids[row]).collect(),
        ratings: rows.iter().map(|&row| split.ratings.values[row]).collect(),
        columns: (0..names.len()).into_par_iter().map(column).collect(),
        names,
    }
}

fn main() -> ExitCode {
    stage::main::<TrainBase>()
}
