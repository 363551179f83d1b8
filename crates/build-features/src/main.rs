//! Stage 3, `build-features`: turns base scores and statistics into feature tables.
//!
//! Reads the ratings and the catalogue of `split`, the base models and the out-of-fold scores of `train-base`; writes `meta_train.parquet`
//! and `test.parquet`, and `catalogue.parquet` where candidates come from the whole catalogue: keys, label, one column a feature.

mod catalogue;
mod forecast;
mod rated;

use std::ops::Range;
use std::process::ExitCode;

use anyhow::Context as _;
use artifacts::Error;
use artifacts::layout::Artifact;
use artifacts::layout::{
    CATALOGUE, ITEMS, META_TRAIN, OUT_OF_FOLD_CANDIDATES, OUT_OF_FOLD_SCORES, RATINGS, TEST,
};
use artifacts::table::{TableFile, TableWriter};
use artifacts::tables::{CandidateScoreRows, FeatureRows, ScoreRows, SplitRatings, Stored as _};
use dataset::{History, Items};
use rated::{Rated, Written};
use recommenders::{BaseModel, CandidateConfig, FittedModel};
use stacking::{BaseColumns, FeatureConfig, Method, Plan};
use stage::{Run, Stage, StageName, Summary, UsageError, grouped};

#[derive(Debug, clap::Args)]
struct Args {}

struct BuildFeatures;

impl Stage for BuildFeatures {
    const NAME: StageName = StageName::BuildFeatures;
    const ABOUT: &'static str = "Turns base scores and statistics into feature tables";
    type Config = FeatureConfig;
    type Args = Args;

    fn run(run: &mut Run, config: &FeatureConfig, _: &Args) -> anyhow::Result<Summary> {
        let setup = config.check().map_err(|error| UsageError(error.to_string()))?;
        run.require(&[StageName::Split, StageName::TrainBase])?;
        let names: Vec<String> = run.upstream_config(StageName::TrainBase, "models")?;
        let method: Method = run.upstream_config(StageName::Split, "stacking")?;
        let folds = run.upstream_config(StageName::Split, "folds")?;
        run.will_need(forecast::forecast(run, &setup, (method, folds), &names))?;
        let (split, items): (SplitRatings, Items) = run.read_both(RATINGS, ITEMS)?;
        let models = fitted::base_models(run, &names)?;
        let plan = Plan::new(method, &split.parts, &split.folds, stacking::n_folds(&split.folds))?;
        let known = || History::from_rows(&split.ratings, |row| plan.last.known[row]);
        let models = fitted::with_users(run, models, known)?;
        let candidates: CandidateConfig = run.upstream_config(StageName::TrainBase, "candidates")?;
        let kinds: Vec<BaseModel> = models.iter().map(FittedModel::kind).collect();
        let candidates = candidates.check(&kinds).context("the configuration of train-base")?;

        let progress = run.progress(2 + usize::from(candidates.is_some()));
        progress.step("features");
        let rated = Rated { setup: &setup, split: &split, items: &items };
        let (meta_train, catalogue);
        if let Some(candidates) = &candidates {
            let seed = run.upstream_seed(StageName::TrainBase)?;
            let scores: CandidateScoreRows = run.read_table(OUT_OF_FOLD_CANDIDATES)?;
            let names = (scores.names.as_slice(), scores.columns.as_slice());
            let base_of =
                |rows: &[usize]| base_columns(run, OUT_OF_FOLD_CANDIDATES, &kinds, names, Some(rows));
            let rows = catalogue::training_rows(
                &setup,
                (candidates, seed),
                &plan,
                &split,
                &items,
                &scores,
                base_of,
            )?;
            drop(scores);
            meta_train = Written {
                rows: rows.labels.len(),
                relevant: rows.labels.iter().filter(|&&label| label == 1).count(),
                features: rows.names.len(),
            };
            run.write_table(META_TRAIN, rows)?;
            progress.done();
            catalogue =
                Some(catalogue::test_rows(&setup, candidates, (method, &plan), &split, &items, &models)?);
            progress.done();
        } else {
            let file = run.open_table::<ScoreRows>(OUT_OF_FOLD_SCORES)?;
            let mut writer = run.begin_table::<FeatureRows>(META_TRAIN)?;
            meta_train = write_training(run, rated, &plan, &file, &kinds, &mut writer)?;
            run.end_table(META_TRAIN, writer)?;
            progress.done();
            catalogue = None;
        }
        let base =
            stacking::score_all(&models.iter().collect::<Vec<_>>(), &split.candidates(&plan.last.asked));
        let n_models = models.len();
        drop(models);
        let mut writer = run.begin_table::<FeatureRows>(TEST)?;
        let test = rated.write_test(&plan.last, base, &mut writer).context("the test rows")?;
        run.end_table(TEST, writer)?;
        progress.done();
        drop(progress);

        run.count("features", test.features);
        run.count("relevant_meta_train", meta_train.relevant);
        run.count("relevant_test", test.relevant);
        match catalogue {
            Some(catalogue) => {
                run.count("candidates", catalogue.proposed.iter().filter(|&&proposed| proposed).count());
                run.write_table(CATALOGUE, catalogue)?;
            }
            None => run.remove_stale(CATALOGUE.file)?,
        }
        Ok(Summary {
            read: format!("{n_models} models and {} ratings", grouped(split.ratings.len())),
            wrote: format!(
                "{} features of {} + {} rows",
                test.features,
                grouped(meta_train.rows),
                grouped(test.rows)
            ),
        })
    }
}

