//! What is taken over all rows together, and so over every user.

use metrics::pooled::{CALIBRATION_BINS, Calibration, auc_global, calibration, log_loss, mae, rmse};
use metrics::statistics::{Interval, Pooled, PooledMetric};
use metrics::{Groups, TestRows};
use rayon::prelude::*;

use super::{ALL, Number};
use crate::config::Checked;
use crate::models::{Scale, Scored};
use crate::rows::{RankedBy, Rows};

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
    let ranked: Vec<usize> =
        (0..rows.ranked_by.len()).filter(|&row| rows.ranked_by[row] == RankedBy::All).collect();
    let user_ids: Vec<i64> = ranked.iter().map(|&row| rows.user_ids[row]).collect();
    let item_ids: Vec<i64> = ranked.iter().map(|&row| rows.item_ids[row]).collect();
    let relevant: Vec<bool> = ranked.iter().map(|&row| rows.relevant[row]).collect();
    let grades: Vec<f64> = ranked.iter().map(|&row| rows.grades[row]).collect();
    let groups = Groups::from_sorted(&user_ids)?;
    let test_rows = TestRows::new(&groups, &item_ids, &relevant, &grades)?;

    let measured: Vec<(&Scored, Vec<f64>)> = models
        .iter()
        .filter(|model| !metrics_of(rows, model).is_empty())
        .map(|model| (model, ranked.iter().map(|&row| model.scores[row]).collect()))
        .collect();
    let pooled: Vec<Pooled<'_>> = measured
        .iter()
        .flat_map(|(model, scores)| {
            metrics_of(rows, model).iter().map(move |&metric| Pooled { metric, scores: scores.as_slice() })
        })
        .collect();
    let intervals = || config.bootstrap.pooled_intervals(&test_rows, &pooled);
    let value = |of: &Pooled<'_>| match of.metric {
        PooledMetric::AucGlobal => auc_global(of.scores, &relevant),
        PooledMetric::Rmse => rmse(of.scores, &grades),
        PooledMetric::Mae => mae(of.scores, &grades),
        PooledMetric::LogLoss => log_loss(of.scores, &relevant),
    };
    let values = || pooled.par_iter().map(value).collect::<Vec<_>>();
    let (intervals, values) = rayon::join(intervals, values);
    let mut of_metrics = values.into_iter().zip(intervals);

    let mut numbers = Vec::new();
    let mut calibrations = Vec::new();
    for (model, scores) in &measured {
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
            let curve = calibration(scores, &relevant, CALIBRATION_BINS);
            push("calibration_error", curve.as_ref().map(|curve| curve.expected_error), None);
            calibrations.extend(curve.map(|curve| (model.name.clone(), curve)));
        }
    }
    Ok((numbers, calibrations))
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
