//! Stage 5, `evaluate`: scores the test rows with every model, measures, compares, draws.
//!
//! Reads `test.parquet` of `build-features` and the meta-models of `train-meta` (and, for the page, what the earlier stages say of
//! themselves); writes `scores.parquet`, `per_user.parquet`, `metrics.parquet`, `metrics.json` and the report.

mod cold_start;
mod config;
mod duels;
mod fingerprint;
mod forecast;
mod inputs;
mod known;
mod measure;
mod models;
mod page;
mod per_user_table;
mod protocol;
mod rows;
mod scores_table;
mod shap;
mod terminal;
mod trec;
mod verdict;

use std::process::ExitCode;

use artifacts::Error;
use artifacts::layout::{
    CATALOGUE, CATALOGUE_SCORES, COLD_START, COMPARISONS, METRICS, METRICS_JSON, PER_USER, REPORT,
    REPORT_FOLDER, SCORES, TAGS, TEST,
};
use artifacts::table::TableFile;
use artifacts::tables::{CatalogueRows, ColdStartRow, FeatureRows, PerUserRow, Stored as _};
use config::{Checked, Config};
use inputs::Inputs;
use measure::Measured;
use metrics::{Groups, ModelScores, TestRows};
use models::Models;
use recommenders::{CandidateConfig, CandidatesFrom};
use report::{Explorer, Report};
use rows::Rows;
use shap::Sample;
use stage::{Progress, Run, Stage, StageName, Summary, UsageError, grouped};

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
        let method: String = run.upstream_config(StageName::Split, "method")?;
        for protocol in &config.protocols {
            protocol.check(&method)?;
        }
        let test_file = run.open_table::<FeatureRows>(TEST)?;
        run.will_need(forecast::forecast(run, test_file.n_rows(), &config))?;
        let test = read_keys(run, &test_file)?;
        let catalogue = read_catalogue(run, &config)?;
        let shown = page::sample(&test, run.seed());
        let inputs = Inputs::read(run, &shown, !config.cold_start.is_empty())?;
        let relevant_from: f64 = run.upstream_config(StageName::BuildFeatures, "relevant_from")?;
        let models = Models::read(run)?;
        let mut sample = Sample::draw(test.user_ids.len(), config.shap_rows, run.seed());

        let n_curve_points = if config.cold_start.is_empty() { 0 } else { config.cold_start.len() + 1 };
        let n_steps = 2 * config.protocols.len() + n_curve_points + 1;
        let progress = run.progress(n_steps);
        let mut all = Vec::new();
        let mut explorer = Explorer::default();
        let mut trec_files = Vec::new();
        run.remove_stale(SCORES.file)?;
        run.remove_stale(CATALOGUE_SCORES.file)?;
        for &protocol in &config.protocols {
            progress.step(format!("scoring, {}", protocol.name()));
            let rows = match &catalogue {
                Some(catalogue) if protocol.ranks_catalogue() => {
                    Rows::catalogue(protocol, catalogue.clone(), &test)
                }
                _ => Rows::rated(protocol, test.clone()),
            };
            let mut of_shown = Sample::of_users(&rows.features.user_ids, &shown);
            let scored = if protocol.ranks_catalogue() {
                of_shown.take(&rows.features);
                models.score(&rows)?
            } else {
                models.score_test(run, &rows, &test_file, [&mut sample, &mut of_shown])?
            };
            progress.done();
            progress.step(format!("measuring, {}", protocol.name()));
            let fingerprint = fingerprint::of(protocol, &inputs.known, relevant_from, config.ties_name);
            let mut table = scores_table::begin(run, protocol)?;
            let (measured, written) = rayon::join(
                || Measured::new(&rows, &scored, &inputs, fingerprint, &config),
                || scores_table::write(&mut table, &rows, &scored),
            );
            all.push(measured?);
            written?;
            run.end_table(scores_table::artifact(protocol), table)?;
            progress.done();
            if let [measured] = all.as_slice() {
                explorer = page::explorer(&rows, &scored, measured, &inputs, &config)?;
                if config.reasons {
                    page::say_why(run, &mut explorer, &models, &of_shown, &inputs)?;
                }
            }
            if config.trec {
                trec_files.extend(trec_of(&rows, &scored)?);
            }
        }
        write_trec(run, &trec_files)?;
        duels::correct(all.iter_mut().flat_map(|measured| &mut measured.duels));
        let Some(first) = all.first() else { return Err(UsageError("protocols is empty".to_owned()).into()) };

        let curves = cold_start_curves(run, &models, first, &inputs, &config, &progress)?;
        let explained = shap::told(run, &models, sample, &test_file)?;

        run.count("models", first.models.len());
        run.count("users_evaluated", first.per_user.user_ids().len());
        run.count("users_left_out", first.per_user.n_left_out());
        let json = measure::to_json(&all, run, &config)?;
        run.write_table(METRICS, all.iter().flat_map(Measured::metric_rows).collect::<Vec<_>>())?;
        run.write_bytes(METRICS_JSON.file, &json)?;
        run.write_table(COMPARISONS, all.iter().flat_map(Measured::comparison_rows).collect::<Vec<_>>())?;

        progress.step("drawing");
        let mut table = run.begin_table::<Vec<PerUserRow>>(PER_USER)?;
        let data = page::data(run, &inputs, &all, first, &curves, explorer, explained, &config);
        let (report, written) =
            rayon::join(|| report::render(&data), || per_user_table::write(&mut table, &all));
        written?;
        run.end_table(PER_USER, table)?;
        write_report(run, &report?)?;
        drop(progress);

        if !run.quiet() {
            terminal::print(&all, &config);
        }
        Ok(Summary {
            read: format!("{} test rows", grouped(test.user_ids.len())),
            wrote: format!(
                "{} models' metrics and {}",
                first.models.len(),
                run.layout().path(REPORT).display()
            ),
        })
    }
}

