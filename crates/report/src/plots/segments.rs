//! The best of each kind by segment: who is served well, and where the stack's lead comes from.

use super::{Place, PlotSpec};
use crate::chart::dots;
use crate::chart::groups::{Dot, Group, Panel, Row};
use crate::data::{ModelRow, ReportData, Segment};
use crate::format;
use crate::metric::Metric;
use crate::order;
use crate::theme::Ink;

/// More rows than these are set in columns where there is room.
const MOST_ROWS: usize = 14;
/// What a column needs.
const PANEL_WIDTH: f64 = 380.0;
/// By which metric.
const METRIC: &str = "ndcg";

/// The plot, where any segment but that of everyone was measured under the main protocol.
pub fn plot(data: &ReportData) -> Option<PlotSpec<'_>> {
    let metric = Metric::of(METRIC, data.k);
    let models = order::champions(&data.models);
    let mut groups: Vec<Group> = Vec::new();
    for segment in &data.segments {
        let Some(row) = row(data, segment, &models, &metric) else { continue };
        match groups.iter_mut().find(|group| group.name == segment.group) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { name: segment.group.clone(), rows: vec![row] }),
        }
    }
    if groups.iter().all(|group| group.name.is_empty()) {
        return None;
    }
    let names: Vec<(String, _)> = models.iter().map(|row| (row.model.clone(), row.kind)).collect();
    let n_rows: usize = groups.iter().map(|group| group.rows.len()).sum();
    let limits = metric.is_share.then_some((0.0, 1.0));
    let panel = Panel { axis_label: metric.label.clone(), groups, limits, domain: None };
    Some(PlotSpec {
        name: "segments".to_owned(),
        title: format!("Who is served well, {}", metric.label),
        caption: format!(
            "The best meta-model, average and base recommender by segment, with intervals where they were taken (protocol {}). Segments \
             differ in how hard their lists are, so compare dots of one row.",
            data.main_protocol()
        ),
        place: Place::Users,
        full_width: n_rows > MOST_ROWS,
        body: Box::new(move |scene, frame, top| {
            let top = dots::legend(scene, frame.span(), top, &names);
            let spans = frame.columns(n_rows.div_ceil(MOST_ROWS), PANEL_WIDTH);
            let panels = panel.split(spans.len());
            for (panel, span) in panels.iter().zip(spans) {
                panel.draw(scene, span, top);
            }
            top + panels.iter().map(Panel::height).fold(0.0, f64::max)
        }),
    })
}

fn row(data: &ReportData, segment: &Segment, models: &[&ModelRow], metric: &Metric) -> Option<Row> {
    let mut n_users = 0;
    let dots: Vec<Dot> = models
        .iter()
        .filter_map(|model| {
            let mut measured = data.measured(data.main_protocol(), &segment.name, METRIC);
            let one = measured.find(|one| one.model == model.model)?;
            n_users = n_users.max(one.n_users);
            Some(Dot {
                value: one.value,
                interval: one.interval(),
                ink: Ink::of_kind(model.kind),
                shape: dots::shape_of(model.kind),
                tip: format!(
                    "{}, {}: {} {}{}",
                    segment.label,
                    model.model,
                    metric.label,
                    format::metric(one.value),
                    format::interval(one.interval())
                ),
            })
        })
        .collect();
    let note = format!("{} {}", format::count(n_users), if n_users == 1 { "user" } else { "users" });
    (!dots.is_empty()).then(|| Row { name: segment.label.clone(), note, dots })
}
