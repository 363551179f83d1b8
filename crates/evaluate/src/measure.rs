//! The numbers of one protocol: every metric of every model.

use artifacts::tables::{ComparisonRow, MetricRow, PerUserRow};
use metrics::pooled::{Calibration, auc_global, calibration, log_loss, mae, rmse};
use metrics::statistics::Interval;
use metrics::{Groups, ModelScores, PerUser, TestRows};
use report::ModelKind;
use serde_json::json;
use stage::Run;

use crate::config::Checked;
use crate::duels::{self, Duel};
use crate::models::{Scale, Scored};
use crate::protocol::Protocol;
use crate::rows::Rows;

/// Bins of equal mass that the expected calibration error is taken over.
const CALIBRATION_BINS: usize = 15;
/// All users, all items.
const SEGMENT: &str = "all";

/// What came of measuring.
pub struct Measured {
    /// Which rows a user's ranking holds.
    pub protocol: Protocol,
    /// Every ranking metric, user by user.
    pub per_user: PerUser,
    /// Names and kinds of the models, in the order of the tables.
    pub models: Vec<(String, ModelKind)>,
    /// Each stack against its rivals.
    pub duels: Vec<Duel>,
    /// How well each model's probabilities are calibrated.
    pub calibrations: Vec<(String, Calibration)>,
    rows: Vec<MetricRow>,
}

impl Measured {
    /// Measures `models` on `rows`.
    ///
    /// # Errors
    /// Where the rows are not sorted by user, hold an item twice for one user, or a model has no score for a row.
    pub fn new(rows: &Rows, models: &[Scored], config: &Checked) -> anyhow::Result<Self> {
        let protocol = rows.protocol;
        let (relevant, stars) = (&rows.relevant, &rows.stars);
        let groups = Groups::from_sorted(&rows.user_ids)?;
        let test_rows = TestRows::new(&groups, &rows.item_ids, relevant, &rows.grades)?;
        let plan = if protocol.ranks_catalogue() { &config.catalogue_plan } else { &config.rated_plan };
        let scores: Vec<ModelScores<'_>> =
            models.iter().map(|model| ModelScores { name: &model.name, scores: &model.scores }).collect();
        let per_user = metrics::evaluate(&test_rows, &scores, plan)?;

        let mut metric_rows = Vec::new();
        let mut calibrations = Vec::new();
        let summaries = per_user.summaries();
        let intervals = config.bootstrap.summary_intervals(&per_user);
        for model in models {
            let mut push = |metric: &str,
                            k: Option<usize>,
                            value: Option<f64>,
                            interval: Option<Interval>,
                            n_users: usize| {
                metric_rows.extend(value.map(|value| MetricRow {
                    model: model.name.clone(),
                    protocol: protocol.name().to_owned(),
                    segment: SEGMENT.to_owned(),
                    metric: metric.to_owned(),
                    k: k.map(|k| k as i32),
                    value,
                    ci_low: interval.map(|interval| interval.low),
                    ci_high: interval.map(|interval| interval.high),
                    n_users: n_users as i32,
                }));
            };
            for (summary, interval) in
                summaries.iter().zip(&intervals).filter(|(row, _)| row.model == model.name)
            {
                push(summary.metric, summary.k, summary.mean, *interval, summary.n_users);
            }
            // These are taken over all rows that the model ranks, and so over every user.
            let (scores, labels): (Vec<f64>, Vec<bool>) = model
                .scores
                .iter()
                .zip(relevant)
                .filter(|(score, _)| !score.is_nan())
                .map(|(&score, &label)| (score, label))
                .unzip();
            if !protocol.ranks_catalogue() {
                push("auc_global", None, auc_global(&scores, &labels), None, groups.len());
            }
            match model.scale {
                // Of unrated items there is no rating to err from.
                Scale::Stars if !protocol.ranks_catalogue() => {
                    push("rmse", None, rmse(&scores, stars), None, groups.len());
                    push("mae", None, mae(&scores, stars), None, groups.len());
                }
                Scale::Probability => {
                    let calibration = calibration(&scores, &labels, CALIBRATION_BINS);
                    let error = calibration.as_ref().map(|calibration| calibration.expected_error);
                    calibrations.extend(calibration.map(|calibration| (model.name.clone(), calibration)));
                    push("log_loss", None, log_loss(&scores, &labels), None, groups.len());
                    push("calibration_error", None, error, None, groups.len());
                }
                Scale::Stars | Scale::Order => {}
            }
        }
        let models: Vec<(String, ModelKind)> =
            models.iter().map(|model| (model.name.clone(), model.kind)).collect();
        let kinds: Vec<ModelKind> = models.iter().map(|(_, kind)| *kind).collect();
        let duels = duels::duels(&per_user, &kinds, config.report_k as usize, &config.bootstrap);
        Ok(Self { protocol, per_user, models, duels, calibrations, rows: metric_rows })
    }

