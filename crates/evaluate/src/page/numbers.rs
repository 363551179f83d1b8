//! Every number, and how the users' numbers are distributed.

use artifacts::tables::ColdStartRow;
use lineup::ModelKind;
use metrics::PerUser;
use report::{
    Bin, ColdStartCurve, ColdStartPoint, Distribution, Measurement, PairedDistribution, Protocol, Segment,
};

use crate::config::Checked;
use crate::measure::{ALL, Measured};

/// Bins of a distribution over [0, 1]; twice as many over [-1, 1].
const BINS: u32 = 20;
/// Models whose distribution is drawn: the best stack, the best base model, the best average.
const DRAWN: [ModelKind; 3] = [ModelKind::Meta, ModelKind::Base, ModelKind::Average];

pub fn protocol(measured: &Measured) -> Protocol {
    Protocol {
        name: measured.protocol.name().to_owned(),
        ranks: measured.protocol.meaning().to_owned(),
        users_evaluated: measured.per_user.user_ids().len() as u64,
        users_left_out: measured.per_user.n_left_out() as u64,
        candidate_recall: measured.candidate_recall(),
        fingerprint: measured.fingerprint.digest(),
    }
}

pub fn measurements(measured: &Measured) -> Vec<Measurement> {
    let kind_of = |name: &str| measured.models.iter().find(|(model, _)| model == name).map(|(_, kind)| *kind);
    let measurement = |number: &crate::measure::Number| {
        Some(Measurement {
            model: number.model.clone(),
            kind: super::shown(kind_of(&number.model)?),
            protocol: measured.protocol.name().to_owned(),
            segment: number.segment.clone(),
            metric: number.metric.clone(),
            k: number.k.map(|k| k as u32),
            value: number.value?,
            low: number.interval.map(|interval| interval.low),
            high: number.interval.map(|interval| interval.high),
            n_users: number.n_users as u64,
        })
    };
    measured.numbers.iter().filter_map(measurement).collect()
}

/// The segments that some protocol has numbers of, in the order of the numbers.
pub fn segments(all: &[Measured]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for number in all.iter().flat_map(|measured| &measured.numbers) {
        if segments.iter().all(|segment| segment.name != number.segment) {
            let (group, label) = match number.segment.split_once(':') {
                None => (String::new(), "everyone, every item".to_owned()),
                Some(("user_activity", "0")) => {
                    ("Users by known ratings".to_owned(), "none: cold users".to_owned())
                }
                Some(("user_activity", range)) => {
                    ("Users by known ratings".to_owned(), format!("{} ratings", range.replace('-', " to ")))
                }
                Some(("item_popularity", class)) => ("Items by popularity".to_owned(), class.to_owned()),
                Some(("genre", genre)) => ("Items by genre".to_owned(), genre.to_owned()),
                Some((group, label)) => (group.to_owned(), label.to_owned()),
            };
            segments.push(Segment { name: number.segment.clone(), group, label });
        }
    }
    segments.sort_by_key(|segment| segment.name != ALL); // everyone first, else as they came
    segments
}

/// How the users' NDCG at the report's cut is distributed, for the best model of each kind.
pub fn distributions(measured: &Measured, config: &Checked) -> Vec<Distribution> {
    let best = DRAWN.into_iter().filter_map(|kind| {
        let name = measured.best(kind, config.report_k)?;
        Some((name.to_owned(), values(&measured.per_user, name, config)?))
    });
    let distribution = |(name, values): (String, Vec<Option<f64>>)| Distribution {
        model: name,
        protocol: measured.protocol.name().to_owned(),
        metric: "ndcg".to_owned(),
        k: Some(config.report_k),
        bins: bins(values.into_iter().flatten(), 0, BINS),
    };
    best.map(distribution).collect()
}

