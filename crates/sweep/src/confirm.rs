//! The best trial against the preset on splits that the search has not seen. Of many trials the best is one whose splits were kind to it; what it is
//! worth is told by others.

use std::collections::BTreeMap;

use dataset::{IdIndex, rng};
use metrics::statistics::{Bootstrap, Interval, Replicates, UserSample};

use crate::bench::Bench;
use crate::log::Trial;

/// How often the users are drawn again.
const RESAMPLES: usize = 10_000;

/// What the best trial is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmation {
    /// The preset's metric, over users and splits.
    pub preset: f64,
    /// The best trial's.
    pub best: f64,
    /// The best trial's less the preset's, paired by user and split.
    pub difference: f64,
    /// Its interval over users, each drawn with all of their splits; `None` where fewer than two can be compared.
    pub interval: Option<Interval>,
    /// Over how many users.
    pub n_users: usize,
}

impl Confirmation {
    /// Measures both on each of `splits`.
    ///
    /// # Errors
    /// Where a stage fails or refuses.
    pub fn of(
        bench: &mut Bench<'_>,
        preset: &Trial,
        best: &Trial,
        splits: &[u64],
        users: &IdIndex,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let mut pairs = Pairs::new(users.len());
        for &split in splits {
            let mut of = |trial: &Trial| match bench.measure(&trial.values, split)? {
                Ok(measured) => Ok(measured.of_users),
                Err(refusal) => {
                    anyhow::bail!("trial {} on an unseen split: {}", trial.number, refusal.message)
                }
            };
            pairs.add(users, &of(preset)?, &of(best)?);
        }
        let bootstrap = Bootstrap::new(RESAMPLES, bench.base.level, rng::stream(seed, "sweep/bootstrap"))?;
        Ok(pairs.compare(&bootstrap))
    }
}

/// Sums by user over the splits.
struct Pairs {
    differences: Vec<f64>,
    n_splits: Vec<f64>,
    sums: [f64; 2],
}

impl Pairs {
    fn new(n_users: usize) -> Self {
        Self { differences: vec![0.0; n_users], n_splits: vec![0.0; n_users], sums: [0.0; 2] }
    }

    fn add(&mut self, users: &IdIndex, preset: &BTreeMap<i64, f64>, best: &BTreeMap<i64, f64>) {
        for (user, of_best) in best {
            let (Some(of_preset), Some(at)) = (preset.get(user), users.index_of(*user)) else { continue };
            self.differences[at as usize] += of_best - of_preset;
            self.n_splits[at as usize] += 1.0;
            self.sums = [self.sums[0] + of_preset, self.sums[1] + of_best];
        }
    }

    fn compare(self, bootstrap: &Bootstrap) -> Confirmation {
        let n_pairs: f64 = self.n_splits.iter().sum();
        let [preset, best] = self.sums.map(|sum| sum / n_pairs);
        let mut sample = UserSample::new(self.differences.len());
        sample.push_ratio(self.differences, self.n_splits);
        let replicates = bootstrap.replicates(&sample).into_iter().next().flatten();
        Confirmation {
            preset,
            best,
            difference: replicates.as_ref().map_or(best - preset, Replicates::estimate),
            interval: replicates.as_ref().map(|replicates| replicates.interval(bootstrap.level())),
            n_users: replicates.as_ref().map_or(0, Replicates::n_users),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_paired_on_every_split() {
        let users = IdIndex::new([1, 2, 3]);
        let mut pairs = Pairs::new(3);
        let of = |values: &[(i64, f64)]| values.iter().copied().collect::<BTreeMap<i64, f64>>();
        // User 3 has no value with the preset, user 2 none with the trial on the second split.
        pairs.add(&users, &of(&[(1, 0.5), (2, 0.25)]), &of(&[(1, 0.75), (2, 0.25), (3, 1.0)]));
        pairs.add(&users, &of(&[(1, 0.5), (2, 0.25)]), &of(&[(1, 0.5)]));
        let bootstrap = Bootstrap::new(999, 0.95, rng::stream(1, "test")).unwrap();
        let confirmed = pairs.compare(&bootstrap);
        // Three pairs: .25, 0, 0.
        assert!((confirmed.difference - 0.25 / 3.0).abs() < 1e-15 && confirmed.n_users == 2, "{confirmed:?}");
        assert!((confirmed.preset - 1.25 / 3.0).abs() < 1e-15 && (confirmed.best - 1.5 / 3.0).abs() < 1e-15);
    }
}
