//! Stage 5, `evaluate`: scores the test rows with every model, measures, compares, draws.
//!
//! Reads `test.parquet` of `build-features` and the meta-models of `train-meta` (and, for the page, what the earlier stages say of
//! themselves); writes `scores.parquet`, `per_user.parquet`, `metrics.parquet`, `metrics.json` and the report.

mod compare;
mod config;
mod measure;
mod models;
mod page;
mod terminal;
mod trec;
mod verdict;

use std::process::ExitCode;

use artifacts::layout::{COMPARISONS, METRICS, METRICS_JSON, PER_USER, REPORT, REPORT_FOLDER, SCORES, TEST};
use artifacts::tables::{FeatureRows, ScoreRows};
use config::Config;
use measure::Measured;
use metrics::{Groups, ModelScores, TestRows};
use stage::{Run, Stage, StageName, Summary, grouped};

#[derive(Debug, clap::Args)]
struct Args {}

struct Evaluate;

impl Stage for Evaluate {
    const NAME: StageName = StageName::Evaluate;
    const ABOUT: &'static str = "Scores the test rows with every model, measures and draws";
    type Config = Config;
    type Args = Args;

    fn run(run: &mut Run, config: &Config, _: &Args) -> anyhow::Result<Summary> {
        let config = config.check(run.seed())?;
        run.require(&[
            StageName::Split,
            StageName::TrainBase,
            StageName::BuildFeatures,
            StageName::TrainMeta,
        ])?;
        let test: FeatureRows = run.read_table(TEST)?;
        let page_inputs = page::Inputs::read(run)?;
        let progress = run.progress(3);
        progress.step("scoring");
        let models = models::score_all(run, &test)?;
        progress.done();
        progress.step("measuring");
        let measured = Measured::new(&test, &models, &config)?;
        progress.done();

        run.count("models", models.len());
        run.count("users_evaluated", measured.per_user.user_ids().len());
        run.count("users_left_out", measured.per_user.n_left_out());
        let json = measured.to_json(run, &config)?;
        run.write_table(METRICS, measured.metric_rows())?;
        run.write_bytes(METRICS_JSON.file, &json)?;
        run.write_table(COMPARISONS, measured.comparison_rows())?;
        run.write_table(PER_USER, measured.per_user_rows())?;
        let n_rows = test.user_ids.len();
        run.write_table(SCORES, score_rows(&test, &models))?;
        run.remove_stale_folder(trec::FOLDER)?;
        if config.trec {
            write_trec(run, &test, &models)?;
        }

        progress.step("drawing");
        let data = page::data(run, page_inputs, &measured, &config);
        let report = report::render(&data)?;
        let mut files = vec![(REPORT.file.to_owned(), report.html.as_bytes())];
        for plot in &report.plots {
            let file = |ending: &str| format!("{REPORT_FOLDER}/{}.{ending}", plot.name);
            files.extend([(file("svg"), plot.svg.as_bytes()), (file("png"), plot.png.as_slice())]);
        }
        run.write_all_bytes(&files)?;
        drop(progress);

        if !run.quiet() {
            terminal::print(&measured, &config, &data.verdicts);
        }
        Ok(Summary {
            read: format!("{} test rows", grouped(n_rows)),
            wrote: format!("{} models' metrics and {}", models.len(), run.layout().path(REPORT).display()),
        })
    }
}

fn score_rows(test: &FeatureRows, models: &[models::Scored]) -> ScoreRows {
    ScoreRows {
        user_ids: test.user_ids.clone(),
        item_ids: test.item_ids.clone(),
        ratings: test.ratings.clone(),
        names: models.iter().map(|model| model.name.clone()).collect(),
        columns: models.iter().map(|model| model.scores.clone()).collect(),
    }
}

fn write_trec(run: &mut Run, test: &FeatureRows, models: &[models::Scored]) -> anyhow::Result<()> {
    let relevant: Vec<bool> = test.labels.iter().map(|&label| label == 1).collect();
    let stars: Vec<f64> = test.ratings.iter().map(|&rating| f64::from(rating)).collect();
    let groups = Groups::from_sorted(&test.user_ids)?;
    let rows = TestRows::new(&groups, &test.item_ids, &relevant, &stars)?;
    let scores: Vec<ModelScores<'_>> =
        models.iter().map(|model| ModelScores { name: &model.name, scores: &model.scores }).collect();
    let files = trec::files(measure::PROTOCOL, &rows, &scores);
    let files: Vec<(String, &[u8])> =
        files.iter().map(|(name, text)| (name.clone(), text.as_bytes())).collect();
    Ok(run.write_all_bytes(&files)?)
}

fn main() -> ExitCode {
    stage::main::<Evaluate>()
}