/// The cold-start curves, the best stack's first.
pub fn cold_start(rows: &[ColdStartRow], measured: &Measured, config: &Checked) -> Vec<ColdStartCurve> {
    let curve = |kind: ModelKind| {
        let name = measured.best(kind, config.report_k)?;
        let of_model: Vec<&ColdStartRow> = rows.iter().filter(|row| row.model == name).collect();
        let first = of_model.first()?;
        let point = |row: &&ColdStartRow| ColdStartPoint {
            known: row.known_ratings.map(|n| n as u32),
            value: row.value,
            low: row.ci_low,
            high: row.ci_high,
        };
        Some(ColdStartCurve {
            protocol: first.protocol.clone(),
            metric: first.metric.clone(),
            k: Some(first.k as u32),
            model: name.to_owned(),
            n_users: first.n_users as u64,
            points: of_model.iter().map(point).collect(),
        })
    };
    DRAWN.into_iter().filter_map(curve).collect()
}

/// How the users' differences are distributed, for the first stack of the verdict against each rival.
pub fn paired_distributions(measured: &Measured, config: &Checked) -> Vec<PairedDistribution> {
    let first = measured.duels.first().map(|duel| duel.comparison.a.as_str());
    let of_first = measured.duels.iter().filter(|duel| Some(duel.comparison.a.as_str()) == first);
    let paired = |duel: &crate::duels::Duel| {
        let values = |name: &str| values(&measured.per_user, name, config);
        let (stack, rival) = (values(&duel.comparison.a)?, values(&duel.comparison.b)?);
        let differences: Vec<f64> =
            stack.iter().zip(&rival).filter_map(|(stack, rival)| Some((*stack)? - (*rival)?)).collect();
        let count =
            |is: fn(f64) -> bool| differences.iter().filter(|&&difference| is(difference)).count() as u64;
        Some(PairedDistribution {
            stack: duel.comparison.a.clone(),
            rival: duel.comparison.b.clone(),
            protocol: measured.protocol.name().to_owned(),
            metric: "ndcg".to_owned(),
            k: Some(config.report_k),
            better: count(|difference| difference > 0.0),
            equal: count(|difference| difference == 0.0),
            worse: count(|difference| difference < 0.0),
            bins: bins(differences.iter().copied(), -(BINS as i32), BINS),
        })
    };
    of_first.filter_map(paired).collect()
}

fn values(per_user: &PerUser, model: &str, config: &Checked) -> Option<Vec<Option<f64>>> {
    let column = per_user.column_index("ndcg", Some(config.report_k as usize))?;
    Some(per_user.values(per_user.model_index(model)?, column).collect())
}

/// Counts in bins of width 1 / [`BINS`] from `first` / [`BINS`] on, up to 1.
fn bins(values: impl Iterator<Item = f64>, first: i32, per_unit: u32) -> Vec<Bin> {
    let n_bins = (per_unit as i32 - first) as usize;
    let end = |bin: usize| f64::from(first + bin as i32) / f64::from(per_unit);
    let mut bins: Vec<Bin> =
        (0..n_bins).map(|bin| Bin { from: end(bin), to: end(bin + 1), count: 0 }).collect();
    for value in values {
        let at = ((value * f64::from(per_unit)).floor() - f64::from(first)).clamp(0.0, (n_bins - 1) as f64);
        bins[at as usize].count += 1;
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bin_holds_its_upper_end() {
        let bins = bins([0.0, 0.04, 0.05, 1.0].into_iter(), 0, 20);
        let counts: Vec<u64> = bins.iter().map(|bin| bin.count).collect();
        assert_eq!((counts.len(), counts[0], counts[1], counts[19]), (20, 2, 1, 1));
        let paired = super::bins([-1.0, -0.01, 0.0, 1.0].into_iter(), -20, 20);
        assert_eq!([0, 19, 20, 39].map(|bin| paired[bin].count), [1; 4]);
        assert_eq!((paired[0].from, paired[20].from, paired[39].to), (-1.0, 0.0, 1.0));
    }
}