/// The rows that the meta-models are fitted on, with their out-of-fold scores from `file`.
fn write_training(
    run: &Run,
    rated: Rated<'_>,
    plan: &Plan,
    file: &TableFile,
    kinds: &[BaseModel],
    writer: &mut TableWriter,
) -> anyhow::Result<Written> {
    let meta_rows = plan.meta_rows();
    let mismatch = || {
        let problem = "its rows are not those that the split asks for".to_owned();
        run.corrupt(OUT_OF_FOLD_SCORES, problem)
    };
    if file.n_rows() != meta_rows.len() {
        return Err(mismatch().into());
    }
    let mut rows = meta_rows.iter();
    // Where there is no row, there is one piece of none.
    let mut cuts: Vec<Range<usize>> = file.cuts().collect();
    if cuts.is_empty() {
        cuts.push(0..0);
    }
    let pieces = cuts.into_iter().map(|groups| {
        let piece = file.read_groups(groups, |_| true).and_then(ScoreRows::from_table);
        let piece = piece.map_err(|problem| run.corrupt(OUT_OF_FOLD_SCORES, problem))?;
        let ratings = &rated.split.ratings;
        let is_row = |(user_id, item_id): (&i64, &i64)| {
            rows.next()
                .is_some_and(|&row| (ratings.user_ids[row], ratings.item_ids[row]) == (*user_id, *item_id))
        };
        if piece.user_ids.iter().zip(&piece.item_ids).all(is_row) {
            Ok(piece)
        } else {
            Err(mismatch().into())
        }
    });
    let base_of = |piece: &ScoreRows| {
        base_columns(run, OUT_OF_FOLD_SCORES, kinds, (&piece.names, &piece.columns), None)
    };
    rated.write_training((plan, &meta_rows), pieces, base_of, writer)
}

/// The out-of-fold scores of some rows, or of all, as columns of the models.
fn base_columns(
    run: &Run,
    artifact: Artifact,
    kinds: &[BaseModel],
    (names, columns): (&[String], &[Vec<f64>]),
    rows: Option<&[usize]>,
) -> anyhow::Result<BaseColumns> {
    let column = |name: &str| {
        let at = names.iter().position(|of| of == name);
        let at = at.ok_or_else(|| run.corrupt(artifact, format!("column `{name}` is missing")))?;
        Ok::<Vec<f64>, Error>(match rows {
            Some(rows) => rows.iter().map(|&row| columns[at][row]).collect(),
            None => columns[at].clone(),
        })
    };
    let mut base = BaseColumns::default();
    for &kind in kinds {
        let support = kind.support_column().map(column).transpose()?;
        base.push(kind, column(kind.column())?, support);
    }
    Ok(base)
}

fn main() -> ExitCode {
    stage::main::<BuildFeatures>()
}
