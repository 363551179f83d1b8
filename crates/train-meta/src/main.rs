//! Stage 4, `train-meta`: fits the meta-models.
//!
//! Reads `meta_train.parquet` of `build-features`; writes one model file a meta-model, the same for other tools, the calibrators, the
//! importances and the learning curves.

mod bins;
mod combine;
mod config;
mod export;
mod fit;
mod import;
mod records;
mod rows;
mod sample;

use std::process::ExitCode;

use artifacts::Schema;
use artifacts::layout::{CALIBRATION, IMPORTANCES, Layout, META_LEARNING_CURVES, META_TRAIN};
use combine::ValidationRows;
use config::{Checked, Config};
use fit::{Fit, Training};
use import::Import;
use rankers::calibration::SegmentCalibration;
use rankers::{Fitted, MetaModel};
use rows::Rows;
use stage::{Bytes, Run, Stage, StageName, Summary, UsageError, grouped};

#[derive(Debug, clap::Args)]
struct Args {
    /// A LightGBM text model that was trained elsewhere, in place of a booster: for example `gb=model.txt`. May be given several times
    #[arg(long, value_name = "KEY=FILE", value_parser = import::parse)]
    import: Vec<Import>,
}

struct TrainMeta;

/// The program and its threads.
const PROGRAM: u64 = 20_000_000;
/// Of a feature's value in one row: itself, its copy in a fold, its bin by row and by column in each of the two, and what the fits hold
/// beside that. Measured: 3.6 GB for 2,000,000 rows of 46 features.
const BYTES_PER_NUMBER: u64 = 40;

impl Stage for TrainMeta {
    const NAME: StageName = StageName::TrainMeta;
    const ABOUT: &'static str = "Fits the meta-models on the features of meta_train";
    type Config = Config;
    type Args = Args;

    fn run(run: &mut Run, config: &Config, args: &Args) -> anyhow::Result<Summary> {
        run.require(&[StageName::BuildFeatures])?;
        let config = config.check(run.upstream_config(StageName::BuildFeatures, "relevant_from")?)?;
        import::check(&args.import, &config)?;
        let n_rows = match config.max_rows as u64 {
            0 => run.upstream_rows(META_TRAIN),
            most => run.upstream_rows(META_TRAIN).min(most),
        };
        let n_numbers = n_rows * run.upstream_count(StageName::BuildFeatures, "features");
        run.will_need(Bytes(PROGRAM + n_numbers * BYTES_PER_NUMBER))?;
        let table = sample::read(run, config.max_rows)?;
        if config.models.contains(&MetaModel::GbRating) && table.ratings.iter().any(|stars| stars.is_nan()) {
            let problem = "models holds gb_rating, which predicts ratings, but the rows hold candidates that nobody rated: leave it out, or set candidates.from = \"rated\" in train-base.toml";
            return Err(UsageError(problem.to_owned()).into());
        }
        let imported = import::read(run, &args.import, &table.names)?;
        let rows = Rows::new(table, config.ranking_lists)?;
        let folds = rows.validation_folds(config.validation_folds)?;
        import::warn(run, &config, &args.import, &folds);

        let training = Training { rows: &rows, folds: &folds, imported: &imported, seed: run.seed() };
        let fits = fit_all(run, &config, &training)?;
        let validation = ValidationRows::new(&config, &rows, &folds)?;
        let calibration = match &config.calibration {
            Some(calibration) => Some(combine::calibrate(calibration, &rows, &validation, &fits)?),
            None => None,
        };

        write_models(run, &config, &fits)?;
        write_calibration(run, calibration.as_ref())?;
        if config.models.contains(&MetaModel::Blend) {
            let blend = combine::blend(&config, calibration.as_ref(), &validation, &fits)?;
            for (name, weight) in blend.names().iter().zip(blend.weights()) {
                run.count(&format!("blend_weight_of_{name}"), *weight);
            }
            run.write_model(&Layout::meta_model(MetaModel::Blend.key()), schema(MetaModel::Blend), &blend)?;
        }
        for model in MetaModel::ALL.iter().filter(|model| !config.models.contains(model)) {
            run.remove_stale(&Layout::meta_model(model.key()))?;
            export::remove(run, *model)?;
        }
        run.write_table(IMPORTANCES, records::importances(&fits, &rows.features))?;
        run.write_table(META_LEARNING_CURVES, records::learning_curves(&fits))?;
        run.count("rows", rows.labels.len());
        run.count("validation_rows", folds.iter().map(|fold| fold.positions.len()).sum::<usize>());
        run.count("features", rows.features.n_features());
        Ok(Summary {
            read: format!("{} rows of {} features", grouped(rows.labels.len()), rows.features.n_features()),
            wrote: config.models.iter().map(|model| model.name()).collect::<Vec<_>>().join(", "),
        })
    }
}

/// Every meta-model but the blend, side by side, in the order of the tables.
fn fit_all(run: &mut Run, config: &Checked, training: &Training<'_>) -> anyhow::Result<Vec<Fit>> {
    let n_models = config.models.iter().filter(|&&model| model != MetaModel::Blend).count();
    let progress = run.progress(n_models);
    let fits = fit::all(config, training, &progress)?;
    drop(progress);
    for fit in &fits {
        let key = fit.model.key();
        match &fit.fitted {
            Fitted::Logistic(logistic) => {
                let convergence = logistic.convergence();
                if !convergence.converged {
                    run.warn(&format!(
                        "{} did not reach the optimum in {} steps (largest partial derivative {:.1e}); raise logistic.max_iterations",
                        fit.model.name(),
                        convergence.iterations,
                        convergence.gradient_norm
                    ));
                }
                run.count(&format!("{key}_converged"), convergence.converged);
                run.count(&format!("{key}_iterations"), convergence.iterations);
            }
            Fitted::Booster(booster) => run.count(&format!("{key}_trees"), booster.trees().len()),
        }
    }
    Ok(fits)
}

fn write_models(run: &mut Run, config: &Checked, fits: &[Fit]) -> anyhow::Result<()> {
    for fit in fits {
        let file = Layout::meta_model(fit.model.key());
        match &fit.fitted {
            Fitted::Logistic(logistic) => run.write_model(&file, schema(fit.model), logistic)?,
            Fitted::Booster(booster) => run.write_model(&file, schema(fit.model), booster)?,
        }
        export::write(run, fit.model, &fit.fitted, &config.export)?;
    }
    Ok(())
}

fn write_calibration(run: &mut Run, calibration: Option<&SegmentCalibration>) -> anyhow::Result<()> {
    let Some(calibration) = calibration else { return Ok(run.remove_stale(CALIBRATION.file)?) };
    run.count("calibration_segments", calibration.n_segments());
    run.count("calibration_thin_segments", calibration.n_thin());
    let schema = Schema { name: SegmentCalibration::SCHEMA, version: SegmentCalibration::SCHEMA_VERSION };
    Ok(run.write_model(CALIBRATION.file, schema, calibration)?)
}

fn schema(model: MetaModel) -> Schema {
    Schema { name: model.schema(), version: model.schema_version() }
}

fn main() -> ExitCode {
    stage::main::<TrainMeta>()
}
