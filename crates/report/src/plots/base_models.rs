//! The base recommenders against their plain average, by NDCG.

use super::{Place, PlotSpec};
use crate::chart::dots::{Dot, Panel, Reference};
use crate::data::{ModelKind, ModelRow, ReportData};
use crate::format;
use crate::metric::Metric;

/// By which metric models are compared.
const METRIC: &str = "ndcg";

/// The plot, where there is a base recommender with an NDCG.
pub fn plot(data: &ReportData) -> Option<PlotSpec<'_>> {
    let metric = Metric::of(METRIC, data.k);
    let of_kind = |kind| data.models.iter().filter(move |row| row.kind == kind);
    let mut bases: Vec<(&ModelRow, f64)> =
        of_kind(ModelKind::Base).filter_map(|row| Some((row, row.metric(METRIC)?))).collect();
    bases.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.model.cmp(&other.0.model)));
    if bases.is_empty() {
        return None;
    }
    let average = of_kind(ModelKind::Average).find_map(|row| Some((row, row.metric(METRIC)?)));
    let rows = bases
        .iter()
        .map(|&(row, value)| Dot {
            name: row.model.clone(),
            value: Some(value),
            interval: None,
            label: format::metric(value),
            note: average
                .map(|(_, mean)| format!("({})", format::signed(value - mean, 4)))
                .unwrap_or_default(),
            kind: ModelKind::Base,
            strong: false,
        })
        .collect();
    let panel = Panel {
        heading: String::new(),
        axis_label: metric.label.clone(),
        rows,
        named: true,
        reference: average.map(|(row, value)| Reference {
            value,
            label: format!("{} {}", row.model, format::metric(value)),
            kind: ModelKind::Average,
        }),
        limits: Some((0.0, 1.0)),
        least_width: 0.02,
    };
    Some(PlotSpec {
        name: "base-models".to_owned(),
        title: if average.is_some() {
            format!("Base recommenders against their plain average, {}", metric.label)
        } else {
            format!("Base recommenders, {}", metric.label)
        },
        caption: caption(&bases, average.map(|(_, value)| value)),
        place: Place::Quality,
        full_width: false,
        body: Box::new(move |scene, frame, top| {
            panel.draw(scene, frame.span(), top);
            top + panel.height()
        }),
    })
}

fn caption(bases: &[(&ModelRow, f64)], average: Option<f64>) -> String {
    let Some(average) = average else {
        return "One dot a base recommender; there is no plain average to compare them with.".to_owned();
    };
    let n_below = bases.iter().filter(|(_, value)| *value < average).count();
    let reading = match (n_below, bases.len()) {
        (below, all) if below == all => {
            "Every one falls short of it: averaging alone already helps.".to_owned()
        }
        (0, _) => "None falls short of it: averaging alone does not help.".to_owned(),
        (below, all) => format!("{below} of {all} fall short of it."),
    };
    format!(
        "One dot a base recommender, with its distance from the plain average of their scores (dashed line). {reading}"
    )
}
