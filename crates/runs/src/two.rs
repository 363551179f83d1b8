//! Two runs, model by model.

use std::collections::BTreeSet;

use metrics::statistics::{Bootstrap, Interval, UserSample, holm};

use crate::{Kind, Model, ProtocolResults, Results};

/// Runs that may not be compared, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

/// One protocol of both runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The protocol's name.
    pub protocol: String,
    /// The fingerprint of both.
    pub fingerprint: String,
    /// Model against model; those of both runs first, best first.
    pub rows: Vec<Row>,
}

/// A model of run A against a model of run B.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The model's name, or which two are compared.
    pub model: String,
    /// Its mean in A, where A has it.
    pub a: Option<f64>,
    /// Its mean in B.
    pub b: Option<f64>,
    /// B less A, where both have it.
    pub difference: Option<Difference>,
}

/// A mean paired difference over users.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The mean over users of B less A.
    pub mean: f64,
    /// Its interval.
    pub interval: Interval,
    /// The two-sided p-value of no difference, corrected for all comparisons of the protocol (Holm).
    pub p_holm: f64,
    /// Over how many users.
    pub n_users: usize,
}

/// Compares two runs under every protocol that both have, or under `only`.
///
/// # Errors
/// [`Refusal`] where they have no protocol in common, or one whose fingerprints differ.
pub fn compare(
    a: &Results,
    b: &Results,
    only: Option<&str>,
    bootstrap: &Bootstrap,
) -> Result<Vec<Comparison>, Refusal> {
    let is_asked = |protocol: &&ProtocolResults| only.is_none_or(|only| only == protocol.protocol);
    let shared: Vec<(&ProtocolResults, &ProtocolResults)> = a
        .protocols
        .iter()
        .filter(is_asked)
        .filter_map(|of_a| Some((of_a, b.protocol(&of_a.protocol)?)))
        .collect();
    if shared.is_empty() {
        let names = |run: &Results| {
            run.protocols.iter().map(|protocol| protocol.protocol.as_str()).collect::<Vec<_>>().join(", ")
        };
        let asked = only.map_or_else(String::new, |only| format!(" called {only}"));
        return Err(Refusal(format!(
            "there is no protocol{asked} in both runs: {} has {}, {} has {}",
            a.name,
            names(a),
            b.name,
            names(b)
        )));
    }
    for (of_a, of_b) in &shared {
        comparable(a, b, of_a, of_b)?;
    }
    Ok(shared.into_iter().map(|(of_a, of_b)| under(a, b, of_a, of_b, bootstrap)).collect())
}

/// That a protocol of both runs measures the same thing.
///
/// # Errors
/// [`Refusal`] where the fingerprints differ, naming the difference.
pub(crate) fn comparable(
    a: &Results,
    b: &Results,
    of_a: &ProtocolResults,
    of_b: &ProtocolResults,
) -> Result<(), Refusal> {
    let differences = of_a.fingerprint.differences(&of_b.fingerprint);
    if differences.is_empty() {
        return Ok(());
    }
    let told: Vec<String> =
        differences.iter().map(|(name, one, other)| format!("{name} ({one}, {other})")).collect();
    Err(Refusal(format!(
        "{} and {} cannot be compared under {}: they differ in {}",
        a.name,
        b.name,
        of_a.protocol,
        told.join(", ")
    )))
}

