//! The raw scores of a finished run's test rows by each of its meta-models but the blend, as CSV on stdout: what exported models are compared with.
//!
//! Columns `user_id`, `item_id`, then one a model, named by its key. Every number has the digits that read back as the same f64.

use std::io::{BufWriter, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use artifacts::layout::{Layout, TEST};
use artifacts::tables::FeatureRows;
use artifacts::{Schema, StageName};
use clap::Parser as _;
use rankers::gbdt::GbdtModel;
use rankers::logistic::LogisticModel;
use rankers::{FeatureMatrix, Fitted, MetaModel};
use stage::{CommonArgs, Run};

/// Prints the raw scores of the test rows
#[derive(Debug, clap::Parser)]
struct Args {
    #[command(flatten)]
    common: CommonArgs,

    /// Take a feature's value away where row + column, both 0-based, is a multiple of this; 0 for nowhere
    #[arg(long, value_name = "N", default_value_t = 0)]
    missing_every: usize,
}

fn main() -> ExitCode {
    stage::tool("raw_scores", || {
        let args = Args::parse();
        let mut run = Run::reading(&args.common);
        run.require(&[StageName::BuildFeatures, StageName::TrainMeta])?;
        let mut table: FeatureRows = run.read_table(TEST)?;
        for (at, column) in table.columns.iter_mut().enumerate().filter(|_| args.missing_every > 0) {
            let gone = column.iter_mut().enumerate().filter(|(row, _)| (row + at) % args.missing_every == 0);
            gone.for_each(|(_, value)| *value = f64::NAN);
        }
        let features = FeatureMatrix::from_columns(table.names.into_iter().zip(table.columns).collect())?;
        let models: Vec<String> = run.upstream_config(StageName::TrainMeta, "models")?;
        let mut columns = Vec::new();
        for model in MetaModel::ALL.into_iter().filter(|model| models.iter().any(|key| key == model.key())) {
            if model != MetaModel::Blend {
                columns.push((model.key(), fitted(&mut run, model)?.raw_scores(&features)?));
            }
        }
        let mut out = BufWriter::new(std::io::stdout().lock());
        let names: Vec<&str> =
            ["user_id", "item_id"].into_iter().chain(columns.iter().map(|(key, _)| *key)).collect();
        writeln!(out, "{}", names.join(","))?;
        for (row, (user, item)) in table.user_ids.iter().zip(&table.item_ids).enumerate() {
            write!(out, "{user},{item}")?;
            for (_, scores) in &columns {
                write!(out, ",{:?}", scores[row])?;
            }
            writeln!(out)?;
        }
        out.flush().context("stdout")?;
        Ok(ExitCode::SUCCESS)
    })
}

fn fitted(run: &mut Run, model: MetaModel) -> anyhow::Result<Fitted> {
    let schema = Schema { name: model.schema(), version: model.schema_version() };
    let file = Layout::meta_model(model.key());
    Ok(match model.objective() {
        Some(_) => {
            Fitted::Booster(run.read_model(StageName::TrainMeta, &file, schema, GbdtModel::validate)?)
        }
        None => {
            Fitted::Logistic(run.read_model(StageName::TrainMeta, &file, schema, LogisticModel::validate)?)
        }
    })
}
