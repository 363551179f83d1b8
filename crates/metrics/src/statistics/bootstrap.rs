//! The bootstrap over users.

use std::sync::{Arc, Mutex, PoisonError};

use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::comparison::{Comparison, Pair};
use super::draws::Draws;
use super::{Interval, Replicates, UserSample, holm, resamples};
use crate::{MetricsError, PerUser};

/// The draws: how many, from which generator, and the level of the intervals.
///
/// Two calls with one `Bootstrap` draw the same users, so that numbers of the same users are paired across calls.
#[derive(Debug, Clone)]
pub struct Bootstrap {
    n_resamples: usize,
    level: f64,
    rng: ChaCha8Rng,
    /// The draws of the last numbers of users that were asked for.
    kept: Arc<Mutex<Vec<Arc<Draws>>>>,
}

/// Numbers of users whose draws are kept: those with a relevant row, and all.
const N_KEPT: usize = 2;
/// Values that are copied out of a [`PerUser`] at a time: 64 MiB.
const VALUES_AT_ONCE: usize = 1 << 23;

impl Bootstrap {
    /// The most resamples: more only cost memory.
    pub const MAX_RESAMPLES: usize = 100_000;

    /// Draws `n_resamples` resamples, each from its own stream of the generator's key, for intervals at `level`.
    ///
    /// 1,000 resamples fix an end of a 95 % interval to about a tenth of its distance from the mean. The smallest p-value
    /// is 2 / (`n_resamples` + 1), before Holm's correction multiplies it: take more for a family of more than 20 or so.
    ///
    /// # Errors
    /// [`MetricsError::Level`] where `level` is outside of [.5, .999], [`MetricsError::Resamples`] where `n_resamples` is
    /// below 100, above [`Bootstrap::MAX_RESAMPLES`], or too few for a tail of the interval to hold one resample.
    pub fn new(n_resamples: usize, level: f64, rng: ChaCha8Rng) -> Result<Self, MetricsError> {
        if !(0.5..=0.999).contains(&level) {
            return Err(MetricsError::Level { level });
        }
        let min = 100.max((2.0 / (1.0 - level) - 1e-6).ceil() as usize);
        if !(min..=Self::MAX_RESAMPLES).contains(&n_resamples) {
            return Err(MetricsError::Resamples { found: n_resamples, level, min });
        }
        Ok(Self { n_resamples, level, rng, kept: Arc::default() })
    }

    /// How many resamples are drawn.
    pub fn n_resamples(&self) -> usize {
        self.n_resamples
    }

    /// The level of the intervals.
    pub fn level(&self) -> f64 {
        self.level
    }

    /// Draws the resamples of `n_users` users, or finds them: whoever asks for numbers of that many users at once on several threads may
    /// call this before.
    pub fn draw(&self, n_users: usize) {
        self.draws(n_users);
    }

    fn draws(&self, n_users: usize) -> Arc<Draws> {
        // The lock is not held while drawing: that work is shared among threads, and one of them may come back to here.
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept().iter().find(|draws| draws.n_users() == n_users).map(Arc::clone);
        found.unwrap_or_else(|| {
            let drawn = Arc::new(Draws::new(n_users, self.n_resamples, &self.rng));
            let mut kept = kept();
            kept.retain(|draws| draws.n_users() != n_users);
            kept.truncate(N_KEPT - 1);
            kept.insert(0, Arc::clone(&drawn));
            drawn
        })
    }

    /// Every number of `sample` over the resamples; `None` where fewer than two users count or the number is not finite.
    pub fn replicates(&self, sample: &UserSample) -> Vec<Option<Replicates>> {
        resamples::ratios(sample, &self.draws(sample.n_users()))
            .into_par_iter()
            .enumerate()
            .map(|(index, ratios)| {
                let (totals, weights) = sample.column(index);
                Replicates::new(totals, weights, ratios)
            })
            .collect()
    }

    /// The interval of every number of `sample`; `None` as for [`Bootstrap::replicates`].
    pub fn intervals(&self, sample: &UserSample) -> Vec<Option<Interval>> {
        let replicates = self.replicates(sample);
        replicates.into_iter().map(|replicates| Some(replicates?.interval(self.level))).collect()
    }

