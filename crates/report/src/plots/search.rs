//! A search of hyper-parameters: the metric trial by trial, and against each key that was searched.

use super::frame::PANEL_GAP;
use super::{Place, PlotSpec};
use crate::chart::columns_of;
use crate::chart::points::{Panel, Point, Role};
use crate::chart::scale;
use crate::data::{Search, SearchAxis};
use crate::format;
use crate::metric::Metric;

/// Between two lines of panels.
const LINE_GAP: f64 = 14.0;

/// The plot.
pub fn plot<'a>(search: &Search) -> PlotSpec<'a> {
    let metric = Metric::at(&search.metric, search.k);
    let values = search.values.iter().flatten().copied();
    let y_domain = scale::around(values, 1e-4, metric.is_share.then_some((0.0, 1.0)));
    let trials = SearchAxis {
        key: format!("{}, trial by trial", metric.label),
        is_log: false,
        names: Vec::new(),
        values: (0..search.values.len()).map(|trial| Some(trial as f64)).collect(),
    };
    let history = Panel { with_best: true, is_whole: true, ..panel(search, &trials, y_domain) };
    let keys: Vec<Panel> = search.axes.iter().map(|axis| panel(search, axis, y_domain)).collect();
    let told = |value: Option<f64>| value.map_or_else(|| "not run".to_owned(), format::metric);
    let best = search.values.get(search.best).copied().flatten();
    PlotSpec {
        name: "sweep".to_owned(),
        title: format!("{}: {} of {}", search.name, metric.label, search.model),
        caption: format!(
            "{} trials, each the mean over {} of the training ratings. Square: the best, trial {} ({}); diamond: the preset ({}); line: the \
             best so far. The best of many is flattered by its splits.",
            search.values.len(),
            if search.splits == 1 { "a split".to_owned() } else { format!("{} splits", search.splits) },
            search.best,
            told(best),
            told(search.values.first().copied().flatten()),
        ),
        place: Place::Quality,
        full_width: false,
        body: Box::new(move |scene, frame, mut top| {
            history.draw(scene, frame.span(), top);
            top += Panel::HEIGHT;
            let n_columns = if frame.width < 480.0 { 1 } else { 2 };
            let columns = columns_of(frame.span(), n_columns, PANEL_GAP);
            for line in keys.chunks(n_columns) {
                top += LINE_GAP;
                for (panel, column) in line.iter().zip(&columns) {
                    panel.draw(scene, *column, top);
                }
                top += Panel::HEIGHT;
            }
            top
        }),
    }
}

fn panel(search: &Search, axis: &SearchAxis, y_domain: (f64, f64)) -> Panel {
    let point = |(trial, value): (usize, &Option<f64>)| {
        let (x, y) = (axis.values.get(trial).copied().flatten()?, (*value)?);
        let role = match trial {
            trial if trial == search.best => Role::Best,
            0 => Role::First,
            _ => Role::One,
        };
        let is_drawn = x.is_finite() && y.is_finite() && (!axis.is_log || x > 0.0);
        let at = axis.names.get(x as usize).cloned().unwrap_or_else(|| format::plain(x, 6));
        let tip = format!("trial {trial}: {} at {at}", format::metric(y));
        is_drawn.then_some(Point { x, y, role, tip })
    };
    let points: Vec<Point> = search.values.iter().enumerate().filter_map(point).collect();
    Panel {
        heading: axis.key.clone(),
        is_whole: points.iter().all(|point| point.x == point.x.round()),
        points,
        names: axis.names.clone(),
        is_log: axis.is_log,
        with_best: false,
        y_domain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_without_a_value_are_left_out_and_the_best_is_marked() {
        let search = Search {
            name: "booster".to_owned(),
            model: "GBStack".to_owned(),
            metric: "ndcg".to_owned(),
            k: Some(10),
            splits: 2,
            values: vec![Some(0.8), None, Some(0.82), Some(0.81)],
            best: 2,
            axes: Vec::new(),
        };
        let axis = SearchAxis {
            key: "rate".to_owned(),
            is_log: true,
            names: Vec::new(),
            values: vec![Some(0.0), Some(0.1), Some(0.2), Some(0.3)],
        };
        let panel = panel(&search, &axis, (0.7, 0.9));
        let told: Vec<(f64, Role)> = panel.points.iter().map(|point| (point.x, point.role)).collect();
        assert_eq!(told, [(0.2, Role::Best), (0.3, Role::One)]);
        assert!(
            plot(&search).caption.contains("trial 2 (.8200)")
                || plot(&search).caption.contains("trial 2 (0.8200)")
        );
    }
}
