//! What the next trial tries: tree-structured Parzen estimators (Bergstra et al., Algorithms for Hyper-Parameter Optimization, NIPS 2011),
//! one a key, of the crate `tpe`.
//!
//! A trial follows from its number, the seed and the trials before it alone, so that a search that was stopped goes on as if it had not been.

use anyhow::Context as _;
use dataset::rng;
use rand::{Rng, RngExt as _};
use serde_json::Value as Json;

use crate::log::Trial;
use crate::space::{Range, Space};

/// Significant digits of a number that is tried: enough for any hyper-parameter, few enough to be read in a file.
const DIGITS: usize = 4;

/// The values of trial `number`, one for each key: those of the preset first, then random ones, then what `finished`, all trials before, let expect
/// to be good. `None` where a key has no value in the preset.
///
/// # Errors
/// Where the estimator refuses a range: a mistake in [`Space::parse`].
pub fn propose(
    space: &Space,
    preset: &[Option<Json>],
    finished: &[Trial],
    number: u32,
    seed: u64,
) -> anyhow::Result<Vec<Option<Json>>> {
    if number == 0 {
        return Ok(preset.to_vec());
    }
    let mut draws = rng::stream(seed, &format!("sweep/trial-{number}"));
    let propose = |(at, key): (usize, &crate::space::Key)| {
        let (low, high) = ends(&key.range);
        let coordinate = if number <= space.startup {
            low + (high - low) * draws.random::<f64>()
        } else {
            learnt(
                &key.range,
                finished.iter().map(|trial| (trial.values[at].as_ref(), trial.value)),
                &mut draws,
            )
            .with_context(|| key.name())?
        };
        Ok(Some(value_at(&key.range, coordinate)))
    };
    space.keys.iter().enumerate().map(propose).collect()
}

fn learnt<'a>(
    range: &Range,
    finished: impl Iterator<Item = (Option<&'a Json>, Option<f64>)>,
    draws: &mut impl Rng,
) -> anyhow::Result<f64> {
    let (low, high) = ends(range);
    let estimator = match range {
        Range::Choice(_) => tpe::histogram_estimator(),
        _ => tpe::parzen_estimator(),
    };
    let mut optimizer = tpe::TpeOptimizer::new(estimator, tpe::range(low, high)?);
    for (value, metric) in finished {
        // The preset's own value may lie outside; a trial that could not be run is as bad as can be.
        let coordinate = value.and_then(|value| coordinate(range, value)).unwrap_or(f64::NAN);
        optimizer.tell(coordinate, metric.map_or(f64::INFINITY, |metric| -metric))?;
    }
    Ok(optimizer.ask(draws)?)
}

/// The ends of the coordinates, the second not included. Whole numbers have half a step of room at both ends, so that the first and the last are
/// as likely as the others.
fn ends(range: &Range) -> (f64, f64) {
    match *range {
        Range::Float { low, high, log } => (scaled(low, log), scaled(high, log)),
        Range::Int { low, high, log } => (scaled(low as f64 - 0.5, log), scaled(high as f64 + 0.5, log)),
        Range::Choice(ref values) => (0.0, values.len() as f64),
    }
}

fn scaled(value: f64, log: bool) -> f64 {
    if log { value.ln() } else { value }
}

/// The value at a coordinate.
fn value_at(range: &Range, coordinate: f64) -> Json {
    let unscaled = |log: bool| if log { coordinate.exp() } else { coordinate };
    match *range {
        Range::Float { low, high, log } => Json::from(rounded(unscaled(log)).clamp(low, high)),
        Range::Int { low, high, log } => Json::from((unscaled(log).round() as i64).clamp(low, high)),
        Range::Choice(ref values) => values[(coordinate.max(0.0) as usize).min(values.len() - 1)].clone(),
    }
}

fn rounded(value: f64) -> f64 {
    format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value)
}

/// The coordinate of a value; `None` where it lies outside the range.
pub fn coordinate(range: &Range, value: &Json) -> Option<f64> {
    let (first, behind) = ends(range);
    let coordinate = match range {
        Range::Float { log, .. } => scaled(value.as_f64()?, *log),
        Range::Int { log, .. } => scaled(value.as_i64()? as f64, *log),
        // The middle of the choice's bin.
        Range::Choice(values) => values.iter().position(|one| one == value)? as f64 + 0.5,
    };
    // The upper end itself belongs to a range of numbers.
    let last = behind.next_down();
    (first..=behind).contains(&coordinate).then_some(coordinate.min(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(startup: u32) -> Space {
        let text = "model = \"x\"\n[train-meta]\na = { log = [0.01, 10.0] }\nb = { int = [1, 4] }\nc = { choice = [\"no\", \"yes\"] }";
        Space { startup, ..Space::parse(text).unwrap() }
    }

    /// Best at a = 1, b = 3, c = yes.
    fn metric(values: &[Option<Json>]) -> f64 {
        let number = |at: usize| values[at].as_ref().and_then(Json::as_f64).unwrap();
        let yes = values[2].as_ref().unwrap() == "yes";
        -number(0).ln().powi(2) - 0.3 * (number(1) - 3.0).powi(2) + if yes { 1.0 } else { 0.0 }
    }

    fn search(space: &Space, n: u32) -> Vec<Trial> {
        let preset = [Some(Json::from(20.0)), Some(Json::from(1)), Some(Json::from("no"))];
        let mut trials: Vec<Trial> = Vec::new();
        for number in 0..n {
            let values = propose(space, &preset, &trials, number, 7).unwrap();
            let value = Some(metric(&values));
            trials.push(Trial { number, values, value, ..Trial::default() });
        }
        trials
    }

    #[test]
    fn the_search_finds_what_chance_does_not() {
        let best = |trials: &[Trial]| trials.iter().filter_map(|trial| trial.value).fold(f64::MIN, f64::max);
        let (learnt, drawn) = (best(&search(&space(10), 80)), best(&search(&space(1000), 80)));
        assert!(learnt > 0.99 && learnt >= drawn, "{learnt} {drawn}"); // 1 is the optimum
    }

    #[test]
    fn every_value_lies_in_its_range_and_comes_back() {
        let space = space(5);
        for trial in &search(&space, 40)[1..] {
            for (key, value) in space.keys.iter().zip(&trial.values) {
                let value = value.as_ref().unwrap();
                assert!(coordinate(&key.range, value).is_some(), "{}: {value}", key.name());
            }
        }
        let ints = Range::Int { low: 1, high: 4, log: true };
        for whole in 1..=4 {
            let there = coordinate(&ints, &Json::from(whole)).unwrap();
            assert_eq!(value_at(&ints, there), Json::from(whole));
        }
        assert_eq!(coordinate(&ints, &Json::from(5)), None);
        let floats = Range::Float { low: 0.0, high: 1.0, log: false };
        assert_eq!(value_at(&floats, 0.123_456), Json::from(0.1235));
        assert!(coordinate(&floats, &Json::from(1.0)).unwrap() < 1.0);
    }

    #[test]
    fn a_trial_follows_from_those_before_it() {
        let trials = search(&space(3), 12);
        let preset = trials[0].values.clone();
        let again = propose(&space(3), &preset, &trials[..9], 9, 7).unwrap();
        assert_eq!(again, trials[9].values);
        assert_ne!(propose(&space(3), &preset, &trials[..9], 9, 8).unwrap(), trials[9].values);
    }
}