fn under(
    a: &Results,
    b: &Results,
    of_a: &ProtocolResults,
    of_b: &ProtocolResults,
    bootstrap: &Bootstrap,
) -> Comparison {
    let protocol = &of_a.protocol;
    let names: BTreeSet<&str> =
        of_a.models.iter().chain(&of_b.models).map(|model| model.name.as_str()).collect();
    let mut pairs: Vec<(String, Option<&str>, Option<&str>)> = names
        .into_iter()
        .map(|name| {
            let of = |run: &Results| run.values(protocol, name).map(|_| name);
            (name.to_owned(), of(a), of(b))
        })
        .collect();
    let value = |run: &Results, name: Option<&str>| run.mean(protocol, name?);
    pairs.sort_by(|one, other| {
        let key = |pair: &(String, Option<&str>, Option<&str>)| {
            let is_in_both = pair.1.is_some() && pair.2.is_some();
            (is_in_both, value(b, pair.2).or(value(a, pair.1)).unwrap_or(f64::NEG_INFINITY))
        };
        let (one, other) = (key(one), key(other));
        other.0.cmp(&one.0).then(other.1.total_cmp(&one.1))
    });
    if let (Some(best_a), Some(best_b)) = (best_stack(a, of_a), best_stack(b, of_b)) {
        let label = if best_a == best_b {
            "best stack".to_owned()
        } else {
            format!("best stack: {best_a}, {best_b}")
        };
        pairs.insert(0, (label, Some(best_a), Some(best_b)));
    }

    let users: Vec<i64> = pairs
        .iter()
        .filter_map(|pair| Some([a.values(protocol, pair.1?)?, b.values(protocol, pair.2?)?]))
        .flatten()
        .flat_map(|values| values.keys().copied())
        .collect::<BTreeSet<i64>>()
        .into_iter()
        .collect();
    let mut sample = UserSample::new(users.len());
    for pair in &pairs {
        let values =
            |run: &Results, name: Option<&str>, user: &i64| run.values(protocol, name?)?.get(user).copied();
        sample.push_mean(users.iter().map(|user| Some(values(b, pair.2, user)? - values(a, pair.1, user)?)));
    }
    let replicates = bootstrap.replicates(&sample);
    let p_values: Vec<f64> = replicates.iter().flatten().map(|replicates| replicates.p_value(0.0)).collect();
    let mut corrected = holm(&p_values).into_iter();
    let rows = pairs.into_iter().zip(replicates).map(|((model, in_a, in_b), replicates)| Row {
        a: value(a, in_a),
        b: value(b, in_b),
        model,
        difference: replicates.and_then(|replicates| {
            Some(Difference {
                mean: replicates.estimate(),
                interval: replicates.interval(bootstrap.level()),
                p_holm: corrected.next()?,
                n_users: replicates.n_users(),
            })
        }),
    });
    Comparison { protocol: protocol.clone(), fingerprint: of_a.fingerprint.digest(), rows: rows.collect() }
}

fn best_stack<'a>(run: &Results, protocol: &'a ProtocolResults) -> Option<&'a str> {
    let mean = |model: &&Model| run.mean(&protocol.protocol, &model.name).unwrap_or(f64::NEG_INFINITY);
    let stacks = protocol.models.iter().filter(|model| model.kind == Kind::Meta);
    stacks.max_by(|one, other| mean(one).total_cmp(&mean(other))).map(|model| model.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::testing::{bootstrap, results};

    const STACK: (&str, Kind, &[f64]) = ("Stack", Kind::Meta, &[0.5, 0.6, 0.7, 0.8]);

    #[test]
    fn differences_are_b_less_a_user_by_user() {
        let a = results("a", "s", &[("Base", Kind::Base, &[0.1, 0.2, 0.3, 0.4]), STACK]);
        let b = results(
            "b",
            "s",
            &[("Base", Kind::Base, &[0.1, 0.2, 0.3, 0.4]), ("Stack", Kind::Meta, &[0.6, 0.7, 0.7, 0.8])],
        );
        let compared = compare(&a, &b, None, &bootstrap()).unwrap();
        let told: Vec<_> = compared[0].rows.iter().map(|row| (row.model.as_str(), row.a, row.b)).collect();
        assert_eq!(told[0].0, "best stack");
        assert_eq!((told[1].0, told[2].0), ("Stack", "Base"));
        let difference = compared[0].rows[1].difference.unwrap();
        assert!((difference.mean - 0.05).abs() < 1e-12 && difference.n_users == 4, "{difference:?}");
        let same = compared[0].rows[2].difference.unwrap();
        assert_eq!((same.mean, same.p_holm), (0.0, 1.0));
    }

    #[test]
    fn a_model_of_one_run_alone_has_no_difference() {
        let a = results("a", "s", &[STACK, ("Old", Kind::Base, &[0.9; 4])]);
        let b = results("b", "s", &[STACK]);
        let compared = compare(&a, &b, Some("rated"), &bootstrap()).unwrap();
        let last = compared[0].rows.last().unwrap();
        assert_eq!((last.model.as_str(), last.a, last.b, last.difference), ("Old", Some(0.9), None, None));
    }

    #[test]
    fn unlike_runs_are_refused_by_name() {
        let (a, b) = (results("a", "s", &[STACK]), results("b", "t", &[STACK]));
        let refusal = compare(&a, &b, None, &bootstrap()).unwrap_err();
        assert_eq!(refusal.0, "a and b cannot be compared under rated: they differ in split (s, t)");
        let refusal = compare(&a, &a, Some("temporal"), &bootstrap()).unwrap_err();
        assert_eq!(refusal.0, "there is no protocol called temporal in both runs: a has rated, a has rated");
    }
}
