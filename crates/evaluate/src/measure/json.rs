//! `metrics.json`.

use artifacts::tables::{ComparisonRow, MetricRow};
use serde_json::json;
use stage::Run;

use super::Measured;
use crate::config::Checked;

/// `metrics.json`: what the run is about, and the rows of `metrics.parquet`.
///
/// # Errors
/// Where the rows cannot be written as JSON, which does not happen with finite numbers.
pub fn to_json(all: &[Measured], run: &Run, config: &Checked) -> anyhow::Result<Vec<u8>> {
    let of_protocol = |measured: &Measured| {
        json!({
            "protocol": measured.protocol.name(),
            "meaning": measured.protocol.meaning(),
            "fingerprint": measured.fingerprint.digest(),
            "fingerprint_of": measured.fingerprint,
            "candidate_recall": measured.candidate_recall(),
            "models": measured.models.iter().map(|(name, kind)| json!({"model": name, "kind": kind})).collect::<Vec<_>>(),
            "users_evaluated": measured.per_user.user_ids().len(),
            "users_left_out": measured.per_user.n_left_out(),
        })
    };
    let metrics: Vec<MetricRow> = all.iter().flat_map(Measured::metric_rows).collect();
    let comparisons: Vec<ComparisonRow> = all.iter().flat_map(Measured::comparison_rows).collect();
    let document = json!({
        "dataset": run.provenance().dataset,
        "synthetic": run.provenance().synthetic,
        "preset": run.provenance().preset,
        "version": env!("CARGO_PKG_VERSION"),
        "seed": run.seed(),
        "report_k": config.report_k,
        "ties": config.ties_name,
        "protocols": all.iter().map(of_protocol).collect::<Vec<_>>(),
        "users_evaluated": all.first().map(|measured| measured.per_user.user_ids().len()),
        "users_left_out": all.first().map(|measured| measured.per_user.n_left_out()),
        "interval_level": config.bootstrap.level(),
        "resamples": config.bootstrap.n_resamples(),
        "comparisons": comparisons,
        "metrics": metrics,
    });
    let mut bytes = serde_json::to_vec_pretty(&document)?;
    bytes.push(b'\n');
    Ok(bytes)
}
