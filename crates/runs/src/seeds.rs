//! One preset over several seeds.
//!
//! A seed draws another split (and other random starts), so that the same user has other test items. Each user's values are averaged over the
//! seeds in which the user counts; users, not (user, seed) pairs, are drawn in the bootstrap, as a user's values of several seeds are no
//! independent evidence.

use std::collections::BTreeMap;

use metrics::statistics::{Bootstrap, Interval, UserSample, holm};

use crate::two::Refusal;
use crate::{Kind, Results};

/// One protocol over all seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct OverSeeds {
    /// Its name.
    pub protocol: String,
    /// The models, best first.
    pub models: Vec<ModelOverSeeds>,
    /// Each stack against the best base model and the averages.
    pub duels: Vec<Duel>,
}

/// A model's metric over the seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelOverSeeds {
    /// Its name.
    pub model: String,
    /// What it is.
    pub kind: Kind,
    /// The mean of the seeds' means.
    pub mean: f64,
    /// Their standard deviation; `None` for one seed.
    pub deviation: Option<f64>,
    /// The smallest and the largest.
    pub range: (f64, f64),
}

/// A stack against a rival, over users averaged over seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct Duel {
    /// The stack.
    pub stack: String,
    /// The rival.
    pub rival: String,
    /// The mean over users of the user's mean difference over seeds.
    pub difference: f64,
    /// Its interval.
    pub interval: Interval,
    /// The two-sided p-value of no difference, corrected for all duels of the protocol (Holm).
    pub p_holm: f64,
    /// In how many seeds the stack's mean was higher.
    pub n_won: usize,
    /// Of how many.
    pub n_seeds: usize,
}

/// Puts the runs together, under every protocol that all of them have.
///
/// # Errors
/// [`Refusal`] where two runs differ in more than the split, or share no protocol.
pub fn over_seeds(runs: &[Results], bootstrap: &Bootstrap) -> Result<Vec<OverSeeds>, Refusal> {
    let Some((first, others)) = runs.split_first() else {
        return Err(Refusal("no run was given".to_owned()));
    };
    let mut all = Vec::new();
    for protocol in &first.protocols {
        let name = &protocol.protocol;
        let mut shared = true;
        for run in others {
            let Some(other) = run.protocol(name) else {
                shared = false;
                continue;
            };
            let differences = protocol.fingerprint.differences(&other.fingerprint);
            if let Some((part, one, other)) = differences.into_iter().find(|(part, ..)| *part != "split") {
                return Err(Refusal(format!(
                    "{} and {} cannot be put together under {name}: they differ in {part} ({one}, {other})",
                    first.name, run.name
                )));
            }
        }
        if shared {
            all.push(of_protocol(runs, name, &protocol.models, bootstrap));
        }
    }
    if all.is_empty() { Err(Refusal("the runs share no protocol".to_owned())) } else { Ok(all) }
}

fn of_protocol(
    runs: &[Results],
    protocol: &str,
    models: &[crate::Model],
    bootstrap: &Bootstrap,
) -> OverSeeds {
    let mut told: Vec<ModelOverSeeds> = models
        .iter()
        .filter_map(|model| {
            let means: Option<Vec<f64>> = runs.iter().map(|run| run.mean(protocol, &model.name)).collect();
            let means = means.filter(|means| !means.is_empty())?;
            let n = means.len() as f64;
            let mean = means.iter().sum::<f64>() / n;
            let squares = means.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
            let low = means.iter().copied().fold(f64::INFINITY, f64::min);
            let high = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            Some(ModelOverSeeds {
                model: model.name.clone(),
                kind: model.kind,
                mean,
                deviation: (means.len() > 1).then(|| (squares / (n - 1.0)).sqrt()),
                range: (low, high),
            })
        })
        .collect();
    told.sort_by(|one, other| other.mean.total_cmp(&one.mean)); // stable
    let duels = duels(runs, protocol, &told, bootstrap);
    OverSeeds { protocol: protocol.to_owned(), models: told, duels }
}

