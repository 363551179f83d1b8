//! The table as a picture.

use std::io::Write as _;

use artifacts::atomic;
use artifacts::layout::{ABLATION_PNG, ABLATION_SVG};
use report::{Contribution, ReportData};
use stage::Run;

use crate::configs::Configs;
use crate::outputs::{Part, Parts};
use crate::trials::METRIC;
use crate::variants::Change;

/// Writes `ablation.svg` and `ablation.png`.
///
/// # Errors
/// Where the picture cannot be drawn or written.
pub fn write(run: &Run, configs: &Configs, parts: &Parts) -> anyhow::Result<()> {
    let provenance = run.provenance();
    let data = ReportData {
        dataset: provenance.dataset.clone(),
        synthetic: provenance.synthetic,
        preset: provenance.preset.clone(),
        seed: run.seed(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        k: configs.k(),
        ..ReportData::default()
    };
    let contribution = |stack: &str, part: &Part| Contribution {
        stack: stack.to_owned(),
        part: part.variant.name.clone(),
        is_part: part.variant.change == Change::Without,
        metric: METRIC.to_owned(),
        adds: part.adds(),
        p_holm: part.effect.map_or(f64::NAN, |effect| effect.p_holm),
    };
    let contributions: Vec<Contribution> = parts
        .of_models
        .iter()
        .flat_map(|(stack, _, parts)| parts.iter().map(|part| contribution(stack, part)))
        .collect();
    let plot = report::contributions(&data, &contributions, configs.level())?;
    for (file, bytes) in [(ABLATION_SVG, plot.svg.as_bytes()), (ABLATION_PNG, &plot.png)] {
        atomic::write(&run.layout().ablation(file), |out| out.write_all(bytes))?;
    }
    Ok(())
}
