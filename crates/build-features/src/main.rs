//! Stage 3, `build-features`: turns base scores and statistics into feature tables.
//!
//! Reads the ratings and the catalogue of `split`, the base models and the out-of-fold scores of `train-base`; writes `meta_train.parquet`
//! and `test.parquet`, and `catalogue.parquet` where candidates come from the whole catalogue: keys, label, one column a feature.

mod catalogue;

use std::process::ExitCode;

use anyhow::Context as _;
use artifacts::layout::Artifact;
use artifacts::layout::{
    CATALOGUE, ITEMS, META_TRAIN, OUT_OF_FOLD_CANDIDATES, OUT_OF_FOLD_SCORES, RATINGS, TEST,
};
use artifacts::tables::{CandidateScoreRows, FeatureRows, ScoreRows, SplitRatings};
use artifacts::{Error, Layout, Schema};
use dataset::Items;
use rayon::prelude::*;
use recommenders::{BaseModel, CandidateConfig, FittedModel};
use stacking::{BaseColumns, FeatureConfig, FeatureSetup, Method, Plan, Round};
use stage::{Run, Stage, StageName, Summary, UsageError, grouped};

#[derive(Debug, clap::Args)]
struct Args {}

struct BuildFeatures;

/// The features of some rows of the split.
struct Rows {
    of_split: Vec<usize>,
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

impl Stage for BuildFeatures {
    const NAME: StageName = StageName::BuildFeatures;
    const ABOUT: &'static str = "Turns base scores and statistics into feature tables";
    type Config = FeatureConfig;
    type Args = Args;

