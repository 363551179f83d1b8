//! Any number of runs: the best model of each kind, each with its interval and against that of the first run.

use std::collections::BTreeSet;

use metrics::statistics::{Bootstrap, Interval, UserSample, holm};

use crate::two::{Difference, Refusal, comparable};
use crate::{Kind, Model, ProtocolResults, Results};

/// One protocol of all runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Standings {
    /// Its name.
    pub protocol: String,
    /// The fingerprint of all runs.
    pub fingerprint: String,
    /// Run by run, in the order given: the best stack, average and base model.
    pub rows: Vec<Row>,
}

/// The best model of a kind in a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Which run, from 0.
    pub run: usize,
    /// The kind.
    pub kind: Kind,
    /// The model.
    pub model: String,
    /// Its mean over users.
    pub mean: f64,
    /// The interval of the mean.
    pub interval: Interval,
    /// This less the best of the same kind in the first run, user by user; `None` in the first run itself and where that has none.
    pub difference: Option<Difference>,
}

/// The kinds in the order of the table.
const KINDS: [Kind; 3] = [Kind::Meta, Kind::Average, Kind::Base];

/// Puts the runs side by side under every protocol that all of them have, or under `only`.
///
/// # Errors
/// [`Refusal`] where they have no protocol in common, or one whose fingerprints differ.
pub fn standings(
    runs: &[Results],
    only: Option<&str>,
    bootstrap: &Bootstrap,
) -> Result<Vec<Standings>, Refusal> {
    let Some((first, others)) = runs.split_first() else {
        return Err(Refusal("no run was given".to_owned()));
    };
    let is_shared = |protocol: &&ProtocolResults| {
        only.is_none_or(|only| only == protocol.protocol)
            && others.iter().all(|run| run.protocol(&protocol.protocol).is_some())
    };
    let shared: Vec<&ProtocolResults> = first.protocols.iter().filter(is_shared).collect();
    if shared.is_empty() {
        let asked = only.map_or_else(String::new, |only| format!(" called {only}"));
        return Err(Refusal(format!("there is no protocol{asked} that all runs have")));
    }
    for protocol in &shared {
        for run in others {
            if let Some(of_run) = run.protocol(&protocol.protocol) {
                comparable(first, run, protocol, of_run)?;
            }
        }
    }
    Ok(shared.into_iter().map(|protocol| under(runs, protocol, bootstrap)).collect())
}

/// The best model of `kind`, of equals the first.
fn best<'a>(run: &'a Results, protocol: &str, kind: Kind) -> Option<&'a str> {
    let models = run.protocol(protocol)?.models.iter().filter(|model| model.kind == kind);
    let measured =
        models.filter_map(|model: &Model| Some((model.name.as_str(), run.mean(protocol, &model.name)?)));
    let better = |best: (&'a str, f64), one: (&'a str, f64)| if one.1 > best.1 { one } else { best };
    measured.reduce(better).map(|(name, _)| name)
}

fn under(runs: &[Results], protocol: &ProtocolResults, bootstrap: &Bootstrap) -> Standings {
    let name = &protocol.protocol;
    let bests: Vec<(usize, Kind, &str)> = (0..runs.len())
        .flat_map(|run| KINDS.map(|kind| (run, kind)))
        .filter_map(|(run, kind)| Some((run, kind, best(&runs[run], name, kind)?)))
        .collect();
    let values = |run: usize, model: &str| runs[run].values(name, model);
    let of_first = |kind: Kind| values(0, best(&runs[0], name, kind)?);
    let users: BTreeSet<i64> = bests
        .iter()
        .filter_map(|(run, _, model)| values(*run, model))
        .flat_map(|of| of.keys().copied())
        .collect();
    // Every model's own mean, then every difference: one draw of the users for all of them.
    let mut sample = UserSample::new(users.len());
    for (run, _, model) in &bests {
        let of = values(*run, model);
        sample.push_mean(users.iter().map(|user| of?.get(user).copied()));
    }
    for (run, kind, model) in &bests {
        let (of, first) = (values(*run, model), if *run == 0 { None } else { of_first(*kind) });
        sample.push_mean(users.iter().map(|user| Some(of?.get(user)? - first?.get(user)?)));
    }
    let replicates = bootstrap.replicates(&sample);
    let (means, differences) = replicates.split_at(bests.len());
    let p_values: Vec<f64> = differences.iter().flatten().map(|one| one.p_value(0.0)).collect();
    let mut corrected = holm(&p_values).into_iter();
    let rows =
        bests.iter().zip(means).zip(differences).filter_map(|(((run, kind, model), mean), difference)| {
            let mean = mean.as_ref()?;
            let difference = difference.as_ref().and_then(|one| {
                Some(Difference {
                    mean: one.estimate(),
                    interval: one.interval(bootstrap.level()),
                    p_holm: corrected.next()?,
                    n_users: one.n_users(),
                })
            });
            Some(Row {
                run: *run,
                kind: *kind,
                model: (*model).to_owned(),
                mean: mean.estimate(),
                interval: mean.interval(bootstrap.level()),
                difference,
            })
        });
    Standings { protocol: name.clone(), fingerprint: protocol.fingerprint.digest(), rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::testing::{bootstrap, results};

    const BASE: (&str, Kind, &[f64]) = ("Base", Kind::Base, &[0.1, 0.2, 0.3, 0.4]);

    fn run(name: &str, split: &str, stacks: &[(&str, &[f64])]) -> Results {
        let stacks = stacks.iter().map(|(name, values)| (*name, Kind::Meta, *values));
        results(name, split, &[BASE].into_iter().chain(stacks).collect::<Vec<_>>())
    }

    #[test]
    fn the_best_of_each_kind_stands_against_that_of_the_first_run() {
        let runs = [
            run("a", "s", &[("Weak", &[0.2; 4]), ("Stack", &[0.5, 0.6, 0.7, 0.8])]),
            run("b", "s", &[("Other", &[0.6, 0.6, 0.7, 0.8])]),
            run("c", "s", &[("Stack", &[0.5, 0.6, 0.7, 0.8]), ("Weak", &[0.2; 4])]),
        ];
        let all = standings(&runs, None, &bootstrap()).unwrap();
        let told: Vec<_> = all[0].rows.iter().map(|row| (row.run, row.model.as_str())).collect();
        assert_eq!(told, [(0, "Stack"), (0, "Base"), (1, "Other"), (1, "Base"), (2, "Stack"), (2, "Base")]);
        let rows = &all[0].rows;
        assert!(rows[0].difference.is_none() && (rows[0].mean - 0.65).abs() < 1e-12);
        assert!(rows[0].interval.low <= 0.65 && 0.65 <= rows[0].interval.high);
        let difference = rows[2].difference.unwrap();
        assert!((difference.mean - 0.025).abs() < 1e-12 && difference.n_users == 4, "{difference:?}"); // .1 / 4
        assert_eq!(rows[4].difference.unwrap().mean, 0.0);
    }

    #[test]
    fn one_unlike_run_is_enough_to_refuse() {
        let runs = [run("a", "s", &[]), run("b", "s", &[]), run("c", "t", &[])];
        let refusal = standings(&runs, None, &bootstrap()).unwrap_err();
        assert_eq!(refusal.0, "a and c cannot be compared under rated: they differ in split (s, t)");
        let refusal = standings(&runs[..2], Some("temporal"), &bootstrap()).unwrap_err();
        assert_eq!(refusal.0, "there is no protocol called temporal that all runs have");
    }
}
