//! How good the models are for users of whom they know little: the metric by the number of ratings they were shown.

use super::{Place, PlotSpec, style};
use crate::chart::Shape;
use crate::chart::curves::{Curve, Panel, Point};
use crate::data::{ColdStartCurve, ColdStartPoint, ReportData};
use crate::format;
use crate::metric::Metric;
use crate::theme::Ink;

/// The plot of the curves that share the first one's protocol and metric.
pub fn plot(data: &ReportData) -> Option<PlotSpec<'_>> {
    let first = data.cold_start.first()?;
    let metric = Metric::at(&first.metric, first.k);
    let same = |one: &&ColdStartCurve| {
        (&one.protocol, &one.metric, one.k) == (&first.protocol, &first.metric, first.k)
    };
    let shown: Vec<&ColdStartCurve> = data.cold_start.iter().filter(same).collect();
    let mut steps: Vec<Option<u32>> = shown
        .iter()
        .flat_map(|curve| &curve.points)
        .filter(|point| point.value.is_finite())
        .map(|point| point.known)
        .collect();
    // `None`, all of them, comes last.
    steps.sort_by_key(|known| (known.is_none(), *known));
    steps.dedup();
    let styles = style::of_models(data, shown.iter().map(|one| one.model.as_str()));
    let curves: Vec<Curve> =
        shown.iter().zip(styles).filter_map(|(one, style)| curve(one, style, &steps, &metric)).collect();
    if curves.is_empty() {
        return None;
    }
    let panel = Panel {
        heading: String::new(),
        y_label: metric.label.clone(),
        x_label: "ratings of the user that the models were shown".to_owned(),
        x_ticks: steps.iter().enumerate().map(|(at, known)| (at as f64, name(*known))).collect(),
        limits: metric.is_share.then_some((0.0, 1.0)),
        whole: false,
        curves,
    };
    let users = format::count(first.n_users);
    Some(PlotSpec {
        name: "cold-start".to_owned(),
        title: format!("Users of whom little is known, {}", metric.label),
        caption: format!(
            "The same {users} users at every point (protocol {}): their ratings but the first few were hidden from the models. The steps \
             along x are not to scale. Vertical lines are intervals.",
            first.protocol
        ),
        place: Place::Users,
        full_width: false,
        body: Box::new(move |scene, frame, top| {
            panel.draw(scene, frame.span(), top);
            top + panel.height()
        }),
    })
}

fn name(known: Option<u32>) -> String {
    known.map_or_else(|| "all".to_owned(), |known| format::count(u64::from(known)))
}

fn curve(
    curve: &ColdStartCurve,
    (ink, shape): (Ink, Shape),
    steps: &[Option<u32>],
    metric: &Metric,
) -> Option<Curve> {
    let point = |one: &ColdStartPoint| {
        let step = steps.iter().position(|known| *known == one.known)?;
        let range = one.low.zip(one.high).filter(|(low, high)| low.is_finite() && high.is_finite());
        one.value.is_finite().then(|| Point {
            x: step as f64,
            y: one.value,
            range,
            tip: format!(
                "{}, {} known: {} {}{}",
                curve.model,
                name(one.known),
                metric.label,
                format::metric(one.value),
                format::interval(range)
            ),
        })
    };
    let mut points: Vec<Point> = curve.points.iter().filter_map(point).collect();
    points.sort_by(|one, other| one.x.total_cmp(&other.x));
    (!points.is_empty()).then(|| Curve { name: curve.model.clone(), points, ink, symbol: Some(shape) })
}
