//! Every model on the four ranking metrics, and on the main one under every protocol: small multiples with one order of rows.

use super::frame::PANEL_GAP;
use super::{Place, PlotSpec};
use crate::chart::dots::{self, Dot, Panel};
use crate::chart::{self, Span};
use crate::data::{Measurement, ModelKind, ModelRow, ReportData, Segment};
use crate::format;
use crate::metric::Metric;
use crate::order;

/// The panels, in reading order.
const METRICS: [&str; 4] = ["ndcg", "hit_rate", "precision", "recall"];
/// What a panel needs, its share of the names included.
const PANEL_WIDTH: f64 = 250.0;

/// The plot, where any model has any of the metrics.
pub fn plot(data: &ReportData) -> Option<PlotSpec<'_>> {
    let rows = competitors(data);
    let panels: Vec<Panel> = METRICS
        .into_iter()
        .filter(|key| rows.iter().any(|row| row.metric(key).is_some()))
        .map(|key| panel(data, &rows, &Metric::of(key, data.k)))
        .collect();
    let title = format!(
        "All models on the {} test users with a relevant item",
        format::count(data.counts.users_evaluated)
    );
    let lines = if data.measurements.iter().any(|one| one.interval().is_some()) {
        " The line through a dot is its interval."
    } else {
        ""
    };
    let caption = format!(
        "Rows keep the order of NDCG@{} in every panel, so a dot that breaks the slope is a model that ranks differently by \
         that metric. The best of each panel is bold.{lines} Each panel has its own axis, which need not start at zero.{}",
        data.k,
        yardsticks(data)
    );
    multiples("all-models", title, caption, panels, &rows)
}

/// The same models by the main metric under every protocol, where there are several.
pub fn protocols(data: &ReportData) -> Option<PlotSpec<'_>> {
    let rows = competitors(data);
    let metric = Metric::of("ndcg", data.k);
    let panels: Vec<Panel> = data
        .protocols
        .iter()
        .map(|protocol| {
            let value = |row: &&ModelRow| {
                data.measured(&protocol.name, Segment::ALL, &metric.key).find(|one| one.model == row.model)
            };
            let values: Vec<Option<&Measurement>> = rows.iter().map(value).collect();
            let dots = |one: &&Measurement| (one.value, one.interval());
            let values: Vec<_> = values.iter().map(|one| one.as_ref().map(dots)).collect();
            small_multiple(&rows, &values, &metric, protocol.name.replace('_', " "))
        })
        .filter(|panel| panel.rows.iter().any(|row| row.value.is_some()))
        .collect();
    if panels.len() < 2 {
        return None;
    }
    let caption = format!(
        "{} under each protocol, the rows in the order of the first. The protocols rank different candidates, so only the order of \
         the models may be compared between panels, not the values: each has its own axis.",
        metric.label
    );
    multiples(
        "protocols",
        "Does the order hold when other items are ranked?".to_owned(),
        caption,
        panels,
        &rows,
    )
}

fn competitors(data: &ReportData) -> Vec<&ModelRow> {
    order::by_ndcg(&data.models).into_iter().filter(|row| row.kind.competes()).collect()
}

/// Where the floors and ceilings lie; they would squeeze the axes.
fn yardsticks(data: &ReportData) -> String {
    let of = |row: &&ModelRow| Some(format!("{} {}", row.model, format::metric(row.metric("ndcg")?)));
    let marks: Vec<String> =
        data.models.iter().filter(|row| !row.kind.competes()).filter_map(|row| of(&row)).collect();
    if marks.is_empty() { String::new() } else { format!(" Outside of the axes: {}.", marks.join(", ")) }
}

fn multiples<'a>(
    name: &str,
    title: String,
    caption: String,
    panels: Vec<Panel>,
    rows: &[&ModelRow],
) -> Option<PlotSpec<'a>> {
    if panels.is_empty() {
        return None;
    }
    let kinds: Vec<(String, ModelKind)> = ModelKind::ALL
        .into_iter()
        .filter(|kind| rows.iter().any(|row| row.kind == *kind))
        .map(|kind| (name_of(kind).to_owned(), kind))
        .collect();
    Some(PlotSpec {
        name: name.to_owned(),
        title,
        caption,
        place: Place::Quality,
        full_width: panels.len() > 1,
        body: Box::new(move |scene, frame, top| {
            let top = dots::legend(scene, frame.span(), top, &kinds);
            let whole = frame.span();
            let names = panels[0].name_room(whole.width());
            // The names stand once a line, at its left; what they leave is shared evenly.
            let rest = Span { left: whole.left + names, ..whole };
            // Five panels stand as three and two, not as four and one.
            let most = frame.columns(panels.len(), PANEL_WIDTH).len();
            let n_columns = panels.len().div_ceil(panels.len().div_ceil(most));
            let spans = chart::columns_of(rest, n_columns, PANEL_GAP);
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

fn panel(data: &ReportData, rows: &[&ModelRow], metric: &Metric) -> Panel {
    let value = |row: &&ModelRow| {
        let value = row.metric(&metric.key)?;
        let measured = data.measured(data.main_protocol(), Segment::ALL, &metric.key);
        Some((value, measured.filter(|one| one.model == row.model).find_map(Measurement::interval)))
    };
    let values: Vec<_> = rows.iter().map(value).collect();
    small_multiple(rows, &values, metric, metric.label.clone())
}

/// A value with its interval, where there are any.
type Value = Option<(f64, Option<(f64, f64)>)>;

fn small_multiple(rows: &[&ModelRow], values: &[Value], metric: &Metric, heading: String) -> Panel {
    let best = metric.best(values.iter().flatten().map(|(value, _)| *value));
    let dots = rows.iter().zip(values).map(|(row, value)| {
        let label = value.map(|(value, _)| format::metric(value)).unwrap_or_default();
        Dot {
            name: row.model.clone(),
            value: value.map(|(value, _)| value),
            interval: value.and_then(|(_, interval)| interval),
            strong: best.as_ref() == Some(&label),
            label,
            note: String::new(),
            kind: row.kind,
        }
    });
    Panel {
        heading,
        axis_label: String::new(),
        rows: dots.collect(),
        named: true,
        reference: None,
        limits: metric.is_share.then_some((0.0, 1.0)),
        least_width: 0.02,
    }
}

fn name_of(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::Base => "base recommender",
        ModelKind::Average => "plain average",
        ModelKind::Meta => "meta-model",
        ModelKind::Yardstick => "yardstick",
    }
}
