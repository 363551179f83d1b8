//! How a model learnt: its loss by epoch or tree, one plot a model.

use super::{Place, PlotSpec};
use crate::chart::lines::{Line, Panel};
use crate::data::{LearningCurve, ReportData};
use crate::format;
use crate::theme::Ink;

/// One plot for every curve with a finite point.
pub fn plots(data: &ReportData) -> impl Iterator<Item = PlotSpec<'_>> {
    data.learning_curves.iter().filter_map(plot)
}

fn plot(curve: &LearningCurve) -> Option<PlotSpec<'_>> {
    let lines: Vec<Line> = curve.series.iter().enumerate().filter_map(|(at, _)| line(curve, at)).collect();
    if lines.is_empty() {
        return None;
    }
    let caption = caption(curve, &lines);
    let direction = if curve.lower_is_better { "lower is better" } else { "higher is better" };
    let panel =
        Panel { y_label: format!("{} ({direction})", curve.y_label), x_label: curve.x_label.clone(), lines };
    Some(PlotSpec {
        name: format!("{}-learning-curve", slug(&curve.key)),
        title: format!("{}: {} by {}", curve.model, curve.y_label, curve.x_label),
        caption,
        place: Place::Learning,
        full_width: false,
        body: Box::new(move |scene, frame, top| {
            panel.draw(scene, frame.span(), top);
            top + Panel::HEIGHT
        }),
    })
}

fn line(curve: &LearningCurve, index: usize) -> Option<Line> {
    let series = &curve.series[index];
    let points: Vec<(f64, f64)> =
        series.points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    // Of equal values the first counts: nothing was gained after it.
    let loss = |y: f64| if curve.lower_is_better { y } else { -y };
    let best =
        (0..points.len()).min_by(|&one, &other| loss(points[one].1).total_cmp(&loss(points[other].1)))?;
    Some(Line {
        name: series.name.clone(),
        points,
        best,
        ink: Ink::of_curve(index),
        held_out: series.held_out,
    })
}

fn caption(curve: &LearningCurve, lines: &[Line]) -> String {
    let best: Vec<String> = lines
        .iter()
        .map(|line| {
            let (x, y) = line.points[line.best];
            format!("{} at {} {} on {}", format::metric(y), curve.x_label, format::plain(x, 0), line.name)
        })
        .collect();
    let reading = match lines.iter().find(|line| line.held_out) {
        None => "",
        Some(line) if line.best + 1 < line.points.len() => {
            " The held-out curve turns before its end: the last steps fit noise."
        }
        Some(_) => " The held-out curve is at its best at the end: more steps might still help.",
    };
    format!("The large point is the best of each curve: {}.{reading}", best.join(", "))
}

/// A key as it may stand in a file name.
fn slug(key: &str) -> String {
    let mapped: String = key
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .collect();
    let slug = mapped.trim_matches('-');
    if slug.is_empty() { "model".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_cannot_leave_the_folder() {
        assert_eq!([slug("gb"), slug("../Etc/x"), slug("//")], ["gb", "etc-x", "model"]);
    }
}