fn duels(runs: &[Results], protocol: &str, models: &[ModelOverSeeds], bootstrap: &Bootstrap) -> Vec<Duel> {
    let of_kind =
        |kind: Kind| models.iter().filter(move |model| model.kind == kind).map(|model| model.model.as_str());
    let rivals: Vec<&str> = of_kind(Kind::Base).take(1).chain(of_kind(Kind::Average)).collect();
    let pairs: Vec<(&str, &str)> =
        of_kind(Kind::Meta).flat_map(|stack| rivals.iter().map(move |&rival| (stack, rival))).collect();
    let differences: Vec<BTreeMap<i64, (f64, u32)>> = pairs
        .iter()
        .map(|(stack, rival)| {
            let mut sums: BTreeMap<i64, (f64, u32)> = BTreeMap::new();
            for run in runs {
                let (Some(stack), Some(rival)) = (run.values(protocol, stack), run.values(protocol, rival))
                else {
                    continue;
                };
                for (user, value) in stack {
                    if let Some(rival) = rival.get(user) {
                        let sum = sums.entry(*user).or_default();
                        *sum = (sum.0 + value - rival, sum.1 + 1);
                    }
                }
            }
            sums
        })
        .collect();
    let users: std::collections::BTreeSet<i64> =
        differences.iter().flat_map(|of| of.keys().copied()).collect();
    let mut sample = UserSample::new(users.len());
    for of in &differences {
        sample.push_mean(users.iter().map(|user| of.get(user).map(|(sum, n)| sum / f64::from(*n))));
    }
    let replicates = bootstrap.replicates(&sample);
    let p_values: Vec<f64> = replicates.iter().flatten().map(|replicates| replicates.p_value(0.0)).collect();
    let mut corrected = holm(&p_values).into_iter();
    let duel = |((stack, rival), replicates): (&(&str, &str), Option<metrics::statistics::Replicates>)| {
        let replicates = replicates?;
        let won = |run: &&Results| run.mean(protocol, stack) > run.mean(protocol, rival);
        Some(Duel {
            stack: (*stack).to_owned(),
            rival: (*rival).to_owned(),
            difference: replicates.estimate(),
            interval: replicates.interval(bootstrap.level()),
            p_holm: corrected.next()?,
            n_won: runs.iter().filter(won).count(),
            n_seeds: runs.len(),
        })
    };
    pairs.iter().zip(replicates).filter_map(duel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::testing::{bootstrap, results};

    fn run(split: &str, stack: &[f64]) -> Results {
        let base: &[f64] = &[0.1, 0.2, 0.3, 0.4];
        results(
            split,
            split,
            &[("Weak", Kind::Base, &[0.0; 4]), ("Base", Kind::Base, base), ("Stack", Kind::Meta, stack)],
        )
    }

    #[test]
    fn each_user_is_averaged_over_the_seeds() {
        // The differences of user 1 are .1 and .3, of user 2 .1 and .1, ...
        let runs = [run("s", &[0.2, 0.3, 0.4, 0.5]), run("t", &[0.4, 0.3, 0.4, 0.3])];
        let over = over_seeds(&runs, &bootstrap()).unwrap();
        let stack = &over[0].models[0];
        assert_eq!(stack.model, "Stack");
        assert!((stack.mean - 0.35).abs() < 1e-12, "{stack:?}");
        assert!(stack.deviation.unwrap() < 1e-12 && stack.range.0 <= stack.range.1);
        let duel = &over[0].duels[0];
        assert_eq!((duel.stack.as_str(), duel.rival.as_str()), ("Stack", "Base"));
        assert!((duel.difference - 0.1).abs() < 1e-12, "{duel:?}"); // (.2 + .1 + .1 + 0) / 4
        assert_eq!((duel.n_won, duel.n_seeds), (2, 2));
        assert!(duel.interval.low < duel.difference && duel.difference < duel.interval.high);
    }

    #[test]
    fn runs_that_differ_in_more_than_the_split_are_refused() {
        let mut other = run("t", &[0.2; 4]);
        other.protocols[0].fingerprint.relevance = "rating >= 3".to_owned();
        let refusal = over_seeds(&[run("s", &[0.2; 4]), other], &bootstrap()).unwrap_err();
        assert_eq!(
            refusal.0,
            "s and t cannot be put together under rated: they differ in relevance (rating >= 4, rating >= 3)"
        );
        assert!(over_seeds(&[], &bootstrap()).is_err());
    }
}
