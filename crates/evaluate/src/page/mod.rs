//! What the page shows, gathered from the run and the earlier stages' artifacts.

mod explorer;
mod numbers;
mod why;

use std::collections::BTreeMap;

use artifacts::Manifest;
use artifacts::manifest::Timings;
use artifacts::tables::{ColdStartRow, CurvePoint, ImportanceRow};
use metrics::pooled::{Bin, Calibration};
use rankers::MetaModel;
use recommenders::BaseModel;
use report::{
    Command, Comparison, Counts, Explained, Explorer, Importances, LearningCurve, ModelRow, RatingCount,
    ReliabilityCurve, ReliabilityPoint, ReportData, Series, StageConfig, StageRun,
};
use serde_json::Value as Json;
use stage::{Run, StageName};

use crate::config::Checked;
use crate::duels::Duel;
use crate::inputs::Inputs;
use crate::known::Known;
use crate::measure::Measured;
use crate::per_user_table;
use crate::verdict;

/// The content of the page.
#[expect(clippy::too_many_arguments, reason = "the page shows all that there is")]
pub fn data(
    run: &Run,
    inputs: &Inputs,
    all: &[Measured],
    measured: &Measured,
    cold_start: &[ColdStartRow],
    explorer: Explorer,
    explained: Vec<Explained>,
    config: &Checked,
) -> ReportData {
    let provenance = run.provenance();
    let build_features = manifest(run, StageName::BuildFeatures);
    let relevance_threshold =
        build_features.config.get("relevant_from").and_then(Json::as_f64).unwrap_or(f64::NAN);
    ReportData {
        dataset: provenance.dataset.clone(),
        synthetic: provenance.synthetic,
        preset: provenance.preset.clone(),
        seed: run.seed(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        k: config.report_k,
        relevance_threshold,
        counts: counts(run, &inputs.known, measured, relevance_threshold),
        leak_note: leak_note(build_features),
        comparisons: all.iter().flat_map(|measured| comparisons(measured, config)).collect(),
        protocols: all.iter().map(numbers::protocol).collect(),
        segments: numbers::segments(all),
        measurements: all.iter().flat_map(numbers::measurements).collect(),
        cold_start: numbers::cold_start(cold_start, measured, config),
        distributions: numbers::distributions(measured, config),
        paired_distributions: numbers::paired_distributions(measured, config),
        explorer,
        reliability: reliability(measured),
        verdicts: verdict::sentences(&measured.duels),
        models: model_rows(measured, config.report_k),
        ratings: rating_counts(&inputs.known),
        importances: importances(&inputs.importances),
        explained,
        learning_curves: learning_curves(&inputs.curves),
        // The users' metrics are written while the page is drawn.
        stages: stage_runs(run, run.rows().1 + per_user_table::n_rows(all)),
        configs: run
            .upstream()
            .iter()
            .map(|manifest| stage_config(manifest.stage, &manifest.config))
            .chain([stage_config(StageName::Evaluate, run.config())])
            .collect(),
        rerun: rerun(run),
    }
}

pub use explorer::{explorer, sample};
pub use why::say_why;

/// The manifest of a stage that this one required.
fn manifest(run: &Run, stage: StageName) -> &Manifest {
    #[expect(clippy::expect_used, reason = "the stage has required it before it read anything")]
    run.upstream().iter().find(|manifest| manifest.stage == stage).expect("a required stage")
}

fn counts(run: &Run, known: &Known, measured: &Measured, threshold: f64) -> Counts {
    let split = manifest(run, StageName::Split);
    let count = |name: &str| split.counts.get(name).and_then(Json::as_u64).unwrap_or(0);
    let n_ratings: u64 = known.counts.iter().map(|(_, n)| n).sum();
    let relevant: u64 =
        known.counts.iter().filter(|(value, _)| f64::from(*value) >= threshold).map(|(_, n)| n).sum();
    Counts {
        users: count("users"),
        items: count("items_rated"),
        ratings: count("ratings"),
        base_train: count("base_train"),
        meta_train: count("meta_train"),
        test: count("test"),
        relevant_share: relevant as f64 / n_ratings as f64,
        users_evaluated: measured.per_user.user_ids().len() as u64,
        users_left_out: measured.per_user.n_left_out() as u64,
    }
}

fn leak_note(build_features: &Manifest) -> Option<String> {
    let leaks = build_features.config.get("statistics_from").and_then(Json::as_str) == Some("training");
    leaks.then(|| {
        "The user and item statistics of each meta_train row were taken over ratings that include the row's own: its label leaks \
         into its features, and the meta-models learn to trust statistics that tell them less on test rows. This preset is \
         kept as the baseline to reproduce and to beat; the default preset does not leak. METHODOLOGY.md says what the leak costs."
            .to_owned()
    })
}

fn comparisons(measured: &Measured, config: &Checked) -> Vec<Comparison> {
    let comparison = |duel: &Duel| Comparison {
        stack: duel.comparison.a.clone(),
        rival: duel.comparison.b.clone(),
        role: verdict::role(duel.role).to_owned(),
        protocol: measured.protocol.name().to_owned(),
        metric: duel.comparison.metric.to_owned(),
        difference: duel.comparison.difference,
        low: duel.comparison.low,
        high: duel.comparison.high,
        level: config.bootstrap.level(),
        p_holm: duel.comparison.p_holm,
        sentence: verdict::sentence(duel),
    };
    measured.duels.iter().map(comparison).collect()
}

fn reliability(measured: &Measured) -> Vec<ReliabilityCurve> {
    let point = |bin: &Bin| ReliabilityPoint {
        predicted: bin.mean_probability,
        relevant: bin.share_relevant,
        count: bin.n as u64,
    };
    let curve = |(model, calibration): &(String, Calibration)| ReliabilityCurve {
        model: model.clone(),
        ece: calibration.expected_error,
        points: calibration.bins.iter().map(point).collect(),
    };
    measured.calibrations.iter().map(curve).collect()
}

fn model_rows(measured: &Measured, k: u32) -> Vec<ModelRow> {
    const SHOWN: [&str; 7] = ["ndcg", "hit_rate", "precision", "recall", "map", "mrr", "rmse"];
    let row = |(name, kind): &(String, lineup::ModelKind)| {
        let value = |metric: &&str| ((*metric).to_owned(), measured.value(name, metric, k));
        let metrics: BTreeMap<String, Option<f64>> = SHOWN.iter().map(value).collect();
        ModelRow { model: name.clone(), kind: shown(*kind), metrics }
    };
    measured.models.iter().map(row).collect()
}

/// The kind as the page has it.
fn shown(kind: lineup::ModelKind) -> report::ModelKind {
    match kind {
        lineup::ModelKind::Base => report::ModelKind::Base,
        lineup::ModelKind::Average => report::ModelKind::Average,
        lineup::ModelKind::Meta => report::ModelKind::Meta,
        lineup::ModelKind::Yardstick => report::ModelKind::Yardstick,
    }
}

fn rating_counts(known: &Known) -> Vec<RatingCount> {
    let count = |&(value, count): &(f32, u64)| RatingCount { value: f64::from(value), count };
    known.counts.iter().map(count).collect()
}

fn importances(rows: &[ImportanceRow]) -> Vec<Importances> {
    let of = |model: MetaModel, kind: &str, measure: &str| Importances {
        model: model.name().to_owned(),
        measure: measure.to_owned(),
        features: rows
            .iter()
            .filter(|row| row.model == model.name() && row.kind == kind)
            .map(|row| (row.feature.clone(), row.value))
            .collect(),
    };
    let gain = |model: MetaModel| of(model, "gain", "share of gain");
    let coefficient =
        |model: MetaModel| of(model, "coefficient", "change of the log-odds for one standard deviation");
    let boosters = MetaModel::ALL.into_iter().filter(|model| model.objective().is_some());
    boosters
        .map(gain)
        .chain([coefficient(MetaModel::Logistic)])
        .filter(|importances| !importances.features.is_empty())
        .collect()
}

fn learning_curves(points: &[CurvePoint]) -> Vec<LearningCurve> {
    let curve = |key: &str, model: &str, x_label: &str, y_label: &str, train: &str, held_out: &str| {
        let series = |rows: &str, name: &str, is_held_out: bool| Series {
            name: name.to_owned(),
            held_out: is_held_out,
            points: points
                .iter()
                .filter(|point| point.model == model && point.rows == rows)
                .map(|point| (f64::from(point.iteration), point.value))
                .collect(),
        };
        let series = [series("train", train, false), series("held_out", held_out, true)];
        LearningCurve {
            key: key.to_owned(),
            model: model.to_owned(),
            x_label: x_label.to_owned(),
            y_label: y_label.to_owned(),
            series: series.into_iter().filter(|series| !series.points.is_empty()).collect(),
            lower_is_better: true,
        }
    };
    let curves = [
        curve("mf", BaseModel::Mf.name(), "epoch", "RMSE", "training ratings", "held out"),
        curve("svdpp", BaseModel::Svdpp.name(), "epoch", "RMSE", "training ratings", "held out"),
    ];
    let boosters = MetaModel::ALL.into_iter().filter_map(|model| Some((model, model.objective()?)));
    let boosters = boosters.map(|(model, objective)| {
        let loss = objective.loss_name().replace('_', " ");
        curve(model.key(), model.name(), "trees", &loss, "training rows", "validation fold")
    });
    curves.into_iter().chain(boosters).filter(|curve| !curve.series.is_empty()).collect()
}

fn stage_runs(run: &Run, rows_written: u64) -> Vec<StageRun> {
    let stage_run = |stage: StageName, version: &str, timings: Timings, rows: (u64, u64)| StageRun {
        stage: stage.name().to_owned(),
        version: version.to_owned(),
        wall_seconds: timings.wall_seconds,
        peak_memory_bytes: Some(timings.peak_memory_bytes).filter(|&bytes| bytes > 0),
        rows_read: rows.0,
        rows_written: rows.1,
    };
    let earlier = run.upstream().iter().map(|manifest| {
        let read = manifest.inputs.iter().filter_map(|input| input.rows).sum();
        let written = manifest.outputs.iter().filter_map(|output| output.rows).sum();
        stage_run(manifest.stage, &manifest.version, manifest.timings, (read, written))
    });
    let this = stage_run(
        StageName::Evaluate,
        env!("CARGO_PKG_VERSION"),
        run.timings(),
        (run.rows().0, rows_written),
    );
    earlier.chain([this]).collect()
}

fn stage_config(stage: StageName, config: &Json) -> StageConfig {
    let toml = toml::to_string(config).unwrap_or_else(|_| config.to_string());
    StageConfig { stage: stage.name().to_owned(), toml }
}

fn rerun(run: &Run) -> Vec<Command> {
    let provenance = run.provenance();
    let variables =
        format!("PRESET={} DATASET={} SEED={}", provenance.preset, provenance.dataset, run.seed());
    let command = |purpose: &str, command: String| Command { purpose: purpose.to_owned(), command };
    vec![
        command("Bring everything up to date", format!("make all {variables}")),
        command(
            "Change a hyper-parameter of the meta-models; what does not depend on it is not run again",
            format!("$EDITOR config/{}/train-meta.toml && make all {variables}", provenance.preset),
        ),
    ]
}
