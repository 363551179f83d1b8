//! The numbers: every metric of every model.

use artifacts::tables::{ComparisonRow, FeatureRows, MetricRow, PerUserRow};
use metrics::pooled::{Calibration, auc_global, calibration, log_loss, mae, rmse};
use metrics::statistics::Interval;
use metrics::{Groups, ModelScores, PerUser, TestRows};
use report::ModelKind;
use serde_json::json;
use stage::Run;

use crate::compare::{self, Duel};
use crate::config::Checked;
use crate::models::{Scale, Scored};

/// The protocol of this stage: a user's ranking holds the items of the user's test ratings.
pub const PROTOCOL: &str = "rated";
/// Bins of equal mass that the expected calibration error is taken over.
const CALIBRATION_BINS: usize = 15;
/// All users, all items.
const SEGMENT: &str = "all";

/// What came of measuring.
pub struct Measured {
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
    /// Measures `models` on the test rows.
    ///
    /// # Errors
    /// Where the rows are not sorted by user, hold an item twice for one user, or a model has no score for a row.
    pub fn new(test: &FeatureRows, models: &[Scored], config: &Checked) -> anyhow::Result<Self> {
        let relevant: Vec<bool> = test.labels.iter().map(|&label| label == 1).collect();
        let stars: Vec<f64> = test.ratings.iter().map(|&rating| f64::from(rating)).collect();
        let groups = Groups::from_sorted(&test.user_ids)?;
        let rows = TestRows::new(&groups, &test.item_ids, &relevant, &stars)?;
        let scores: Vec<ModelScores<'_>> =
            models.iter().map(|model| ModelScores { name: &model.name, scores: &model.scores }).collect();
        let per_user = metrics::evaluate(&rows, &scores, &config.plan)?;

        let mut rows = Vec::new();
        let mut calibrations = Vec::new();
        let summaries = per_user.summaries();
        let intervals = config.bootstrap.summary_intervals(&per_user);
        for model in models {
            let mut push = |metric: &str,
                            k: Option<usize>,
                            value: Option<f64>,
                            interval: Option<Interval>,
                            n_users: usize| {
                rows.extend(value.map(|value| MetricRow {
                    model: model.name.clone(),
                    protocol: PROTOCOL.to_owned(),
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
            // These are taken over all test rows, and so over every user.
            push("auc_global", None, auc_global(&model.scores, &relevant), None, groups.len());
            match model.scale {
                Scale::Stars => {
                    push("rmse", None, rmse(&model.scores, &stars), None, groups.len());
                    push("mae", None, mae(&model.scores, &stars), None, groups.len());
                }
                Scale::Probability => {
                    let calibration = calibration(&model.scores, &relevant, CALIBRATION_BINS);
                    let error = calibration.as_ref().map(|calibration| calibration.expected_error);
                    calibrations.extend(calibration.map(|calibration| (model.name.clone(), calibration)));
                    push("log_loss", None, log_loss(&model.scores, &relevant), None, groups.len());
                    push("calibration_error", None, error, None, groups.len());
                }
                Scale::Order => {}
            }
        }
        let models: Vec<(String, ModelKind)> =
            models.iter().map(|model| (model.name.clone(), model.kind)).collect();
        let kinds: Vec<ModelKind> = models.iter().map(|(_, kind)| *kind).collect();
        let duels = compare::duels(&per_user, &kinds, config.report_k as usize, &config.bootstrap);
        Ok(Self { per_user, models, duels, calibrations, rows })
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
        };
        self.per_user.rows().map(row).collect()
    }

    /// The rows of `comparisons.parquet`.
    pub fn comparison_rows(&self) -> Vec<ComparisonRow> {
        let row = |duel: &Duel| ComparisonRow {
            model: duel.comparison.a.clone(),
            rival: duel.comparison.b.clone(),
            protocol: PROTOCOL.to_owned(),
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

    /// `metrics.json`: what the run is about, and the rows of `metrics.parquet`.
    ///
    /// # Errors
    /// Where the rows cannot be written as JSON, which does not happen with finite numbers.
    pub fn to_json(&self, run: &Run, config: &Checked) -> anyhow::Result<Vec<u8>> {
        let document = json!({
            "dataset": run.provenance().dataset,
            "synthetic": run.provenance().synthetic,
            "preset": run.provenance().preset,
            "version": env!("CARGO_PKG_VERSION"),
            "seed": run.seed(),
            "report_k": config.report_k,
            "ties": "smaller item_id first",
            "users_evaluated": self.per_user.user_ids().len(),
            "users_left_out": self.per_user.n_left_out(),
            "interval_level": config.bootstrap.level(),
            "resamples": config.bootstrap.n_resamples(),
            "comparisons": self.comparison_rows(),
            "metrics": self.rows,
        });
        let mut bytes = serde_json::to_vec_pretty(&document)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
