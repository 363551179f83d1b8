//! The table of all trials, and the configuration files of the best.

use std::io::Write as _;

use artifacts::layout::SWEEP_TRIALS;
use artifacts::table::{Column, begin_parquet};
use artifacts::tables::SCHEMA_KEY;
use artifacts::{StageName, Table, atomic};
use reruns::config;
use serde_json::Value as Json;
use stage::Run;

use crate::base::Base;
use crate::confirm::Confirmation;
use crate::log::Trial;
use crate::space::{Range, Space};

/// A finished search.
pub struct Sweep<'a> {
    /// Its name.
    pub name: &'a str,
    /// What was searched.
    pub space: &'a Space,
    /// From which run.
    pub base: &'a Base,
    /// The preset as it is, and the others.
    pub trials: &'a [Trial],
    /// The best.
    pub best: &'a Trial,
    /// What that is worth.
    pub confirmed: &'a Confirmation,
}

/// The schema of `trials.parquet`; beside its fixed columns there is one for each key.
const SCHEMA: &str = "sweep.trials/1";

/// The metric at its cut, in the way of the tables: `ndcg@10`.
pub fn measure(space: &Space, base: &Base) -> String {
    base.k.map_or_else(|| space.metric.clone(), |k| format!("{}@{k}", space.metric))
}

/// A value as a person reads it: text without quotes.
pub fn text(value: Option<&Json>) -> String {
    match value {
        None => "-".to_owned(),
        Some(Json::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// Writes `trials.parquet` and the configuration files.
///
/// # Errors
/// Where one cannot be written.
pub fn write(run: &Run, sweep: &Sweep<'_>) -> anyhow::Result<()> {
    let provenance = run.provenance();
    let metadata = [
        (SCHEMA_KEY, SCHEMA),
        ("podium.version", env!("CARGO_PKG_VERSION")),
        ("podium.stage", "sweep"),
        ("podium.dataset", &provenance.dataset),
        ("podium.preset", &provenance.preset),
        ("podium.synthetic", if provenance.synthetic { "true" } else { "false" }),
    ];
    begin_parquet(&run.layout().sweep(sweep.name, SWEEP_TRIALS), table(sweep), &metadata)?.finish()?;
    let values = &sweep.best.values;
    for stage in StageName::TO_VERDICT {
        let toml = config::to_toml(stage, sweep.base.config_with(stage, sweep.space, values))?;
        let path = run.layout().sweep_config(sweep.name).join(format!("{}.toml", stage.name()));
        atomic::write(&path, |file| {
            writeln!(
                file,
                "# {}: trial {} of the sweep `{}` from the preset `{}` on {}, the best of {}.\n",
                stage.name(),
                sweep.best.number,
                sweep.name,
                provenance.preset,
                provenance.dataset,
                sweep.trials.len()
            )?;
            file.write_all(toml.as_bytes())
        })?;
    }
    Ok(())
}

fn table(sweep: &Sweep<'_>) -> Table {
    let trials = sweep.trials;
    let of_all = |text: &str| Column::from(vec![text.to_owned(); trials.len()]);
    let table = Table::new()
        .with("trial", trials.iter().map(|trial| trial.number as i32).collect::<Vec<_>>())
        .with("model", of_all(&sweep.space.model))
        .with("protocol", of_all(&sweep.base.protocol))
        .with("metric", of_all(&sweep.space.metric))
        .with("k", vec![sweep.base.k.map(|k| k as i32); trials.len()])
        .with("value", trials.iter().map(|trial| trial.value).collect::<Vec<_>>());
    let table = (0..sweep.space.splits as usize).fold(table, |table, split| {
        let of = |trial: &Trial| trial.of_splits.get(split).copied();
        table.with(format!("value_{}", split + 1), trials.iter().map(of).collect::<Vec<_>>())
    });
    let table = sweep.space.keys.iter().enumerate().fold(table, |table, (at, key)| {
        let values = || trials.iter().map(|trial| trial.values[at].as_ref());
        let column: Column = match &key.range {
            Range::Int { .. } => values().map(|value| value?.as_i64()).collect::<Vec<_>>().into(),
            Range::Float { .. } => values().map(|value| value?.as_f64()).collect::<Vec<_>>().into(),
            Range::Choice(_) => values().map(text).collect::<Vec<_>>().into(),
        };
        table.with(key.name(), column)
    });
    table
        .with("n_users", trials.iter().map(|trial| trial.n_users as i64).collect::<Vec<_>>())
        .with("cpu_seconds", trials.iter().map(|trial| trial.cpu_seconds).collect::<Vec<_>>())
        .with("wall_seconds", trials.iter().map(|trial| trial.wall_seconds).collect::<Vec<_>>())
        .with("problem", trials.iter().map(|trial| trial.problem.clone()).collect::<Vec<_>>())
}
