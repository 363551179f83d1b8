//! What is taken over all rows together, and so over every user.

use std::borrow::Cow;

use metrics::pooled::{CALIBRATION_BINS, Calibration, calibration};
use metrics::statistics::{Interval, Pooled, PooledMetric};
use metrics::{Groups, TestRows};
use rayon::prelude::*;

use super::{ALL, Number};
use crate::config::Checked;
use crate::rows::{RankedBy, Rows};
use lineup::{Scale, Scored};

/// A model's reliability curve.
pub type Curve = (String, Calibration);

/// The errors and the calibration of every model whose scores have some: its numbers, and its reliability curve.
///
/// All are taken over the rows that every model ranks: the test items, or the candidates.
pub fn measure(
    rows: &Rows,
    models: &[Scored],
    n_users: usize,
    config: &Checked,
) -> anyhow::Result<(Vec<Number>, Vec<Curve>)> {
    let ranked = Ranked::of(rows);
    let groups = Groups::from_sorted(&ranked.user_ids)?;
    let test_rows = TestRows::new(&groups, &ranked.item_ids, &ranked.relevant, &ranked.grades)?;

    let measured: Vec<(&Scored, Cow<'_, [f64]>)> = models
        .iter()
        .filter(|model| !metrics_of(rows, model).is_empty())
        .map(|model| (model, ranked.of_column(&model.scores)))
        .collect();
    let pooled: Vec<Pooled<'_>> = measured
        .iter()
        .flat_map(|(model, scores)| {
            metrics_of(rows, model).iter().map(move |&metric| Pooled { metric, scores })
        })
        .collect();
    let mut of_metrics = config.bootstrap.pooled(&test_rows, &pooled).into_iter();
    let curves: Vec<Option<Calibration>> = measured
        .par_iter()
        .with_max_len(1)
        .map(|(model, scores)| {
            let is_probability = model.scale == Scale::Probability;
            is_probability.then(|| calibration(scores, &ranked.relevant, CALIBRATION_BINS)).flatten()
        })
        .collect();

    let mut numbers = Vec::new();
    let mut calibrations = Vec::new();
    for ((model, _), curve) in measured.iter().zip(curves) {
        let mut push = |metric: &str, value: Option<f64>, interval: Option<Interval>| {
            numbers.push(Number {
                model: model.name.clone(),
                segment: ALL.to_owned(),
                metric: metric.to_owned(),
                k: None,
                value,
                interval,
                n_users,
            });
        };
        for (metric, (value, interval)) in metrics_of(rows, model).iter().zip(of_metrics.by_ref()) {
            push(name(*metric), value, interval);
        }
        if model.scale == Scale::Probability {
            push("calibration_error", curve.as_ref().map(|curve| curve.expected_error), None);
            calibrations.extend(curve.map(|curve| (model.name.clone(), curve)));
        }
    }
    Ok((numbers, calibrations))
}

/// The rows that every model ranks.
struct Ranked<'a> {
    /// Their places among all rows; none where they are all of them.
    places: Option<Vec<usize>>,
    user_ids: Cow<'a, [i64]>,
    item_ids: Cow<'a, [i64]>,
    relevant: Cow<'a, [bool]>,
    grades: Cow<'a, [f64]>,
}

impl<'a> Ranked<'a> {
    fn of(rows: &'a Rows) -> Self {
        let is_ranked = |by: &RankedBy| *by == RankedBy::All;
        let places = (!rows.ranked_by.iter().all(is_ranked))
            .then(|| (0..rows.ranked_by.len()).filter(|&row| is_ranked(&rows.ranked_by[row])).collect());
        let places_or_all = places.as_deref();
        Self {
            user_ids: taken(&rows.user_ids, places_or_all),
            item_ids: taken(&rows.item_ids, places_or_all),
            relevant: taken(&rows.relevant, places_or_all),
            grades: taken(&rows.grades, places_or_all),
            places,
        }
    }

    fn of_column<'b>(&self, scores: &'b [f64]) -> Cow<'b, [f64]> {
        taken(scores, self.places.as_deref())
    }
}

/// The values at `places`, or all of them.
fn taken<'a, T: Copy>(values: &'a [T], places: Option<&[usize]>) -> Cow<'a, [T]> {
    match places {
        Some(places) => Cow::Owned(places.iter().map(|&place| values[place]).collect()),
        None => Cow::Borrowed(values),
    }
}

/// What a model's scores can be measured by. Of unrated items there is no rating to err from.
fn metrics_of(rows: &Rows, model: &Scored) -> &'static [PooledMetric] {
    let is_rated = !rows.protocol.ranks_catalogue();
    match model.scale {
        Scale::Stars if is_rated => &[PooledMetric::AucGlobal, PooledMetric::Rmse, PooledMetric::Mae],
        Scale::Order if is_rated => &[PooledMetric::AucGlobal],
        Scale::Probability if is_rated => &[PooledMetric::AucGlobal, PooledMetric::LogLoss],
        Scale::Probability => &[PooledMetric::LogLoss],
        Scale::Stars | Scale::Order => &[],
    }
}

fn name(metric: PooledMetric) -> &'static str {
    match metric {
        PooledMetric::AucGlobal => "auc_global",
        PooledMetric::Rmse => "rmse",
        PooledMetric::Mae => "mae",
        PooledMetric::LogLoss => "log_loss",
    }
}