    /// The rows of `metrics.parquet`.
    pub fn metric_rows(&self) -> Vec<MetricRow> {
        self.rows.clone()
    }

    /// The metrics of `model` that a comparison at the cut `k` shows: those without a cut and those at `k`.
    pub fn at(&self, model: &str, k: u32) -> impl Iterator<Item = (&str, f64)> {
        let shown = move |row: &&MetricRow| row.model == model && row.k.is_none_or(|cut| cut == k as i32);
        self.rows.iter().filter(shown).map(|row| (row.metric.as_str(), row.value))
    }

    /// One metric of `model` at the cut `k`.
    pub fn value(&self, model: &str, metric: &str, k: u32) -> Option<f64> {
        self.at(model, k).find(|(name, _)| *name == metric).map(|(_, value)| value)
    }

    /// The rows of `per_user.parquet`.
    pub fn per_user_rows(&self) -> Vec<PerUserRow> {
        let row = |value: metrics::PerUserValue<'_>| PerUserRow {
            model: value.model.to_owned(),
            user_id: value.user_id,
            metric: value.metric.to_owned(),
            k: value.k.map(|k| k as i32),
            value: value.value,
            protocol: self.protocol.name().to_owned(),
        };
        self.per_user.rows().map(row).collect()
    }

    /// The rows of `comparisons.parquet`.
    pub fn comparison_rows(&self) -> Vec<ComparisonRow> {
        let row = |duel: &Duel| ComparisonRow {
            model: duel.comparison.a.clone(),
            rival: duel.comparison.b.clone(),
            protocol: self.protocol.name().to_owned(),
            metric: duel.comparison.metric.to_owned(),
            k: duel.comparison.k.map(|k| k as i32),
            difference: duel.comparison.difference,
            ci_low: duel.comparison.low,
            ci_high: duel.comparison.high,
            p: duel.comparison.p,
            p_holm: duel.comparison.p_holm,
            n_users: duel.comparison.n_users as i32,
        };
        self.duels.iter().map(row).collect()
    }
}

/// `metrics.json`: what the run is about, and the rows of `metrics.parquet`.
///
/// # Errors
/// Where the rows cannot be written as JSON, which does not happen with finite numbers.
pub fn to_json(all: &[Measured], run: &Run, config: &Checked) -> anyhow::Result<Vec<u8>> {
    let of_protocol = |measured: &Measured| {
        json!({
            "protocol": measured.protocol.name(),
            "meaning": measured.protocol.meaning(),
            "users_evaluated": measured.per_user.user_ids().len(),
            "users_left_out": measured.per_user.n_left_out(),
        })
    };
    let metrics: Vec<&MetricRow> = all.iter().flat_map(|measured| &measured.rows).collect();
    let comparisons: Vec<ComparisonRow> = all.iter().flat_map(Measured::comparison_rows).collect();
    let document = json!({
        "dataset": run.provenance().dataset,
        "synthetic": run.provenance().synthetic,
        "preset": run.provenance().preset,
        "version": env!("CARGO_PKG_VERSION"),
        "seed": run.seed(),
        "report_k": config.report_k,
        "ties": "smaller item_id first",
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
