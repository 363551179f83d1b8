//! Do probabilities come true as often as they say? One reliability diagram a model.

use super::frame::PANEL_GAP;
use super::{Place, PlotSpec};
use crate::chart::unit_square::{Panel, Point};
use crate::data::{ReliabilityCurve, ReliabilityPoint, ReportData};
use crate::format;

/// What a panel needs.
const PANEL_WIDTH: f64 = 250.0;

/// The plot, where a curve has a point.
pub fn plot(data: &ReportData) -> Option<PlotSpec<'_>> {
    let panels: Vec<Panel> = data.reliability.iter().filter_map(panel).collect();
    if panels.is_empty() {
        return None;
    }
    Some(PlotSpec {
        name: "reliability".to_owned(),
        title: "Do the probabilities come true?".to_owned(),
        caption: "Test rows in bins of equal size by their predicted probability: a point below the diagonal promises too much, \
                  one above it too little. The vertical strokes are what chance alone does to a bin (95\u{a0}%). ECE, the expected \
                  calibration error, is the mean distance from the diagonal."
            .to_owned(),
        place: Place::Learning,
        full_width: panels.len() > 2,
        body: Box::new(move |scene, frame, mut top| {
            let spans = frame.columns(panels.len(), PANEL_WIDTH);
            for line in panels.chunks(spans.len()) {
                for (panel, &span) in line.iter().zip(&spans) {
                    panel.draw(scene, span, top);
                }
                top += Panel::height(spans[0].width()) + PANEL_GAP;
            }
            top - PANEL_GAP
        }),
    })
}

fn panel(curve: &ReliabilityCurve) -> Option<Panel> {
    let is_share = |value: f64| (0.0..=1.0).contains(&value);
    let mut points: Vec<&ReliabilityPoint> =
        curve.points.iter().filter(|point| is_share(point.predicted) && is_share(point.relevant)).collect();
    points.sort_by(|one, other| one.predicted.total_cmp(&other.predicted));
    if points.is_empty() {
        return None;
    }
    Some(Panel {
        heading: curve.model.clone(),
        note: format!("ECE {}", format::metric(curve.ece)),
        x_label: "mean predicted probability".to_owned(),
        y_label: "share of relevant rows".to_owned(),
        points: points.into_iter().map(point).collect(),
    })
}

fn point(bin: &ReliabilityPoint) -> Point {
    let (low, high) = wilson(bin.relevant, bin.count);
    Point {
        x: bin.predicted,
        y: bin.relevant,
        range: (low, high),
        tip: format!(
            "predicted {}, relevant {}, {} rows",
            format::percent(bin.predicted, 1),
            format::percent(bin.relevant, 1),
            format::count(bin.count)
        ),
    }
}

/// Wilson's 95 % interval of a share of `n` rows (Wilson, 1927): inside [0, 1] also near its ends; all of it for no row.
fn wilson(share: f64, n: u64) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    if n == 0 {
        return (0.0, 1.0);
    }
    let n = n as f64;
    let shrunk = 1.0 + Z * Z / n;
    let middle = (share + Z * Z / (2.0 * n)) / shrunk;
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt() / shrunk;
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_by_another_implementation() {
        // statsmodels.stats.proportion.proportion_confint(30, 100, method="wilson"), and of (0, 10)
        let (low, high) = wilson(0.3, 100);
        assert!((low - 0.218_948).abs() < 1e-6 && (high - 0.395_849).abs() < 1e-6, "{low} {high}");
        let (low, high) = wilson(0.0, 10);
        assert!(low == 0.0 && (high - 0.277_533).abs() < 1e-6, "{low} {high}");
        assert_eq!(wilson(0.5, 0), (0.0, 1.0));
    }
}
