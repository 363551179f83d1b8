//! What each part of a preset adds to each stack: one panel a stack, in it the parts that the preset has and those that it has not.

use super::{Place, PlotSpec};
use crate::chart::intervals::{Group, Panel, Row, Side};
use crate::data::{Contribution, ReportData};
use crate::format;
use crate::metric::Metric;

/// Between the panels of two stacks.
const PANEL_GAP: f64 = 30.0;

/// The plot; parts stand in the order given.
pub fn plot<'a>(data: &ReportData, contributions: &[Contribution], level: f64) -> PlotSpec<'a> {
    let metric = contributions.first().map_or("ndcg", |first| first.metric.as_str());
    let metric = Metric::of(metric, data.k);
    let mut stacks: Vec<&str> = Vec::new();
    for one in contributions {
        if !stacks.contains(&one.stack.as_str()) {
            stacks.push(&one.stack);
        }
    }
    let panels: Vec<Panel> = stacks.iter().map(|stack| panel(contributions, stack, &metric)).collect();
    let above = contributions.iter().filter(|one| side(one) == Side::Above).count();
    PlotSpec {
        name: "ablation".to_owned(),
        title: format!("What each part adds, {}", metric.label),
        caption: format!(
            "The mean over users of the metric with the part less without it, with its {} interval. Squares: the interval lies above zero \
             ({above} of {}).",
            format::percent(level, 0),
            contributions.len()
        ),
        place: Place::Quality,
        full_width: false,
        body: Box::new(move |scene, frame, mut top| {
            for panel in &panels {
                panel.draw(scene, frame.span(), top);
                top += panel.height() + PANEL_GAP;
            }
            top - PANEL_GAP
        }),
    }
}

fn panel(contributions: &[Contribution], stack: &str, metric: &Metric) -> Panel {
    let group = |is_part: bool, name: &str| Group {
        name: format!("{stack}: {name}"),
        rows: contributions
            .iter()
            .filter(|one| one.stack == stack && one.is_part == is_part)
            .map(row)
            .collect(),
    };
    let groups = [group(true, "in the preset"), group(false, "not in the preset")];
    Panel {
        axis_label: format!("{}, with the part minus without it", metric.label),
        groups: groups.into_iter().filter(|group| !group.rows.is_empty()).collect(),
        least_width: 0.01,
    }
}

fn row(one: &Contribution) -> Row {
    let signed = |value: f64| format::signed(value, 4);
    let interval = one.adds.filter(|interval| interval.iter().all(|value| value.is_finite()));
    let [low, middle, high] = interval.unwrap_or([f64::NAN; 3]);
    Row {
        name: one.part.clone(),
        interval,
        label: signed(middle),
        note: format!("[{}, {}]", signed(low), signed(high)),
        tip: format!("{}: p = {} after Holm's correction", one.part, format::p_value(one.p_holm)),
        side: side(one),
    }
}

fn side(one: &Contribution) -> Side {
    match one.adds {
        Some([low, ..]) if low > 0.0 => Side::Above,
        Some([.., high]) if high < 0.0 => Side::Below,
        _ => Side::Over,
    }
}
