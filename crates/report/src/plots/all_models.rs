//! Every model on the four ranking metrics, as small multiples with one order of rows.

use super::frame::PANEL_GAP;
use super::{Place, PlotSpec};
use crate::chart::dots::{self, Dot, Panel};
use crate::chart::{self, LABEL, Mark, Scene, Span, Text};
use crate::data::{ModelKind, ModelRow, ReportData};
use crate::font::{self, Weight};
use crate::format;
use crate::metric::Metric;
use crate::order;
use crate::theme::Ink;

/// The panels, in reading order.
const METRICS: [&str; 4] = ["ndcg", "hit_rate", "precision", "recall"];
/// What a panel needs, its share of the names included.
const PANEL_WIDTH: f64 = 250.0;

/// The plot, where any model has any of the metrics.
pub fn plot(data: &ReportData) -> Option<PlotSpec<'_>> {
    let rows = order::by_ndcg(&data.models);
    let panels: Vec<Panel> = METRICS
        .into_iter()
        .filter(|key| rows.iter().any(|row| row.metric(key).is_some()))
        .map(|key| panel(&rows, &Metric::of(key, data.k)))
        .collect();
    if panels.is_empty() {
        return None;
    }
    let kinds: Vec<ModelKind> = [ModelKind::Base, ModelKind::Average, ModelKind::Meta]
        .into_iter()
        .filter(|kind| rows.iter().any(|row| row.kind == *kind))
        .collect();
    let title = format!(
        "All models on the {} test users with a relevant item",
        format::count(data.counts.users_evaluated)
    );
    Some(PlotSpec {
        name: "all-models".to_owned(),
        title,
        caption: format!(
            "Rows keep the order of NDCG@{} in every panel, so a dot that breaks the slope is a model that ranks differently by \
             that metric. The best of each panel is bold. Each panel has its own axis, which need not start at zero.",
            data.k
        ),
        place: Place::Plots,
        full_width: panels.len() > 1,
        body: Box::new(move |scene, frame, top| {
            let top = legend(scene, frame.span(), top, &kinds);
            let whole = frame.span();
            let names = panels[0].name_room(whole.width());
            // The names stand once a line, at its left; what they leave is shared evenly.
            let rest = Span { left: whole.left + names, ..whole };
            let spans = chart::columns_of(rest, frame.columns(panels.len(), PANEL_WIDTH).len(), PANEL_GAP);
            let mut y = top;
            for line in panels.chunks(spans.len()) {
                for (at, (panel, span)) in line.iter().zip(&spans).enumerate() {
                    let named = at == 0;
                    let left = if named { whole.left } else { span.left };
                    Panel { named, ..panel.clone() }.draw(scene, Span { left, ..*span }, y);
                }
                y += panels[0].height() + 10.0;
            }
            y - 10.0
        }),
    })
}

fn panel(rows: &[&ModelRow], metric: &Metric) -> Panel {
    let best = metric.best(rows.iter().filter_map(|row| row.metric(&metric.key)));
    let dots = rows.iter().map(|row| {
        let value = row.metric(&metric.key);
        let label = value.map(format::metric).unwrap_or_default();
        let strong = best.as_ref() == Some(&label);
        Dot { name: row.model.clone(), value, label, note: String::new(), kind: row.kind, strong }
    });
    Panel {
        heading: metric.label.clone(),
        axis_label: String::new(),
        rows: dots.collect(),
        named: true,
        reference: None,
        limits: metric.is_share.then_some((0.0, 1.0)),
        least_width: 0.02,
    }
}

/// Which symbol is which kind of model; gives the y below it.
fn legend(scene: &mut Scene, span: Span, top: f64, kinds: &[ModelKind]) -> f64 {
    let (mut x, mut y) = (span.left, top + 8.0);
    for &kind in kinds {
        let label = match kind {
            ModelKind::Base => "base recommender",
            ModelKind::Average => "plain average",
            ModelKind::Meta => "meta-model",
        };
        let width = 18.0 + font::width(label, LABEL, Weight::Regular);
        if x > span.left && x + width > span.right {
            (x, y) = (span.left, y + 22.0);
        }
        scene.marks.push(Mark::Symbol {
            shape: dots::shape_of(kind),
            at: (x + dots::RADIUS, y),
            radius: dots::RADIUS,
            ink: Ink::of_kind(kind),
            tip: None,
        });
        scene.text(Text::new(x + 18.0, y, label));
        x += width + 24.0;
    }
    y + 24.0
}
