//! The numbers: every metric of every model.

use artifacts::tables::{FeatureRows, MetricRow, PerUserRow};
use metrics::pooled::{auc_global, log_loss, mae, rmse};
use metrics::{Groups, ModelScores, PerUser, TestRows};
use report::ModelKind;
use serde_json::json;
use stage::Run;

use crate::config::Checked;
use crate::models::{Scale, Scored};

/// The protocol of this stage: a user's ranking holds the items of the user's test ratings.
const PROTOCOL: &str = "rated";
/// All users, all items.
const SEGMENT: &str = "all";

/// What came of measuring.
pub struct Measured {
    /// Every ranking metric, user by user.
    pub per_user: PerUser,
    /// Names and kinds of the models, in the order of the tables.
    pub models: Vec<(String, ModelKind)>,
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
        let summaries = per_user.summaries();
        for model in models {
            let mut push = |metric: &str, k: Option<usize>, value: Option<f64>, n_users: usize| {
                rows.extend(value.map(|value| MetricRow {
                    model: model.name.clone(),
                    protocol: PROTOCOL.to_owned(),
                    segment: SEGMENT.to_owned(),
                    metric: metric.to_owned(),
                    k: k.map(|k| k as i32),
                    value,
                    ci_low: None,
                    ci_high: None,
                    n_users: n_users as i32,
                }));
            };
            for summary in summaries.iter().filter(|summary| summary.model == model.name) {
                push(summary.metric, summary.k, summary.mean, summary.n_users);
            }
            // These are taken over all test rows, and so over every user.
            push("auc_global", None, auc_global(&model.scores, &relevant), groups.len());
            match model.scale {
                Scale::Stars => {
                    push("rmse", None, rmse(&model.scores, &stars), groups.len());
                    push("mae", None, mae(&model.scores, &stars), groups.len());
                }
                Scale::Probability => push("log_loss", None, log_loss(&model.scores, &relevant), groups.len()),
                Scale::Order => {}
            }
        }
        let models = models.iter().map(|model| (model.name.clone(), model.kind)).collect();
        Ok(Self { per_user, models, rows })
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
            "metrics": self.rows,
        });
        let mut bytes = serde_json::to_vec_pretty(&document)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
