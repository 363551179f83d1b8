//! The metrics of all rows together, with intervals. The users are the sample here too: a resample takes or leaves a user with
//! all their rows.

use rayon::prelude::*;

use super::{Bootstrap, Interval, UserSample};
use crate::pooled::{absolute_error, auc_influences, log_loss, log_loss_of, mae, rmse, squared_error};
use crate::{Groups, TestRows};

/// A metric of [`crate::pooled`] that has an interval. The calibration error has none, see [`crate::pooled::calibration()`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PooledMetric {
    /// [`crate::pooled::auc_global`] of any score.
    AucGlobal,
    /// [`crate::pooled::rmse`] of scores in the unit of the grades.
    Rmse,
    /// [`crate::pooled::mae`] of the same.
    Mae,
    /// [`crate::pooled::log_loss`] of probabilities.
    LogLoss,
}

/// One model's scores, one a row, and what to measure of them.
#[derive(Debug, Clone, Copy)]
pub struct Pooled<'a> {
    /// The metric.
    pub metric: PooledMetric,
    /// The scores.
    pub scores: &'a [f64],
}

/// A value and its interval, where they are defined.
pub type PooledValue = (Option<f64>, Option<Interval>);

/// What the users contribute to one number, and the number.
struct OfUsers {
    value: Option<f64>,
    totals: Vec<f64>,
    /// Whether a user weighs as many as their rows, instead of one.
    is_of_rows: bool,
}

impl Bootstrap {
    /// Every number of `pooled`, and its interval over the users of `rows`, with the draws of every other number of these users.
    /// No interval where there are fewer than two users, a row has no score, or the metric is undefined.
    ///
    /// RMSE, MAE and log-loss are ratios of sums over users, (the root of) errors / rows, and are taken again in each
    /// resample. The AUC is no such ratio: taken again it would cost a pass over all rows for each resample. Its replicates are
    /// its first-order change when users weigh more or less (the infinitesimal jackknife: Efron, 1982; for AUC these are the
    /// placements of `DeLong` et al., 1988, summed by user as in Obuchowski, 1997). What that leaves out shrinks with the
    /// number of users; a test holds it against resampled rows.
    ///
    /// # Panics
    /// Where there is not one score a row, or there are more than `u32::MAX` rows.
    pub fn pooled(&self, rows: &TestRows<'_>, pooled: &[Pooled<'_>]) -> Vec<PooledValue> {
        let groups = rows.groups();
        let of_users: Vec<OfUsers> = pooled.par_iter().with_max_len(1).map(|of| of_users(rows, of)).collect();
        let mut sample = UserSample::new(groups.len());
        let n_rows: Vec<f64> = (0..groups.len()).map(|user| groups.rows(user).len() as f64).collect();
        let mut values = Vec::with_capacity(pooled.len());
        for OfUsers { value, totals, is_of_rows } in of_users {
            values.push(value);
            if is_of_rows {
                sample.push_ratio(totals, n_rows.clone());
            } else {
                sample.push_mean(totals.into_iter().map(|total| value.map(|_| total)));
            }
        }
        let end = |metric: PooledMetric, end: f64| match metric {
            PooledMetric::AucGlobal => end.clamp(0.0, 1.0),
            PooledMetric::Rmse => end.max(0.0).sqrt(),
            PooledMetric::Mae | PooledMetric::LogLoss => end,
        };
        let intervals = pooled.iter().zip(self.intervals(&sample)).map(|(pooled, interval)| {
            let is_undefined = pooled.scores.iter().any(|score| score.is_nan());
            interval.filter(|_| !is_undefined).map(|interval| interval.map(|value| end(pooled.metric, value)))
        });
        values.into_iter().zip(intervals).collect()
    }
}

fn of_users(rows: &TestRows<'_>, &Pooled { metric, scores }: &Pooled<'_>) -> OfUsers {
    let (groups, relevant, grades) = (rows.groups(), rows.relevant(), rows.grades());
    assert_eq!(scores.len(), groups.n_rows(), "scores and rows");
    let of_rows = |value: Option<f64>, totals: Vec<f64>| OfUsers { value, totals, is_of_rows: true };
    match metric {
        PooledMetric::AucGlobal => match auc_influences(scores, relevant) {
            Some((auc, influences)) => {
                let users = groups.len() as f64;
                // The mean of auc + users × influence is the AUC: influences sum to 0.
                let totals = sums_by_user(groups, |row| influences[row]).map(|sum| auc + users * sum);
                OfUsers { value: Some(auc), totals: totals.collect(), is_of_rows: false }
            }
            None => OfUsers { value: None, totals: vec![0.0; groups.len()], is_of_rows: false },
        },
        PooledMetric::Rmse => of_rows(
            rmse(scores, grades),
            sums_by_user(groups, |row| squared_error(scores[row], grades[row])).collect(),
        ),
        PooledMetric::Mae => of_rows(
            mae(scores, grades),
            sums_by_user(groups, |row| absolute_error(scores[row], grades[row])).collect(),
        ),
        PooledMetric::LogLoss => of_rows(
            log_loss(scores, relevant),
            sums_by_user(groups, |row| log_loss_of(scores[row], relevant[row])).collect(),
        ),
    }
}

