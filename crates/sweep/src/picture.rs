//! The search as a picture: how the best rose, and the metric against each key.

use std::io::Write as _;

use artifacts::atomic;
use artifacts::layout::{SWEEP_PNG, SWEEP_SVG};
use report::{ReportData, Search, SearchAxis};
use serde_json::Value as Json;
use stage::Run;

use crate::outputs::{Sweep, text};
use crate::space::{Key, Range};

/// Writes `sweep.svg` and `sweep.png`.
///
/// # Errors
/// Where the picture cannot be drawn or written.
pub fn write(run: &Run, sweep: &Sweep<'_>) -> anyhow::Result<()> {
    let provenance = run.provenance();
    let data = ReportData {
        dataset: provenance.dataset.clone(),
        synthetic: provenance.synthetic,
        preset: provenance.preset.clone(),
        seed: run.seed(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        k: sweep.base.k.unwrap_or(0),
        ..ReportData::default()
    };
    let search = Search {
        name: sweep.name.to_owned(),
        model: sweep.space.model.clone(),
        metric: sweep.space.metric.clone(),
        k: sweep.base.k,
        splits: sweep.space.splits,
        values: sweep.trials.iter().map(|trial| trial.value).collect(),
        best: sweep.best.number as usize,
        axes: sweep.space.keys.iter().enumerate().map(|(at, key)| axis(sweep, at, key)).collect(),
    };
    let plot = report::search(&data, &search)?;
    for (file, bytes) in [(SWEEP_SVG, plot.svg.as_bytes()), (SWEEP_PNG, &plot.png)] {
        atomic::write(&run.layout().sweep(sweep.name, file), |out| out.write_all(bytes))?;
    }
    Ok(())
}

fn axis(sweep: &Sweep<'_>, at: usize, key: &Key) -> SearchAxis {
    let (is_log, names) = match &key.range {
        Range::Int { log, .. } | Range::Float { log, .. } => (*log, Vec::new()),
        Range::Choice(values) => (false, values.iter().map(|value| text(Some(value))).collect()),
    };
    let place = |value: &Json| match &key.range {
        Range::Choice(values) => values.iter().position(|one| one == value).map(|at| at as f64),
        _ => value.as_f64(),
    };
    SearchAxis {
        key: key.name(),
        is_log,
        names,
        values: sweep.trials.iter().map(|trial| trial.values[at].as_ref().and_then(place)).collect(),
    }
}
