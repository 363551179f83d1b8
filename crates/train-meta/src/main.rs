//! Stage 4, `train-meta`: fits the meta-models.
//!
//! Reads `meta_train.parquet` of `build-features`; writes one model file a meta-model, the booster as LightGBM text, the
//! importances and the learning curves.

mod config;
mod held_out;
mod importances;

use std::process::ExitCode;

use anyhow::Context as _;
use artifacts::Schema;
use artifacts::layout::{GB, GB_LIGHTGBM, IMPORTANCES, LOGISTIC, META_LEARNING_CURVES, META_TRAIN};
use artifacts::tables::{CurvePoint, FeatureRows};
use config::{CheckedConfig, Config};
use dataset::rng;
use held_out::Rows;
use rankers::MetaModel;
use rankers::gbdt::{self, GbdtModel};
use rankers::logistic::{self, LogisticModel};
use stage::{Run, Stage, StageName, Summary, grouped};

#[derive(Debug, clap::Args)]
struct Args {}

struct TrainMeta;

impl Stage for TrainMeta {
    const NAME: StageName = StageName::TrainMeta;
    const ABOUT: &'static str = "Fits the meta-models on the features of meta_train";
    type Config = Config;
    type Args = Args;

    fn run(run: &mut Run, config: &Config, _: &Args) -> anyhow::Result<Summary> {
        let config = config.check()?;
        run.require(&[StageName::BuildFeatures])?;
        let table: FeatureRows = run.read_table(META_TRAIN)?;
        let rows = Rows::new(table.names, table.columns, &table.labels)?;

        let progress = run.progress(MetaModel::ALL.len());
        progress.step(MetaModel::Logistic.name());
        let (logistic, gb) =
            rayon::join(|| fit_logistic(&config, &rows), || fit_gb(&config, &rows, run.seed()));
        let (logistic, gb) = (logistic?, gb?);
        drop(progress);

        let convergence = logistic.convergence();
        if !convergence.converged {
            run.warn(&format!(
                "{} did not reach the optimum in {} steps (largest partial derivative {:.1e}); raise logistic.max_iterations",
                MetaModel::Logistic.name(),
                convergence.iterations,
                convergence.gradient_norm
            ));
        }
        run.count("rows", rows.labels.len());
        run.count("features", rows.features.n_features());
        run.count("logistic_converged", convergence.converged);
        run.count("logistic_iterations", convergence.iterations);
        run.count("gb_trees", gb.trees().len());
        run.write_model(LOGISTIC.file, schema(MetaModel::Logistic), &logistic)?;
        run.write_model(GB.file, schema(MetaModel::Gb), &gb)?;
        run.write_bytes(GB_LIGHTGBM.file, gb.to_lightgbm_text().as_bytes())?;
        run.write_table(IMPORTANCES, importances::rows(&logistic, &gb, &rows.features))?;
        run.write_table(META_LEARNING_CURVES, learning_curve(&gb))?;
        Ok(Summary {
            read: format!("{} rows of {} features", grouped(rows.labels.len()), rows.features.n_features()),
            wrote: format!(
                "{} ({} Newton steps) and {} ({} trees)",
                MetaModel::Logistic.name(),
                convergence.iterations,
                MetaModel::Gb.name(),
                gb.trees().len()
            ),
        })
    }
}

fn schema(model: MetaModel) -> Schema {
    Schema { name: model.schema(), version: model.schema_version() }
}

fn fit_logistic(config: &CheckedConfig, rows: &Rows) -> anyhow::Result<LogisticModel> {
    logistic::fit(&config.logistic, rows.labelled()).context(MetaModel::Logistic.name())
}

fn fit_gb(config: &CheckedConfig, rows: &Rows, seed: u64) -> anyhow::Result<GbdtModel> {
    let mut draws = rng::stream(seed, "train-meta/gb");
    let fitted = if config.held_out_fraction == 0.0 {
        gbdt::fit(&config.gb, rows.labelled(), None, &mut draws)
    } else {
        let mut choice = rng::stream(seed, "train-meta/gb/held-out");
        let (train, held_out) = rows.part(config.held_out_fraction, &mut choice)?;
        gbdt::fit(&config.gb, train.labelled(), Some(held_out.labelled()), &mut draws)
    };
    fitted.context(MetaModel::Gb.name())
}

fn learning_curve(gb: &GbdtModel) -> Vec<CurvePoint> {
    let curve = gb.learning_curve();
    let points = |rows: &'static str, values: &[f64]| {
        let point = |(tree, &value): (usize, &f64)| CurvePoint {
            model: MetaModel::Gb.name().to_owned(),
            rows: rows.to_owned(),
            metric: "log_loss".to_owned(),
            iteration: tree as i32 + 1,
            value,
        };
        values.iter().enumerate().map(point).collect::<Vec<_>>()
    };
    [points("train", &curve.train), points("held_out", &curve.held_out)].concat()
}

fn main() -> ExitCode {
    stage::main::<TrainMeta>()
}
