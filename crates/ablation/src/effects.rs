//! What a change does to the ranking: the mean difference, with its interval over users.
//!
//! A user is in the validation part of every split, mostly with other ratings. The difference of variant and preset is taken by user and
//! split, and its mean is over all these pairs; but two splits of one user are not two users. So the bootstrap draws users, each with all of
//! their splits: a ratio of sums, the user's differences over the number of their splits ([`metrics::statistics::UserSample::push_ratio`]).

use dataset::{IdIndex, rng};
use metrics::statistics::{Bootstrap, Replicates, UserSample, holm};

use crate::trials::Trials;

/// Resamples. The smallest p-value is 2 / 20,001, so that it stays below .01 after Holm's correction for some 100 variants.
const RESAMPLES: usize = 20_000;

/// A variant's metric beside the preset's, summed by user over the splits.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// By user: the variant's values less the preset's, summed over splits.
    differences: Vec<f64>,
    /// By user: in how many splits both are defined.
    n_splits: Vec<f64>,
    /// Over all pairs.
    sum_of_full: f64,
    sum_of_variant: f64,
}

impl Paired {
    /// Nothing yet of `n_users` users.
    pub fn new(n_users: usize) -> Self {
        Self {
            differences: vec![0.0; n_users],
            n_splits: vec![0.0; n_users],
            sum_of_full: 0.0,
            sum_of_variant: 0.0,
        }
    }

    /// Adds the values of one split, both in ascending order of the user; a user for whom one of them is undefined is left out.
    pub fn add_split(&mut self, users: &IdIndex, full: &[(i64, f64)], variant: &[(i64, f64)]) {
        for &(user, value) in variant {
            let Ok(at) = full.binary_search_by_key(&user, |&(user, _)| user) else { continue };
            let Some(index) = users.index_of(user) else { continue };
            let of_full = full[at].1;
            self.differences[index as usize] += value - of_full;
            self.n_splits[index as usize] += 1.0;
            self.sum_of_full += of_full;
            self.sum_of_variant += value;
        }
    }

    fn n_pairs(&self) -> f64 {
        self.n_splits.iter().sum()
    }
}

/// What a variant does to the ranking of one meta-model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The mean of the metric with the preset as it is.
    pub full: f64,
    /// With the variant.
    pub value: f64,
    /// The variant's less the preset's.
    pub difference: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The two-sided p-value of no difference.
    pub p: f64,
    /// The same, corrected for all variants of this meta-model (Holm).
    pub p_holm: f64,
    /// Over how many users.
    pub n_users: usize,
}

/// The effects of all variants on all meta-models.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// By meta-model, then variant; none where the variant could not be run, or fewer than two users can be compared.
    of_models: Vec<Vec<Option<Effect>>>,
}

impl Effects {
    /// Compares, with intervals at `level`. The first variant is the control, which is no member of the family that p-values are corrected
    /// for.
    ///
    /// # Errors
    /// Where the level is none of a bootstrap.
    pub fn of(trials: &Trials, level: f64, seed: u64) -> anyhow::Result<Self> {
        let bootstrap = Bootstrap::new(RESAMPLES, level, rng::stream(seed, "ablation/bootstrap"))?;
        let of_model = |model: usize| -> Vec<Option<Effect>> {
            let paired: Vec<Option<&Paired>> = trials
                .of_variants
                .iter()
                .map(|trial| trial.problem.is_none().then(|| &trial.paired[model]))
                .collect();
            effects(&paired, &bootstrap)
        };
        Ok(Self { of_models: (0..trials.meta_models.len()).map(of_model).collect() })
    }

    /// The effect of the variant at `variant` on the meta-model at `model`.
    pub fn get(&self, model: usize, variant: usize) -> Option<Effect> {
        self.of_models[model][variant]
    }
}

fn effects(paired: &[Option<&Paired>], bootstrap: &Bootstrap) -> Vec<Option<Effect>> {
    let n_users = paired.iter().flatten().next().map_or(0, |paired| paired.differences.len());
    let mut sample = UserSample::new(n_users);
    for paired in paired.iter().flatten() {
        sample.push_ratio(paired.differences.clone(), paired.n_splits.clone());
    }
    let mut replicates = bootstrap.replicates(&sample).into_iter();
    let effect = |paired: &Paired, replicates: &Replicates| {
        let interval = replicates.interval(bootstrap.level());
        Effect {
            full: paired.sum_of_full / paired.n_pairs(),
            value: paired.sum_of_variant / paired.n_pairs(),
            difference: replicates.estimate(),
            low: interval.low,
            high: interval.high,
            p: replicates.p_value(0.0),
            p_holm: 1.0,
            n_users: replicates.n_users(),
        }
    };
    let mut effects: Vec<Option<Effect>> = paired
        .iter()
        .map(|paired| paired.and_then(|paired| Some(effect(paired, replicates.next().flatten().as_ref()?))))
        .collect();
    let p_values: Vec<f64> = effects.iter().skip(1).flatten().map(|effect| effect.p).collect();
    for (effect, p_holm) in effects.iter_mut().skip(1).flatten().zip(holm(&p_values)) {
        effect.p_holm = p_holm;
    }
    effects
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bootstrap() -> Bootstrap {
        Bootstrap::new(999, 0.95, rng::stream(1, "test")).unwrap()
    }

    #[test]
    fn pairs_are_matched_by_user_and_kept_together() {
        let users = IdIndex::new([1, 2, 3]);
        let mut paired = Paired::new(3);
        // User 3 has no value with the preset, user 2 none with the variant in the second split.
        paired.add_split(&users, &[(1, 0.5), (2, 0.25)], &[(1, 0.75), (2, 0.25), (3, 1.0)]);
        paired.add_split(&users, &[(1, 0.5), (2, 0.25)], &[(1, 0.5)]);
        assert_eq!(
            (paired.differences.as_slice(), paired.n_splits.as_slice()),
            (&[0.25, 0.0, 0.0][..], &[2.0, 1.0, 0.0][..])
        );
        let [Some(effect)] = effects(&[Some(&paired)], &bootstrap())[..] else { panic!() };
        // three pairs: .25, 0, 0
        assert!((effect.difference - 0.25 / 3.0).abs() < 1e-15 && effect.n_users == 2, "{effect:?}");
        assert!((effect.full - 1.25 / 3.0).abs() < 1e-15 && (effect.value - 1.5 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn the_same_ranking_differs_by_nothing() {
        let users = IdIndex::new(0..40);
        let values: Vec<(i64, f64)> = (0..40).map(|user| (user, user as f64 / 40.0)).collect();
        let better: Vec<(i64, f64)> =
            values.iter().map(|&(user, value)| (user, value + 0.1 + user as f64 / 400.0)).collect();
        let (mut same, mut other) = (Paired::new(40), Paired::new(40));
        for _ in 0..2 {
            same.add_split(&users, &values, &values);
            other.add_split(&users, &values, &better);
        }
        let found = effects(&[Some(&same), None, Some(&other)], &bootstrap());
        let [Some(control), None, Some(other)] = found[..] else { panic!("{found:?}") };
        assert_eq!((control.difference, control.low, control.high, control.p), (0.0, 0.0, 0.0, 1.0));
        assert!(other.low > 0.1 && other.high < 0.2 && other.p == other.p_holm, "{other:?}");
        assert_eq!(other.n_users, 40);
    }
}
