//! The stacks against their rivals: differences with their intervals, the picture of the verdict.

use super::{Place, PlotSpec};
use crate::chart::intervals::{Group, Panel, Row, Side};
use crate::data::{Comparison, ReportData};
use crate::format;
use crate::metric::Metric;

/// Between two panels.
const PANEL_GAP: f64 = 18.0;

/// The plot, where anything is compared: one panel a protocol and metric, in it one group a stack, all in the order given.
pub fn plot(data: &ReportData) -> Option<PlotSpec<'_>> {
    let comparisons = &data.comparisons;
    let first = comparisons.first()?;
    let metrics = distinct(comparisons.iter().map(|one| one.metric.as_str()));
    let protocols = distinct(comparisons.iter().map(|one| one.protocol.as_str()));
    let keys = distinct(comparisons.iter().map(|one| (one.protocol.as_str(), one.metric.as_str())));
    let panels: Vec<Panel> = keys
        .iter()
        .map(|(protocol, key)| {
            let shown =
                if protocols.len() > 1 { format!(", {}", protocol.replace('_', " ")) } else { String::new() };
            panel(comparisons, protocol, &Metric::of(key, data.k), &shown)
        })
        .collect();
    let title = match metrics[..] {
        [key] => format!("Each stack against its rivals, {}", Metric::of(key, data.k).label),
        _ => "Each stack against its rivals".to_owned(),
    };
    Some(PlotSpec {
        name: "comparisons".to_owned(),
        title,
        caption: caption(comparisons, first.level),
        place: Place::Verdict,
        full_width: false,
        body: Box::new(move |scene, frame, mut top| {
            for panel in &panels {
                panel.draw(scene, frame.span(), top);
                top += panel.height() + PANEL_GAP;
            }
            top - PANEL_GAP
        }),
    })
}

fn panel(comparisons: &[Comparison], protocol: &str, metric: &Metric, shown: &str) -> Panel {
    let of_metric = || comparisons.iter().filter(|one| one.metric == metric.key && one.protocol == protocol);
    let group = |stack: &str| Group {
        name: format!("{stack} minus"),
        rows: of_metric().filter(|one| one.stack == stack).map(row).collect(),
    };
    Panel {
        axis_label: format!("{}, stack minus rival{shown}", metric.label),
        groups: distinct(of_metric().map(|one| one.stack.as_str())).into_iter().map(group).collect(),
        least_width: 0.01,
    }
}

fn row(one: &Comparison) -> Row {
    let interval = [one.low, one.difference, one.high];
    let signed = |value: f64| format::signed(value, 4);
    Row {
        name: one.rival.clone(),
        interval: interval.iter().all(|value| value.is_finite()).then_some(interval),
        label: signed(one.difference),
        note: format!("[{}, {}]", signed(one.low), signed(one.high)),
        tip: format!("{} p = {} after Holm's correction.", one.sentence, format::p_value(one.p_holm)),
        side: side(one),
    }
}

/// Where the interval lies; over the zero where it is not defined.
fn side(one: &Comparison) -> Side {
    if one.low > 0.0 {
        Side::Above
    } else if one.high < 0.0 {
        Side::Below
    } else {
        Side::Over
    }
}

fn caption(comparisons: &[Comparison], level: f64) -> String {
    let above = comparisons.iter().filter(|one| side(one) == Side::Above).count();
    let below = comparisons.iter().filter(|one| side(one) == Side::Below).count();
    let significant = comparisons.iter().filter(|one| one.p_holm < 1.0 - level).count();
    let n = comparisons.len();
    format!(
        "The mean difference over users with its {} interval, users paired; right of the line the stack is better. Squares: the interval lies above zero ({above} of \
         {n}); diamonds: below ({below}); circles: zero is inside. Corrected for {n} comparisons (Holm), {significant} \
         {} from zero.",
        format::percent(level, 0),
        if significant == 1 { "differs" } else { "differ" }
    )
}

/// Each value once, in the order of their first appearance.
fn distinct<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for value in values {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}