    /// The interval of every mean, in the order of [`PerUser::summaries`].
    pub fn summary_intervals(&self, per_user: &PerUser) -> Vec<Option<Interval>> {
        let (n_users, n_columns) = (per_user.user_ids().len(), per_user.columns().len());
        let models_at_once = (VALUES_AT_ONCE / (n_users * n_columns).max(1)).max(1);
        let models: Vec<usize> = (0..per_user.models().len()).collect();
        let of_models = models.chunks(models_at_once).flat_map(|models| {
            let mut sample = UserSample::new(n_users);
            for &model in models {
                for column in 0..n_columns {
                    sample.push_mean(per_user.values(model, column));
                }
            }
            self.intervals(&sample)
        });
        of_models.collect()
    }

    /// Compares models user by user; the p-values are corrected for all of `pairs` together, which are one family.
    ///
    /// A pair with fewer than two users for whom both values are defined is left out.
    ///
    /// # Panics
    /// Where a pair's index is not one into [`PerUser::models`] or [`PerUser::columns`].
    pub fn compare(&self, per_user: &PerUser, pairs: &[Pair]) -> Vec<Comparison> {
        let mut sample = UserSample::new(per_user.user_ids().len());
        for pair in pairs {
            let (a, b) = (per_user.values(pair.a, pair.column), per_user.values(pair.b, pair.column));
            sample.push_mean(a.zip(b).map(|(a, b)| Some(a? - b?)));
        }
        let replicates = self.replicates(&sample);
        let compared = pairs.iter().zip(replicates).filter_map(|(pair, replicates)| {
            let replicates = replicates?;
            let Interval { low, high } = replicates.interval(self.level);
            let column = &per_user.columns()[pair.column];
            Some(Comparison {
                a: per_user.models()[pair.a].clone(),
                b: per_user.models()[pair.b].clone(),
                metric: column.metric.name,
                k: column.k,
                difference: replicates.estimate(),
                low,
                high,
                p: replicates.p_value(0.0),
                p_holm: 1.0,
                n_users: replicates.n_users(),
            })
        });
        let mut comparisons: Vec<Comparison> = compared.collect();
        let p_values: Vec<f64> = comparisons.iter().map(|comparison| comparison.p).collect();
        for (comparison, p_holm) in comparisons.iter_mut().zip(holm(&p_values)) {
            comparison.p_holm = p_holm;
        }
        comparisons
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng as _;

    use super::*;
    use crate::{Groups, Metric, ModelScores, Plan, TestRows, evaluate};

    fn bootstrap(n_resamples: usize) -> Bootstrap {
        Bootstrap::new(n_resamples, 0.95, ChaCha8Rng::seed_from_u64(5)).unwrap()
    }

    /// 40 users of one relevant and two other rows; `good` puts the relevant row first for 30 of them, `bad` for 10, `same` is
    /// `good` on another scale. AUC and MRR.
    fn three_models() -> PerUser {
        let users: Vec<i64> = (0..120).map(|row| row / 3).collect();
        let items: Vec<i64> = (0..120).map(|row| row % 3).collect();
        let relevant: Vec<bool> = items.iter().map(|&item| item == 2).collect();
        let grades: Vec<f64> = relevant.iter().map(|&relevant| if relevant { 5.0 } else { 1.0 }).collect();
        let first_for = |n: i64, scale: f64| -> Vec<f64> {
            users
                .iter()
                .zip(&relevant)
                .map(|(&user, &is)| if is == (user < n) { scale } else { 0.0 })
                .collect()
        };
        let scores = [first_for(30, 1.0), first_for(10, 1.0), first_for(30, 2.0)];
        let models: Vec<ModelScores<'_>> = ["good", "bad", "same"]
            .into_iter()
            .zip(&scores)
            .map(|(name, scores)| ModelScores { name, scores })
            .collect();
        let groups = Groups::from_sorted(&users).unwrap();
        let rows = TestRows::new(&groups, &items, &relevant, &grades).unwrap();
        let metrics = ["auc", "mrr"].map(|name| Metric::from_name(name).unwrap());
        evaluate(&rows, &models, &Plan::new(&metrics, &[]).unwrap()).unwrap()
    }

    #[test]
    fn intervals_stand_beside_the_means_and_hold_them() {
        let per_user = three_models();
        let intervals = bootstrap(999).summary_intervals(&per_user);
        let summaries = per_user.summaries();
        assert_eq!(intervals.len(), summaries.len());
        for (summary, interval) in summaries.iter().zip(&intervals) {
            let (mean, interval) = (summary.mean.unwrap(), interval.unwrap());
            assert!(interval.low < mean && mean < interval.high, "{summary:?} {interval:?}");
        }
        assert_eq!(intervals[..2], intervals[4..]); // `good` and `same`
        assert_eq!((per_user.column_index("mrr", Some(1)), per_user.model_index("best")), (None, None));
    }

    #[test]
    fn comparisons_are_paired_and_corrected() {
        let per_user = three_models();
        let column = per_user.column_index("mrr", None).unwrap();
        let model = |name| per_user.model_index(name).unwrap();
        let pairs = [("good", "bad"), ("good", "same"), ("bad", "good")];
        let pairs = pairs.map(|(a, b)| Pair { a: model(a), b: model(b), column });
        let found = bootstrap(999).compare(&per_user, &pairs);
        let [good_bad, good_same, bad_good] = &found[..] else { panic!("{found:?}") };
        assert_eq!((good_bad.a.as_str(), good_bad.b.as_str(), good_bad.metric), ("good", "bad", "mrr"));
        // for 20 of 40 users the relevant item is first instead of third: 1/2 × (1 - 1/3) = 1/3, give or take
        // 1.96 × 2/3 × sqrt(1/4 / 40) = .10
        assert!((good_bad.difference - 1.0 / 3.0).abs() < 1e-12 && good_bad.n_users == 40, "{good_bad:?}");
        assert!(good_bad.low > 0.2 && good_bad.high < 0.46, "{good_bad:?}");
        assert_eq!((good_bad.p, good_bad.p_holm), (0.002, 0.006)); // the smallest of 999 resamples; of 3 comparisons
        assert_eq!(
            (good_same.difference, good_same.low, good_same.high, good_same.p_holm),
            (0.0, 0.0, 0.0, 1.0)
        );
        assert!((bad_good.low + good_bad.high).abs() < 1e-12 && bad_good.p == good_bad.p, "{bad_good:?}");
    }

    #[test]
    fn equals_the_interval_of_scipy() {
        // scipy.stats.bootstrap((x,), np.mean, n_resamples=400000, method='BCa'), three seeds:
        // (.38625, 1.0375), (.3875, 1.0375), (.38667, 1.04042)
        let x = [
            0.0, 0.0, 0.0, 0.1, 0.25, 0.25, 0.3, 0.5, 0.5, 0.63, 0.7, 1.0, 1.0, 1.0, 1.0, 1.0, 0.05, 0.9,
            0.15, 0.0, 0.0, 0.02, 2.5, 3.1,
        ];
        let mut sample = UserSample::new(x.len());
        sample.push_mean(x.map(Some));
        let Interval { low, high } = bootstrap(100_000).intervals(&sample)[0].unwrap();
        assert!((low - 0.387).abs() < 0.003 && (high - 1.0385).abs() < 0.006, "{low} {high}");
    }

    #[test]
    fn wrong_parameters_say_what_is_expected() {
        let message =
            |n, level| Bootstrap::new(n, level, ChaCha8Rng::seed_from_u64(0)).unwrap_err().to_string();
        assert_eq!(message(1000, 95.0), "level is 95, expected .5 to .999, for example .95");
        assert_eq!(message(1000, f64::NAN), "level is NaN, expected .5 to .999, for example .95");
        assert_eq!(message(0, 0.95), "n_resamples is 0, expected 100 to 100000 at level 0.95");
        assert_eq!(message(1000, 0.999), "n_resamples is 1000, expected 2000 to 100000 at level 0.999");
        assert!(Bootstrap::new(2000, 0.999, ChaCha8Rng::seed_from_u64(0)).is_ok());
    }
}
