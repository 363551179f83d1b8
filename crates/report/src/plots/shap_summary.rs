//! What each feature adds to the scores of single rows: one panel of beeswarms a model.

use super::{Place, PlotSpec};
use crate::chart::beeswarm::{Panel, Row};
use crate::chart::{LABEL, Scene, Span, Text};
use crate::data::{Explained, ExplainedFeature, ReportData};
use crate::font::{self, Weight};
use crate::format;
use crate::theme::Ink;

/// More features than these are not drawn; the panel says how many there are.
const SHOWN: usize = 15;
/// What a panel needs, names included.
const PANEL_WIDTH: f64 = 400.0;
/// The height of the legend.
const LEGEND: f64 = 34.0;
/// Missing values.
const MISSING: Ink = Ink::Extra;

/// The plot, where a model's scores are explained.
pub fn plot(data: &ReportData) -> Option<PlotSpec<'_>> {
    let panels: Vec<Panel> = data.explained.iter().filter_map(panel).collect();
    if panels.is_empty() {
        return None;
    }
    let features = || data.explained.iter().flat_map(|of| &of.features);
    let n_rows = features().map(|feature| feature.rows.len()).max().unwrap_or(0);
    let missing = features().any(|feature| feature.rows.iter().any(|(value, _)| value.is_none()));
    Some(PlotSpec {
        name: "shap-summary".to_owned(),
        title: "What each feature adds to a score".to_owned(),
        caption: format!(
            "Exact Shapley values (SHAP) of {} test rows: what a feature's value adds to a row's raw score; with the model's base they \
             add up to it. Features by the mean size of what they add. The fullest column of a row has six dots, others as many in \
             proportion, at least one. Orange dots at the right: high values raise the score.",
            format::count(n_rows as u64)
        ),
        place: Place::Learning,
        full_width: panels.len() > 1,
        body: Box::new(move |scene, frame, top| {
            legend(scene, frame.span(), top, missing);
            let spans = frame.columns(panels.len(), PANEL_WIDTH);
            let mut y = top + LEGEND;
            for line in panels.chunks(spans.len()) {
                for (panel, span) in line.iter().zip(&spans) {
                    panel.draw(scene, *span, y);
                }
                y += line.iter().map(Panel::height).fold(0.0, f64::max) + 12.0;
            }
            y - 12.0
        }),
    })
}

fn panel(explained: &Explained) -> Option<Panel> {
    let mut features = explained.strongest();
    features.truncate(SHOWN);
    let shown = features.len();
    let axis_label = if shown < explained.n_features {
        format!("added to the {} · the {shown} strongest of {}", explained.unit, explained.n_features)
    } else {
        format!("added to the {}", explained.unit)
    };
    let rows: Vec<Row> = features.into_iter().map(row).collect();
    (!rows.is_empty()).then(|| Panel { heading: explained.model.clone(), axis_label, rows })
}

/// The dots of a feature, in ascending order of its value: in a column of the swarm the low values are at the bottom.
fn row(feature: &ExplainedFeature) -> Row {
    let value = |row: usize| feature.rows[row].0.filter(|value| value.is_finite());
    let mut rows: Vec<usize> = (0..feature.rows.len()).collect();
    // Missing values first.
    rows.sort_by(|&a, &b| match (value(a), value(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    });
    let n_missing = rows.iter().filter(|&&row| value(row).is_none()).count();
    let n_known = rows.len() - n_missing;
    let mut dots: Vec<(f64, Ink)> =
        rows[..n_missing].iter().map(|&row| (feature.rows[row].1, MISSING)).collect();
    let mut before = 0;
    for tied in rows[n_missing..].chunk_by(|&a, &b| value(a) == value(b)) {
        // The place of tied values is the middle of their places.
        let ink = Ink::FIFTHS[5 * (2 * before + tied.len()) / (2 * n_known)];
        dots.extend(tied.iter().map(|&row| (feature.rows[row].1, ink)));
        before += tied.len();
    }
    Row { name: feature.name.clone(), dots }
}

/// The colours, lowest fifth to highest.
fn legend(scene: &mut Scene, span: Span, top: f64, missing: bool) {
    let y = top + 10.0;
    let mut x = span.left;
    let word = |scene: &mut Scene, word: &str, x: &mut f64| {
        scene.text(Text::new(*x, y, word));
        *x += font::width(word, LABEL, Weight::Regular) + 9.0;
    };
    let dot = |scene: &mut Scene, ink: Ink, x: &mut f64| {
        scene.dots([(*x + 4.0, y)], 4.5, ink);
        *x += 13.0;
    };
    word(scene, "The value is low", &mut x);
    for ink in Ink::FIFTHS {
        dot(scene, ink, &mut x);
    }
    x += 4.0;
    word(scene, "high", &mut x);
    if missing {
        x += 8.0;
        dot(scene, MISSING, &mut x);
        x += 4.0;
        word(scene, "missing", &mut x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_ascend_by_value_in_the_ink_of_their_fifth() {
        let rows = [(Some(9.0), 1.0), (None, 2.0), (Some(1.0), 3.0), (Some(1.0), 4.0), (Some(5.0), 5.0)];
        let dots = row(&ExplainedFeature { name: "f".to_owned(), rows: rows.to_vec() }).dots;
        assert_eq!(dots.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [2.0, 3.0, 4.0, 5.0, 1.0]);
        // Of four known values, the two ones have their middle at 1/4, 5 at 5/8, 9 at 7/8 of the way.
        let inks: Vec<Ink> = dots.iter().map(|(_, ink)| *ink).collect();
        assert_eq!(inks, [MISSING, Ink::Low, Ink::Low, Ink::High, Ink::Highest]);
    }

    #[test]
    fn equal_values_have_the_middle_ink() {
        let rows = vec![(Some(2.0), 0.5); 7];
        let dots = row(&ExplainedFeature { name: "f".to_owned(), rows }).dots;
        assert!(dots.iter().all(|(_, ink)| *ink == Ink::Middle));
    }
}
