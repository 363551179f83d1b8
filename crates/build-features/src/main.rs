//! Stage 3, `build-features`: turns base scores and statistics into feature tables.
//!
//! Reads the ratings of `split`, the base models and the out-of-fold scores of `train-base`; writes `meta_train.parquet` and
//! `test.parquet`: keys, label, one column a feature.

mod config;

use std::process::ExitCode;

use anyhow::Context as _;
use artifacts::layout::{META_TRAIN, OUT_OF_FOLD_SCORES, RATINGS, TEST};
use artifacts::tables::{FeatureRows, ScoreRows, SplitRatings};
use artifacts::{Error, Layout, Schema};
use config::Config;
use dataset::split::Part;
use features::{Batch, Column, Context, FeatureBuilder};
use rayon::prelude::*;
use recommenders::{BaseModel, FittedModel, Scorer as _};
use stage::{Run, Stage, StageName, Summary};

#[derive(Debug, clap::Args)]
struct Args {}

struct BuildFeatures;

impl Stage for BuildFeatures {
    const NAME: StageName = StageName::BuildFeatures;
    const ABOUT: &'static str = "Turns base scores and statistics into feature tables";
    type Config = Config;
    type Args = Args;

    fn run(run: &mut Run, config: &Config, _: &Args) -> anyhow::Result<Summary> {
        let groups = config.check()?;
        run.require(&[StageName::Split, StageName::TrainBase])?;
        let split: SplitRatings = run.read_table(RATINGS)?;
        let models = read_models(run)?;
        let out_of_fold: ScoreRows = run.read_table(OUT_OF_FOLD_SCORES)?;

        let meta_rows = split.rows_of(Part::MetaTrain);
        let test_rows = split.rows_of(Part::Test);
        check_keys(run, &split, &meta_rows, &out_of_fold)?;

        let progress = run.progress(3);
        progress.step("statistics");
        let history = split.history(|part| config.statistics_from.includes(part));
        let builder = FeatureBuilder::new(&groups, &Context { history: &history });
        progress.done();
        progress.step("features of meta_train");
        let meta_scores = columns(out_of_fold.names, out_of_fold.columns);
        let meta_train = feature_rows(&split, &meta_rows, &meta_scores, &builder, config)?;
        progress.done();
        progress.step("features of test");
        let test_scores = score(&models, &split, &test_rows);
        let test = feature_rows(&split, &test_rows, &test_scores, &builder, config)?;
        drop(progress);

        let n_features = test.names.len();
        run.count("features", n_features);
        run.count("relevant_meta_train", meta_train.labels.iter().filter(|&&label| label == 1).count());
        run.count("relevant_test", test.labels.iter().filter(|&&label| label == 1).count());
        run.write_table(META_TRAIN, meta_train)?;
        run.write_table(TEST, test)?;
        Ok(Summary {
            read: format!("{} models and {} ratings", models.len(), split.ratings.len()),
            wrote: format!("{n_features} features of {} + {} rows", meta_rows.len(), test_rows.len()),
        })
    }
}

fn read_models(run: &mut Run) -> Result<Vec<FittedModel>, Error> {
    let mut models = Vec::with_capacity(BaseModel::ALL.len());
    for kind in BaseModel::ALL {
        let schema = Schema { name: kind.schema(), version: kind.schema_version() };
        let check = |model: &FittedModel| {
            model.validate().map_err(|error| error.to_string())?;
            if model.kind() == kind { Ok(()) } else { Err(format!("it holds a {}", model.kind().name())) }
        };
        let file = Layout::base_model(kind.file_stem());
        models.push(run.read_model(StageName::TrainBase, &file, schema, check)?);
    }
    Ok(models)
}

/// The scores must be of the very rows that this split calls `meta_train`, in the same order.
fn check_keys(run: &Run, split: &SplitRatings, rows: &[usize], scores: &ScoreRows) -> Result<(), Error> {
    let of_split = rows.iter().map(|&row| (split.ratings.user_ids[row], split.ratings.item_ids[row]));
    let of_scores = scores.user_ids.iter().copied().zip(scores.item_ids.iter().copied());
    if of_split.eq(of_scores) {
        return Ok(());
    }
    Err(Error::Corrupt {
        path: run.layout().path(OUT_OF_FOLD_SCORES),
        problem: "its rows are not the meta_train rows of the split".to_owned(),
        make_target: StageName::TrainBase.name().to_owned(),
    })
}

fn columns(names: Vec<String>, values: Vec<Vec<f64>>) -> Vec<Column> {
    names.into_iter().zip(values).map(|(name, values)| Column { name, values }).collect()
}

fn score(models: &[FittedModel], split: &SplitRatings, rows: &[usize]) -> Vec<Column> {
    let candidates = split.candidates(rows);
    let column = |model: &FittedModel| Column {
        name: model.kind().column().to_owned(),
        values: model.scores(&candidates),
    };
    models.par_iter().map(column).collect()
}

fn feature_rows(
    split: &SplitRatings,
    rows: &[usize],
    base_scores: &[Column],
    builder: &FeatureBuilder,
    config: &Config,
) -> anyhow::Result<FeatureRows> {
    let candidates = split.candidates(rows);
    let batch = Batch::new(&candidates, base_scores).context("the base scores")?;
    let table = builder.compute(&batch)?;
    let ratings: Vec<f32> = rows.iter().map(|&row| split.ratings.values[row]).collect();
    Ok(FeatureRows {
        user_ids: candidates.iter().map(|candidate| candidate.user_id).collect(),
        item_ids: candidates.iter().map(|candidate| candidate.item_id).collect(),
        timestamps: candidates.iter().map(|candidate| candidate.at).collect(),
        labels: ratings.iter().map(|&rating| i8::from(f64::from(rating) >= config.relevant_from)).collect(),
        ratings,
        names: table.names,
        columns: table.columns,
    })
}

fn main() -> ExitCode {
    stage::main::<BuildFeatures>()
}
