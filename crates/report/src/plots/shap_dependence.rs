//! How a feature's contribution depends on its value: one panel a feature of the first model that is explained.

use super::frame::PANEL_GAP;
use super::{Place, PlotSpec};
use crate::chart::scatter::Panel;
use crate::chart::{LABEL, Scene, Span, Text, scale};
use crate::data::{Explained, ExplainedFeature, ReportData};
use crate::font::{self, Weight};
use crate::theme::Ink;

/// Features drawn, the strongest.
const SHOWN: usize = 6;
/// Panels side by side at most.
const COLUMNS: usize = 3;
/// What a panel needs.
const PANEL_WIDTH: f64 = 260.0;
/// Dots in a panel at most: every n-th row.
const DOTS: usize = 600;
/// The share of the values that is left out at either end: one value far off would squeeze all others.
const BEYOND: f64 = 0.01;
const LEGEND: f64 = 34.0;
const INK: Ink = Ink::Meta;
const LINE: Ink = Ink::Extra;

/// The plot, where a model's scores are explained.
pub fn plot(data: &ReportData) -> Option<PlotSpec<'_>> {
    let first = data.explained.iter().find(|of| !of.features.is_empty())?;
    let linear =
        data.explained.iter().find(|of| of.is_linear && of.model != first.model && of.unit == first.unit);
    let mut panels: Vec<Panel> =
        first.strongest().into_iter().filter_map(|feature| panel(first, linear, feature)).collect();
    panels.truncate(SHOWN);
    if panels.is_empty() {
        return None;
    }
    // One scale for all, so that the features can be compared.
    let values = panels.iter().flat_map(|panel| {
        let shown = panel.points.iter().filter(|(x, _)| scale::holds(panel.x_domain, *x));
        shown.map(|(_, y)| *y).collect::<Vec<f64>>()
    });
    let y_domain = scale::around(values.chain([0.0]), 0.0, None);
    for panel in &mut panels {
        panel.y_domain = y_domain;
    }
    let compared = linear.map_or_else(String::new, |of| {
        format!(" The line is what {} adds for the same value, as far as it is inside the panel.", of.model)
    });
    let every = first.features.iter().map(every).max().unwrap_or(1);
    let thinned = if every > 1 { format!(", one in {every}") } else { String::new() };
    let (name, line) = (first.model.clone(), linear.map(|of| of.model.clone()));
    Some(PlotSpec {
        name: "shap-dependence".to_owned(),
        title: format!("What the strongest features of {} add, by their value", first.model),
        caption: format!(
            "A dot a test row{thinned}. Where dots of one value spread, what the value adds depends on the other features.{compared} The \
             first and the last hundredth of the values are not shown."
        ),
        place: Place::Learning,
        full_width: panels.len() > 1,
        body: Box::new(move |scene, frame, mut top| {
            legend(scene, frame.span(), top, &name, line.as_deref());
            top += LEGEND;
            let spans = frame.columns(panels.len().min(COLUMNS), PANEL_WIDTH);
            for line in panels.chunks(spans.len()) {
                for (panel, &span) in line.iter().zip(&spans) {
                    panel.draw(scene, span, top);
                }
                top += Panel::HEIGHT + PANEL_GAP;
            }
            top - PANEL_GAP
        }),
    })
}

/// The panel of a feature; none where its values are missing.
fn panel(of: &Explained, linear: Option<&Explained>, feature: &ExplainedFeature) -> Option<Panel> {
    let mut values: Vec<f64> = known(feature).map(|(x, _)| x).collect();
    values.sort_by(f64::total_cmp);
    let beyond = (values.len() as f64 * BEYOND) as usize;
    let (low, high) = (*values.get(beyond)?, *values.get(values.len() - 1 - beyond)?);
    let x_domain = if low < high { (low, high) } else { (low - 0.5, high + 0.5) };
    let points = feature.rows.iter().step_by(every(feature));
    let same = linear.and_then(|of| of.features.iter().find(|other| other.name == feature.name));
    Some(Panel {
        heading: feature.name.clone(),
        y_label: format!("added to the {}", of.unit),
        x_label: "value".to_owned(),
        points: points.filter_map(|&(x, y)| Some((x?, y))).filter(|(x, y)| (x + y).is_finite()).collect(),
        ink: INK,
        line: same.and_then(|feature| ends(feature, x_domain)),
        line_ink: LINE,
        x_domain,
        y_domain: (0.0, 0.0),
    })
}

/// One row in how many is drawn.
fn every(feature: &ExplainedFeature) -> usize {
    feature.rows.len().div_ceil(DOTS).max(1)
}

fn known(feature: &ExplainedFeature) -> impl Iterator<Item = (f64, f64)> {
    feature.rows.iter().filter_map(|&(x, y)| Some((x?, y))).filter(|(x, y)| (x + y).is_finite())
}

/// The first and the last point of a straight line inside a domain.
fn ends(feature: &ExplainedFeature, domain: (f64, f64)) -> Option<[(f64, f64); 2]> {
    let inside = || known(feature).filter(|(x, _)| scale::holds(domain, *x));
    let least = inside().min_by(|one, other| one.0.total_cmp(&other.0));
    let largest = inside().max_by(|one, other| one.0.total_cmp(&other.0));
    Some([least?, largest?])
}

/// What dots and line are.
fn legend(scene: &mut Scene, span: Span, top: f64, dots: &str, line: Option<&str>) {
    let y = top + 10.0;
    scene.dots([(span.left + 4.0, y)], 4.5, INK);
    scene.text(Text::new(span.left + 15.0, y, dots));
    if let Some(line) = line {
        let left = span.left + 15.0 + font::width(dots, LABEL, Weight::Regular) + 20.0;
        scene.line((left, y), (left + 20.0, y), LINE, 2.0);
        scene.text(Text::new(left + 27.0, y, line));
    }
}