    fn run(run: &mut Run, config: &FeatureConfig, _: &Args) -> anyhow::Result<Summary> {
        let setup = config.check().map_err(|error| UsageError(error.to_string()))?;
        run.require(&[StageName::Split, StageName::TrainBase])?;
        let split: SplitRatings = run.read_table(RATINGS)?;
        let items: Items = run.read_table(ITEMS)?;
        let names: Vec<String> = run.upstream_config(StageName::TrainBase, "models")?;
        let models = read_models(run, &names)?;
        let method: Method = run.upstream_config(StageName::Split, "stacking")?;
        let plan = Plan::new(method, &split.parts, &split.folds, stacking::n_folds(&split.folds))?;
        let candidates: CandidateConfig = run.upstream_config(StageName::TrainBase, "candidates")?;
        let kinds: Vec<BaseModel> = models.iter().map(FittedModel::kind).collect();
        let candidates = candidates.check(&kinds).context("the configuration of train-base")?;

        let progress = run.progress(2 + usize::from(candidates.is_some()));
        progress.step("features");
        let rated_test =
            || test_rows(&setup, &plan.last, &split, &items, &models).inspect(|_| progress.done());
        let (meta_train, test, catalogue);
        if let Some(candidates) = &candidates {
            let seed = run.upstream_seed(StageName::TrainBase)?;
            let scores: CandidateScoreRows = run.read_table(OUT_OF_FOLD_CANDIDATES)?;
            let names = (scores.names.as_slice(), scores.columns.as_slice());
            let base_of = |rows: &[usize]| base_columns(run, OUT_OF_FOLD_CANDIDATES, &models, names, rows);
            meta_train = catalogue::training_rows(
                &setup,
                (candidates, seed),
                &plan,
                &split,
                &items,
                &scores,
                base_of,
            )?;
            progress.done();
            catalogue =
                Some(catalogue::test_rows(&setup, candidates, (method, &plan), &split, &items, &models)?);
            progress.done();
            test = table(&setup, &split, rated_test()?);
        } else {
            let scores: ScoreRows = run.read_table(OUT_OF_FOLD_SCORES)?;
            let meta_rows = plan.meta_rows();
            check_rows(run, &split, &meta_rows, &scores)?;
            let names = (scores.names.as_slice(), scores.columns.as_slice());
            let base_of = |rows: &[usize]| base_columns(run, OUT_OF_FOLD_SCORES, &models, names, rows);
            let (train_rows, rated) = rayon::join(
                || {
                    training_rows(&setup, &plan, &split, &items, &meta_rows, base_of)
                        .inspect(|_| progress.done())
                },
                rated_test,
            );
            meta_train = table(&setup, &split, train_rows?);
            test = table(&setup, &split, rated?);
            catalogue = None;
        }
        drop(progress);

        let n_features = test.names.len();
        let n_rows = (meta_train.labels.len(), test.labels.len());
        run.count("features", n_features);
        run.count("relevant_meta_train", meta_train.labels.iter().filter(|&&label| label == 1).count());
        run.count("relevant_test", test.labels.iter().filter(|&&label| label == 1).count());
        run.write_table(META_TRAIN, meta_train)?;
        run.write_table(TEST, test)?;
        match catalogue {
            Some(catalogue) => {
                run.count("candidates", catalogue.proposed.iter().filter(|&&proposed| proposed).count());
                run.write_table(CATALOGUE, catalogue)?;
            }
            None => run.remove_stale(CATALOGUE.file)?,
        }
        Ok(Summary {
            read: format!("{} models and {} ratings", models.len(), grouped(split.ratings.len())),
            wrote: format!("{n_features} features of {} + {} rows", grouped(n_rows.0), grouped(n_rows.1)),
        })
    }
}

fn read_models(run: &mut Run, names: &[String]) -> anyhow::Result<Vec<FittedModel>> {
    let kinds = BaseModel::ALL.into_iter().filter(|kind| names.iter().any(|name| name == kind.file_stem()));
    let file = |kind: BaseModel| {
        let schema = Schema { name: kind.schema(), version: kind.schema_version() };
        let check = move |model: &FittedModel| {
            model.validate().map_err(|error| error.to_string())?;
            if model.kind() == kind { Ok(()) } else { Err(format!("it holds a {}", model.kind().name())) }
        };
        (Layout::base_model(kind.file_stem()), schema, check)
    };
    Ok(run.read_models(StageName::TrainBase, kinds.map(file).collect())?)
}

fn corrupt(run: &Run, artifact: Artifact, problem: String) -> Error {
    let make_target = StageName::TrainBase.name().to_owned();
    Error::Corrupt { path: run.layout().path(artifact), problem, make_target }
}

/// The out-of-fold scores must be of the very rows that this split scores, in the same order.
fn check_rows(run: &Run, split: &SplitRatings, rows: &[usize], scores: &ScoreRows) -> Result<(), Error> {
    let of_split = rows.iter().map(|&row| (split.ratings.user_ids[row], split.ratings.item_ids[row]));
    let of_scores = scores.user_ids.iter().copied().zip(scores.item_ids.iter().copied());
    if of_split.eq(of_scores) {
        return Ok(());
    }
    Err(corrupt(run, OUT_OF_FOLD_SCORES, "its rows are not those that the split asks for".to_owned()))
}

/// The out-of-fold scores of some rows as columns of the models.
fn base_columns(
    run: &Run,
    artifact: Artifact,
    models: &[FittedModel],
    (names, columns): (&[String], &[Vec<f64>]),
    rows: &[usize],
) -> anyhow::Result<BaseColumns> {
    let column = |name: &str| {
        let at = names.iter().position(|of| of == name);
        let at = at.ok_or_else(|| corrupt(run, artifact, format!("column `{name}` is missing")))?;
        Ok::<_, Error>(rows.iter().map(|&row| columns[at][row]).collect())
    };
    let mut base = BaseColumns::default();
    for kind in models.iter().map(FittedModel::kind) {
        let support = kind.support_column().map(column).transpose()?;
        base.push(kind, column(kind.column())?, support);
    }
    Ok(base)
}

/// The rows that the meta-models are fitted on: each round's from what that round may see.
fn training_rows(
    setup: &FeatureSetup,
    plan: &Plan,
    split: &SplitRatings,
    items: &Items,
    meta_rows: &[usize],
    base_of: impl Fn(&[usize]) -> anyhow::Result<BaseColumns> + Sync,
) -> anyhow::Result<Rows> {
    let of_round = |round: &Round| {
        let positions: Vec<usize> =
            round.asked.iter().filter_map(|row| meta_rows.binary_search(row).ok()).collect();
        let candidates = split.candidates(&round.asked);
        let base = base_of(&positions)?;
        let table =
            stacking::features(setup, round, &split.ratings, &split.parts, items, &candidates, &base)?;
        anyhow::Ok((positions, table))
    };
    let rounds: Vec<_> = plan.out_of_fold.par_iter().map(of_round).collect::<Result<_, _>>()?;
    let names = rounds.first().map(|(_, table)| table.names.clone()).unwrap_or_default();
    let column = |at: usize| {
        let mut column = vec![f64::NAN; meta_rows.len()];
        for (positions, table) in &rounds {
            for (&position, &value) in positions.iter().zip(&table.columns[at]) {
                column[position] = value;
            }
        }
        column
    };
    let columns = (0..names.len()).into_par_iter().map(column).collect();
    Ok(Rows { of_split: meta_rows.to_vec(), names, columns })
}

fn test_rows(
    setup: &FeatureSetup,
    last: &Round,
    split: &SplitRatings,
    items: &Items,
    models: &[FittedModel],
) -> anyhow::Result<Rows> {
    let candidates = split.candidates(&last.asked);
    let base = stacking::score_all(&models.iter().collect::<Vec<_>>(), &candidates);
    let table = stacking::features(setup, last, &split.ratings, &split.parts, items, &candidates, &base)
        .context("the test rows")?;
    Ok(Rows { of_split: last.asked.clone(), names: table.names, columns: table.columns })
}

fn table(setup: &FeatureSetup, split: &SplitRatings, features: Rows) -> FeatureRows {
    let Rows { of_split: rows, names, columns } = features;
    let ratings: Vec<f32> = rows.iter().map(|&row| split.ratings.values[row]).collect();
    FeatureRows {
        user_ids: rows.iter().map(|&row| split.ratings.user_ids[row]).collect(),
        item_ids: rows.iter().map(|&row| split.ratings.item_ids[row]).collect(),
        timestamps: rows.iter().map(|&row| split.ratings.timestamps[row]).collect(),
        folds: rows.iter().map(|&row| split.folds[row]).collect(),
        labels: ratings.iter().map(|&rating| i8::from(setup.is_relevant(rating))).collect(),
        ratings,
        names,
        columns,
    }
}

fn main() -> ExitCode {
    stage::main::<BuildFeatures>()
}
