//! Users are not their mean: how the metric is spread over them, and for how many a stack is better than its rivals.

use super::frame::PANEL_GAP;
use super::{Place, PlotSpec, style};
use crate::chart::curves::{Curve, Panel, Point};
use crate::chart::histogram::{self, Bar};
use crate::data::{Bin, Distribution, PairedDistribution, ReportData};
use crate::format;
use crate::metric::Metric;

/// So many models' curves are drawn, and so many comparisons.
const N_CURVES: usize = 4;
const N_PAIRS: usize = 2;
/// What a panel needs.
const PANEL_WIDTH: f64 = 340.0;

/// The plot: cumulative curves of the models, then a histogram for each of the first comparisons.
pub fn plot(data: &ReportData) -> Option<PlotSpec<'_>> {
    let curves = cumulative(data);
    let pairs: Vec<histogram::Panel> =
        data.paired_distributions.iter().take(N_PAIRS).filter_map(paired).collect();
    let n_panels = usize::from(curves.is_some()) + pairs.len();
    if n_panels == 0 {
        return None;
    }
    Some(PlotSpec {
        name: "per-user".to_owned(),
        title: "Users, not their mean".to_owned(),
        caption: caption(data, curves.is_some(), !pairs.is_empty()),
        place: Place::Users,
        full_width: n_panels > 1,
        body: Box::new(move |scene, frame, top| {
            let spans = frame.columns(n_panels, PANEL_WIDTH);
            let place = |at: usize| {
                let line = (at / spans.len()) as f64;
                (spans[at % spans.len()], top + line * (histogram::Panel::HEIGHT + PANEL_GAP))
            };
            if let Some(panel) = &curves {
                let (span, y) = place(0);
                panel.draw(scene, span, y);
            }
            for (at, panel) in pairs.iter().enumerate() {
                let (span, y) = place(at + usize::from(curves.is_some()));
                panel.draw(scene, span, y);
            }
            place(n_panels - 1).1 + histogram::Panel::HEIGHT
        }),
    })
}

fn finite(bins: &[Bin]) -> Vec<&Bin> {
    bins.iter().filter(|bin| bin.from.is_finite() && bin.to.is_finite()).collect()
}

/// The share of users below each value, for the models of the first one's protocol and metric.
fn cumulative(data: &ReportData) -> Option<Panel> {
    let first = data.distributions.first()?;
    let metric = Metric::at(&first.metric, first.k);
    let same = |one: &&Distribution| {
        (&one.protocol, &one.metric, one.k) == (&first.protocol, &first.metric, first.k)
    };
    let points: Vec<(&String, Vec<Point>)> = data
        .distributions
        .iter()
        .filter(same)
        .filter_map(|one| Some((&one.model, below(&one.bins)?)))
        .take(N_CURVES)
        .collect();
    let styles = style::of_models(data, points.iter().map(|(model, _)| model.as_str()));
    let curves: Vec<Curve> = points
        .into_iter()
        .zip(styles)
        .map(|((model, points), (ink, _))| Curve { name: model.clone(), points, ink, symbol: None })
        .collect();
    let ends = curves.iter().flat_map(|curve| &curve.points).map(|point| point.x);
    let (low, high) = crate::chart::scale::extent(ends)?;
    let ticks = crate::chart::scale::ticks((low, high), 5);
    let mut x_ticks: Vec<(f64, String)> =
        ticks.values.iter().map(|&tick| (tick, format::fixed(tick, ticks.decimals))).collect();
    // The axis reaches over all values, whether or not its ends are round.
    for end in [low, high] {
        if x_ticks.iter().all(|(tick, _)| (tick - end).abs() > 1e-9) {
            x_ticks.push((end, String::new()));
        }
    }
    x_ticks.sort_by(|one, other| one.0.total_cmp(&other.0));
    (!curves.is_empty()).then(|| Panel {
        heading: format!("Share of users below a value of {}", metric.label),
        y_label: "share of users".to_owned(),
        x_label: format!("{} of a user", metric.label),
        x_ticks,
        limits: Some((0.0, 1.0)),
        whole: true,
        curves,
    })
}

fn below(bins: &[Bin]) -> Option<Vec<Point>> {
    let total: f64 = bins.iter().map(|bin| bin.count as f64).sum();
    let bins = finite(bins);
    let point = |x, y| Point { x, y, range: None, tip: String::new() };
    let mut points = vec![point(bins.first()?.from, 0.0)];
    let mut sum = 0.0;
    for bin in bins {
        sum += bin.count as f64;
        points.push(point(bin.to, sum / total));
    }
    (total > 0.0).then_some(points)
}

fn paired(one: &PairedDistribution) -> Option<histogram::Panel> {
    let total = one.better.saturating_add(one.equal).saturating_add(one.worse).max(1) as f64;
    let share = |n: u64| format::percent(n as f64 / total, 0);
    let bins = finite(&one.bins);
    // Empty ends would only make the axis longer.
    let first = bins.iter().position(|bin| bin.count > 0)?;
    let last = bins.iter().rposition(|bin| bin.count > 0)?;
    let bars: Vec<Bar> = bins[first..=last]
        .iter()
        .map(|bin| Bar {
            from: bin.from,
            to: bin.to,
            count: bin.count,
            equal: if bin.from <= 0.0 && 0.0 < bin.to { one.equal } else { 0 },
            tip: format!(
                "{} to {}: {} users",
                format::signed(bin.from, 2),
                format::signed(bin.to, 2),
                format::count(bin.count)
            ),
        })
        .collect();
    Some(histogram::Panel {
        heading: format!("{} minus {}", one.stack, one.rival),
        note: format!(
            "better for {}, equal for {}, worse for {}",
            share(one.better),
            share(one.equal),
            share(one.worse)
        ),
        axis_label: format!("difference in {}", Metric::at(&one.metric, one.k).label),
        bars,
    })
}

fn caption(data: &ReportData, has_curves: bool, has_pairs: bool) -> String {
    let mut caption = String::new();
    if has_curves {
        caption.push_str("A curve that lies lower is a model that leaves fewer users with a poor list.");
    }
    if has_pairs {
        caption.push_str(
            " The histograms count users by how much better (right of the line) or worse the stack ranks for them than the rival, grey \
             where both are equal: a lead on average is no lead for everyone.",
        );
    }
    let protocol = data
        .distributions
        .first()
        .map(|one| &one.protocol)
        .or_else(|| data.paired_distributions.first().map(|one| &one.protocol));
    let protocol = protocol.map(|protocol| format!(" Protocol {protocol}.")).unwrap_or_default();
    format!("{}{protocol}", caption.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_one() {
        let bin = |from, to, count| Bin { from, to, count };
        let points = below(&[bin(0.0, 0.5, 1), bin(0.5, 1.0, 3)]).unwrap();
        let found: Vec<(f64, f64)> = points.iter().map(|point| (point.x, point.y)).collect();
        assert_eq!(found, [(0.0, 0.0), (0.5, 0.25), (1.0, 1.0)]);
        assert!(below(&[bin(0.0, 1.0, 0)]).is_none() && below(&[]).is_none());
    }
}