/// The sum of a value of each row over each user's rows.
fn sums_by_user(groups: &Groups, of_row: impl Fn(usize) -> f64) -> impl Iterator<Item = f64> {
    (0..groups.len()).map(move |user| groups.rows(user).fold(0.0, |total, row| total + of_row(row)))
}

#[cfg(test)]
mod tests {
    use rand::RngExt as _;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    use super::*;
    use crate::pooled::auc_global;

    const METRICS: [PooledMetric; 4] =
        [PooledMetric::AucGlobal, PooledMetric::Rmse, PooledMetric::Mae, PooledMetric::LogLoss];

    /// 200 users of 1 to 30 rows, who differ in how much they like; the scores know both user and row a little, and are often
    /// equal.
    struct Data {
        users: Vec<i64>,
        relevant: Vec<bool>,
        grades: Vec<f64>,
        scores: Vec<f64>,
    }

    fn data() -> Data {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut data =
            Data { users: Vec::new(), relevant: Vec::new(), grades: Vec::new(), scores: Vec::new() };
        for user in 0..200 {
            let taste: f64 = rng.random_range(0.2..0.8);
            for _ in 0..rng.random_range(1..=30) {
                let p = (taste + rng.random_range(-0.2..0.2)).clamp(0.05, 0.95);
                let relevant = rng.random_bool(p);
                data.users.push(user);
                data.relevant.push(relevant);
                data.grades.push(f64::from(u8::from(relevant)));
                data.scores.push((p * 20.0).round() / 20.0);
            }
        }
        data
    }

    fn value(metric: PooledMetric, scores: &[f64], relevant: &[bool], grades: &[f64]) -> Option<f64> {
        match metric {
            PooledMetric::AucGlobal => auc_global(scores, relevant),
            PooledMetric::Rmse => rmse(scores, grades),
            PooledMetric::Mae => mae(scores, grades),
            PooledMetric::LogLoss => log_loss(scores, relevant),
        }
    }

    #[test]
    fn equals_the_metrics_of_resampled_rows() {
        let Data { users, relevant, grades, scores } = data();
        let groups = Groups::from_sorted(&users).unwrap();
        let items: Vec<i64> = (0..users.len() as i64).collect();
        let rows = TestRows::new(&groups, &items, &relevant, &grades).unwrap();
        let bootstrap = Bootstrap::new(2_000, 0.95, ChaCha8Rng::seed_from_u64(9)).unwrap();
        let pooled = METRICS.map(|metric| Pooled { metric, scores: &scores });
        let found = bootstrap.pooled(&rows, &pooled);

        // Percentiles of the metrics of 2,000 data sets made of whole users: no acceleration, other draws.
        let mut rng = ChaCha8Rng::seed_from_u64(77);
        let mut replicates = [(); 4].map(|()| Vec::new());
        for _ in 0..2_000 {
            let drawn: Vec<usize> =
                (0..groups.len()).flat_map(|_| groups.rows(rng.random_range(0..groups.len()))).collect();
            let of = |column: &[f64]| drawn.iter().map(|&row| column[row]).collect::<Vec<f64>>();
            let relevant: Vec<bool> = drawn.iter().map(|&row| relevant[row]).collect();
            let (scores, grades) = (of(&scores), of(&grades));
            for (replicates, metric) in replicates.iter_mut().zip(METRICS) {
                replicates.push(value(metric, &scores, &relevant, &grades).unwrap());
            }
        }
        for ((metric, (found, interval)), mut replicates) in METRICS.into_iter().zip(found).zip(replicates) {
            let interval = interval.unwrap();
            let estimate = value(metric, &scores, &relevant, &grades).unwrap();
            assert_eq!(found, Some(estimate), "{metric:?}");
            assert!(interval.low < estimate && estimate < interval.high, "{metric:?} {interval:?}");
            replicates.sort_by(f64::total_cmp);
            let (low, high) = (replicates[49], replicates[1949]);
            let width = high - low;
            let off = (interval.low - low).abs().max((interval.high - high).abs());
            assert!(off < 0.06 * width, "{metric:?}: {interval:?}, resampled {low} to {high}");
        }
    }

    #[test]
    fn what_is_undefined_has_no_interval() {
        let groups = Groups::from_sorted(&[1, 2, 2]).unwrap();
        let rows = TestRows::new(&groups, &[1, 1, 2], &[true; 3], &[5.0, 4.0, 4.0]).unwrap();
        let bootstrap = Bootstrap::new(100, 0.9, ChaCha8Rng::seed_from_u64(1)).unwrap();
        let of = |metric, scores: &[f64]| bootstrap.pooled(&rows, &[Pooled { metric, scores }])[0].1;
        assert_eq!(of(PooledMetric::AucGlobal, &[0.1, 0.2, 0.3]), None); // one class
        for metric in METRICS {
            assert_eq!(of(metric, &[0.1, f64::NAN, 0.3]), None, "{metric:?}");
        }
        // errors 1, then 1 and 1: all users agree
        assert_eq!(of(PooledMetric::Rmse, &[4.0, 3.0, 5.0]), Some(Interval { low: 1.0, high: 1.0 }));
    }
}
