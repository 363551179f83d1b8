//! The numbers of one protocol: every metric of every model.

mod beyond_accuracy;
mod json;
mod pooled;
mod segments;

use artifacts::Fingerprint;
use artifacts::tables::{ComparisonRow, MetricRow};
use lineup::ModelKind;
use metrics::pooled::Calibration;
use metrics::statistics::{Interval, UserSample};
use metrics::{Groups, ModelScores, PerUser, TestRows};

use crate::config::Checked;
use crate::duels::{self, Duel};
use crate::inputs::Inputs;
use crate::protocol::Protocol;
use crate::rows::{RankedBy, Rows};
use lineup::Scored;

pub use json::to_json;
pub use segments::Segmentation;

/// The segment of all users and all items.
pub const ALL: &str = "all";
/// The name under which the candidates' recall stands among the models.
const CANDIDATES: &str = "Candidates";

/// One number of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// The model's name.
    pub model: String,
    /// Of which users and items.
    pub segment: String,
    /// The metric's name.
    pub metric: String,
    /// Its cut, where it has one.
    pub k: Option<usize>,
    /// The number; `None` where it is not defined.
    pub value: Option<f64>,
    /// Its interval over users, where it has one.
    pub interval: Option<Interval>,
    /// Over how many users.
    pub n_users: usize,
}

impl Number {
    /// The mean of the users' values that are defined.
    fn mean(model: &str, segment: &str, metric: &str, k: Option<usize>, values: &[Option<f64>]) -> Self {
        let (n_users, total) =
            values.iter().flatten().fold((0, 0.0), |(n, total), value| (n + 1, total + value));
        Self {
            model: model.to_owned(),
            segment: segment.to_owned(),
            metric: metric.to_owned(),
            k,
            value: (n_users > 0).then(|| total / n_users as f64),
            interval: None,
            n_users,
        }
    }
}

/// What came of measuring.
pub struct Measured {
    /// Which rows a user's ranking holds.
    pub protocol: Protocol,
    /// What the numbers depend on besides the models.
    pub fingerprint: Fingerprint,
    /// Every ranking metric, user by user.
    pub per_user: PerUser,
    /// Names and kinds of the models, in the order of the tables.
    pub models: Vec<(String, ModelKind)>,
    /// Each stack against its rivals.
    pub duels: Vec<Duel>,
    /// How well each model's probabilities are calibrated.
    pub calibrations: Vec<(String, Calibration)>,
    /// Everything that has a value, model by model.
    pub numbers: Vec<Number>,
}

impl Measured {
    /// Measures `models` on `rows`.
    ///
    /// # Errors
    /// Where the rows are not sorted by user, hold an item twice for one user, or a model has no score for a row.
    pub fn new(
        rows: &Rows,
        models: &[Scored],
        inputs: &Inputs,
        fingerprint: Fingerprint,
        config: &Checked,
    ) -> anyhow::Result<Self> {
        let protocol = rows.protocol;
        let groups = Groups::from_sorted(&rows.user_ids)?;
        let test_rows = TestRows::new(&groups, &rows.item_ids, &rows.relevant, &rows.grades)?;
        let plan = if protocol.ranks_catalogue() { &config.catalogue_plan } else { &config.rated_plan };
        let scores: Vec<ModelScores<'_>> =
            models.iter().map(|model| ModelScores { name: &model.name, scores: &model.scores }).collect();
        let per_user = metrics::evaluate(&test_rows, &scores, plan)?;
        config.bootstrap.draw(per_user.user_ids().len());
        config.bootstrap.draw(groups.len());

        let ((mut numbers, pooled), (beyond_accuracy, segments)) = rayon::join(
            || {
                rayon::join(
                    || of_rankings(&per_user, config),
                    || pooled::measure(rows, models, groups.len(), config),
                )
            },
            || {
                rayon::join(
                    || beyond_accuracy::measure(rows, &groups, models, inputs, config),
                    || segments::measure(rows, &test_rows, &scores, &per_user, inputs, config),
                )
            },
        );
        let (pooled, calibrations) = pooled?;
        numbers.extend(pooled);
        numbers.extend(beyond_accuracy?);
        numbers.extend(segments?);
        if protocol.ranks_catalogue() {
            numbers.push(candidate_recall(rows, &groups, config));
        }
        numbers.retain(|number| number.value.is_some());

        let models: Vec<(String, ModelKind)> =
            models.iter().map(|model| (model.name.clone(), model.kind)).collect();
        let kinds: Vec<ModelKind> = models.iter().map(|(_, kind)| *kind).collect();
        let duels = duels::duels(&per_user, &kinds, config.report_k as usize, &config.bootstrap);
        Ok(Self { protocol, fingerprint, per_user, models, duels, calibrations, numbers })
    }

