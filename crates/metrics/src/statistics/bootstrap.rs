//! The bootstrap over users.

use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::comparison::{Comparison, Pair};
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
}

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
        Ok(Self { n_resamples, level, rng })
    }

    /// How many resamples are drawn.
    pub fn n_resamples(&self) -> usize {
        self.n_resamples
    }

    /// The level of the intervals.
    pub fn level(&self) -> f64 {
        self.level
    }

    /// Every number of `sample` over the resamples; `None` where fewer than two users count or the number is not finite.
    pub fn replicates(&self, sample: &UserSample) -> Vec<Option<Replicates>> {
        resamples::ratios(sample, self.n_resamples, &self.rng)
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
        let mut sample = UserSample::new(per_user.user_ids().len());
        for model in 0..per_user.models().len() {
            for column in 0..per_user.columns().len() {
                sample.push_mean(per_user.values(model, column));
            }
        }
        self.intervals(&sample)
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