/// The cold-start curves, where they are asked for.
fn cold_start_curves(
    run: &mut Run,
    models: &Models,
    first: &Measured,
    inputs: &Inputs,
    config: &Checked,
    progress: &Progress,
) -> anyhow::Result<Vec<ColdStartRow>> {
    let Some(split) = &inputs.split else {
        run.remove_stale(COLD_START.file)?;
        return Ok(Vec::new());
    };
    let tags = if run.has(TAGS) { run.read_table(TAGS)? } else { Vec::new() };
    let setup = cold_start::Setup::read(run, split, tags)?;
    let curves = cold_start::curves(&setup, models, first, inputs, config, run.seed(), progress)?;
    run.write_table(COLD_START, curves.clone())?;
    Ok(curves)
}

/// The test rows without their features.
fn read_keys(run: &Run, test: &TableFile) -> Result<FeatureRows, Error> {
    const KEYS: [&str; 6] = ["user_id", "item_id", "timestamp", "fold", "rating", "label"];
    let mut keys = FeatureRows::default();
    for groups in test.cuts() {
        let piece = test.read_groups(groups, |name| KEYS.contains(&name)).and_then(FeatureRows::from_table);
        let piece = piece.map_err(|problem| run.corrupt(TEST, problem))?;
        keys.user_ids.extend(piece.user_ids);
        keys.item_ids.extend(piece.item_ids);
        keys.ratings.extend(piece.ratings);
        keys.labels.extend(piece.labels);
    }
    Ok(keys)
}

/// The candidates, where a protocol ranks the catalogue.
fn read_catalogue(run: &mut Run, config: &Checked) -> anyhow::Result<Option<CatalogueRows>> {
    let Some(protocol) = config.protocols.iter().find(|protocol| protocol.ranks_catalogue()) else {
        return Ok(None);
    };
    let candidates: CandidateConfig = run.upstream_config(StageName::TrainBase, "candidates")?;
    if candidates.from != CandidatesFrom::Catalogue {
        return Err(UsageError(format!(
            "protocols holds {}, which needs candidates: set candidates.from = \"catalogue\" in train-base.toml, or take PRESET=catalogue",
            protocol.name()
        ))
        .into());
    }
    if let Some(k) = config.ks.iter().find(|&&k| k as usize > candidates.base_depth) {
        return Err(UsageError(format!(
            "ks holds {k}, but the base models' rankings of the catalogue are kept to depth {}: raise candidates.base_depth in train-base.toml",
            candidates.base_depth
        ))
        .into());
    }
    Ok(Some(run.read_table(CATALOGUE)?))
}

fn write_report(run: &mut Run, report: &Report) -> Result<(), Error> {
    let rest = report::without_timings(&report.html);
    run.write_with_timings(REPORT.file, report.html.as_bytes(), rest.as_bytes())?;
    let mut files: Vec<(String, &[u8])> = Vec::new();
    for plot in &report.plots {
        let file = |ending: &str| format!("{REPORT_FOLDER}/{}.{ending}", plot.name);
        files.extend([(file("svg"), plot.svg.as_bytes()), (file("png"), plot.png.as_slice())]);
    }
    run.write_all_bytes(&files)
}

fn write_trec(run: &mut Run, files: &[(String, String)]) -> Result<(), Error> {
    run.remove_stale_folder(trec::FOLDER)?;
    let files: Vec<(String, &[u8])> =
        files.iter().map(|(name, text)| (name.clone(), text.as_bytes())).collect();
    run.write_all_bytes(&files)
}

fn trec_of(rows: &Rows, models: &[lineup::Scored]) -> anyhow::Result<Vec<(String, String)>> {
    let groups = Groups::from_sorted(&rows.user_ids)?;
    let test_rows = TestRows::new(&groups, &rows.item_ids, &rows.relevant, &rows.grades)?;
    let scores: Vec<ModelScores<'_>> =
        models.iter().map(|model| ModelScores { name: &model.name, scores: &model.scores }).collect();
    Ok(trec::files(rows.protocol.name(), &test_rows, &scores))
}

fn main() -> ExitCode {
    stage::main::<Evaluate>()
}