    /// The rows of `metrics.parquet`.
    pub fn metric_rows(&self) -> Vec<MetricRow> {
        let fingerprint = self.fingerprint.digest();
        let row = |number: &Number| {
            Some(MetricRow {
                model: number.model.clone(),
                protocol: self.protocol.name().to_owned(),
                segment: number.segment.clone(),
                metric: number.metric.clone(),
                k: number.k.map(|k| k as i32),
                value: number.value?,
                ci_low: number.interval.map(|interval| interval.low),
                ci_high: number.interval.map(|interval| interval.high),
                n_users: number.n_users as i32,
                fingerprint: fingerprint.clone(),
            })
        };
        self.numbers.iter().filter_map(row).collect()
    }

    /// The share of the relevant test items that are candidates, where candidates come from the catalogue.
    pub fn candidate_recall(&self) -> Option<f64> {
        self.numbers.iter().find(|number| number.model == CANDIDATES)?.value
    }

    /// The model of a kind with the highest NDCG at the cut `k`.
    pub fn best(&self, kind: ModelKind, k: u32) -> Option<&str> {
        let of_kind = self.models.iter().filter(|(_, of)| *of == kind).map(|(name, _)| name.as_str());
        let ndcg = |name: &&str| self.value(name, "ndcg", k).unwrap_or(f64::NEG_INFINITY);
        of_kind.max_by(|a, b| ndcg(a).total_cmp(&ndcg(b)))
    }

    /// One metric of `model` at the cut `k`, or without a cut, over all users and items.
    pub fn value(&self, model: &str, metric: &str, k: u32) -> Option<f64> {
        let is_it = |number: &&Number| {
            number.model == model
                && number.metric == metric
                && number.segment == ALL
                && number.k.is_none_or(|cut| cut == k as usize)
        };
        self.numbers.iter().find(is_it)?.value
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

/// How many models to measure at once where each has `n_values` values of users in memory: few of many users, all of few.
fn at_once(n_values: usize) -> usize {
    const VALUES: usize = 1 << 22;
    (VALUES / n_values.max(1)).max(1)
}

/// The means of the ranking metrics, with intervals.
fn of_rankings(per_user: &PerUser, config: &Checked) -> Vec<Number> {
    let intervals = config.bootstrap.summary_intervals(per_user);
    let number = |(summary, interval): (metrics::Summary, Option<Interval>)| Number {
        model: summary.model,
        segment: ALL.to_owned(),
        metric: summary.metric.to_owned(),
        k: summary.k,
        value: summary.mean,
        interval,
        n_users: summary.n_users,
    };
    per_user.summaries().into_iter().zip(intervals).map(number).collect()
}

/// The mean over users of the share of a user's relevant test items that are candidates: no meta-model can have a higher recall.
fn candidate_recall(rows: &Rows, groups: &Groups, config: &Checked) -> Number {
    let of_user = |user: usize| {
        let relevant = groups.rows(user).filter(|&row| rows.relevant[row]);
        let (n, n_candidates) = relevant.fold((0, 0), |(n, n_candidates), row| {
            (n + 1, n_candidates + u32::from(rows.ranked_by[row] == RankedBy::All))
        });
        (n > 0).then(|| f64::from(n_candidates) / f64::from(n))
    };
    let values: Vec<Option<f64>> = (0..groups.len()).map(of_user).collect();
    let mut sample = UserSample::new(groups.len());
    sample.push_mean(values.iter().copied());
    let mut number = Number::mean(CANDIDATES, ALL, "candidate_recall", None, &values);
    number.interval = config.bootstrap.intervals(&sample).pop().flatten();
    number
}
