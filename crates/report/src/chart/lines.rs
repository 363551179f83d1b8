//! Curves over a whole-number x: losses by epoch or tree, each named at its end and marked at its best.

use super::scale::{self, Linear};
use super::{Anchor, LABEL, Mark, NOTE, Scene, Shape, Span, Text, axis};
use crate::font::{self, Weight};
use crate::format;
use crate::theme::Ink;

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// At its right end.
    pub name: String,
    /// Finite points, ascending in x; at least one.
    pub points: Vec<(f64, f64)>,
    /// The index of its best point.
    pub best: usize,
    /// Its colour.
    pub ink: Ink,
    /// Whether it was measured on data that the model was not fitted on.
    pub held_out: bool,
}

/// A panel of curves.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Above the panel, at the left: what y is.
    pub y_label: String,
    /// Below it: what x is.
    pub x_label: String,
    /// In the order of their colours.
    pub lines: Vec<Line>,
}

const PLOT: f64 = 210.0;
const TOP: f64 = 30.0;
/// Names at the right end are at least this far apart.
const NAME_PITCH: f64 = 18.0;

impl Panel {
    /// The height it takes.
    pub const HEIGHT: f64 = TOP + PLOT + axis::HEIGHT;

    /// Draws the panel into `span`, below `top`.
    pub fn draw(&self, scene: &mut Scene, span: Span, top: f64) {
        let points = || self.lines.iter().flat_map(|line| line.points.iter().copied());
        let y_domain = scale::around(points().map(|(_, y)| y), 1e-6, None);
        let x_domain = scale::extent(points().map(|(x, _)| x)).unwrap_or((0.0, 1.0));
        let y_ticks = scale::ticks(y_domain, 5);
        let name_width = self
            .lines
            .iter()
            .map(|line| font::width(&line.name, LABEL, Weight::SemiBold))
            .fold(0.0, f64::max);
        let name_width = name_width.min(span.width() * 0.34);
        let left = span.left + axis::tick_width(&y_ticks) + 10.0;
        let right = span.right - name_width - 14.0;
        let (top, bottom) = (top + TOP, top + TOP + PLOT);
        let x = Linear::new(x_domain, (left + 10.0, right));
        let y = Linear::new(y_domain, (bottom - 4.0, top + 4.0));

        scene.text(Text::note(
            span.left,
            top - 20.0,
            font::fit(&self.y_label, NOTE, Weight::Regular, span.width()),
        ));
        axis::along_y(scene, &y, &y_ticks, (left, right));
        scene.line((left, bottom), (right, bottom), Ink::Axis, 1.0);
        let x_ticks = scale::whole_ticks(x_domain, (((right - left) / 44.0) as usize).clamp(1, 12));
        for &tick in &x_ticks.values {
            scene.line((x.at(tick), bottom), (x.at(tick), bottom + 4.0), Ink::Axis, 1.0);
            let label = format::fixed(tick, 0);
            scene.text(Text::note(x.at(tick), bottom + 14.0, label).anchor(Anchor::Middle));
        }
        axis::note_centred(scene, &self.x_label, (left, right), bottom + 33.0, span);
        for line in &self.lines {
            draw_line(scene, line, &x, &y);
        }
        self.draw_best(scene, &x, &y, (left, right), (top, bottom));
        self.draw_names(scene, &y, right + 10.0, (top, bottom), name_width);
    }

    /// The value of each curve's best point, above or below it, whichever side is free of the curves.
    fn draw_best(
        &self,
        scene: &mut Scene,
        x: &Linear,
        y: &Linear,
        (left, right): (f64, f64),
        (top, bottom): (f64, f64),
    ) {
        let mut taken: Vec<(f64, f64, f64)> = Vec::new(); // (left, right, y) of the labels so far
        for line in &self.lines {
            let Some(&(best_x, best_y)) = line.points.get(line.best) else {
                continue;
            };
            let at = (x.at(best_x), y.at(best_y));
            let label = format!("{} at {}", format::metric(best_y), format::plain(best_x, 0));
            let half = font::width(&label, NOTE, Weight::SemiBold) / 2.0;
            let middle = at.0.min(right - half).max(left + half + 4.0);
            let cost = |&label_y: &f64| {
                let hidden =
                    self.lines.iter().filter(|line| crosses(line, x, y, (middle, half), label_y)).count();
                let stacked = taken.iter().any(|&(from, to, other)| {
                    middle - half < to && middle + half > from && (label_y - other).abs() < 16.0
                });
                let outside = label_y - 8.0 < top - 6.0 || label_y + 8.0 > bottom;
                hidden + if stacked || outside { 1000 } else { 0 }
            };
            // The nearest place of the least cost.
            let places = [-16.0, 16.0, -30.0, 30.0, -44.0, 44.0].map(|offset| at.1 + offset);
            let Some(label_y) = places.into_iter().min_by_key(cost) else { continue };
            taken.push((middle - half, middle + half, label_y));
            let tip = Some(format!("{}: best {label}", line.name));
            scene.marks.push(Mark::Symbol { shape: Shape::Circle, at, radius: 5.5, ink: line.ink, tip });
            let text = Text { size: NOTE, ..Text::new(middle, label_y, label) };
            scene.text(text.anchor(Anchor::Middle).strong(true).halo());
        }
    }

    /// Each curve's name at its last point; names that would touch are moved apart.
    fn draw_names(&self, scene: &mut Scene, y: &Linear, at_x: f64, (top, bottom): (f64, f64), room: f64) {
        let mut ends: Vec<(f64, usize)> = self
            .lines
            .iter()
            .enumerate()
            .filter_map(|(index, line)| Some((y.at(line.points.last()?.1), index)))
            .collect();
        ends.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let wanted: Vec<f64> = ends.iter().map(|&(at, _)| at).collect();
        for (place, (_, index)) in spread(&wanted, NAME_PITCH, (top, bottom)).into_iter().zip(ends) {
            let line = &self.lines[index];
            let name = font::fit(&line.name, LABEL, Weight::SemiBold, room);
            scene.text(Text::new(at_x, place, name).strong(true).ink(line.ink));
        }
    }
}

/// Whether the curve runs through a label of this middle and half width at `label_y`.
fn crosses(line: &Line, x: &Linear, y: &Linear, (middle, half): (f64, f64), label_y: f64) -> bool {
    let (from, to) = (middle - half - 3.0, middle + half + 3.0);
    line.points.windows(2).any(|pair| {
        let [(x0, y0), (x1, y1)] = [(x.at(pair[0].0), y.at(pair[0].1)), (x.at(pair[1].0), y.at(pair[1].1))];
        if x1 < from || x0 > to || x1 <= x0 {
            return false;
        }
        // The part of the segment between the label's ends.
        let height = |at: f64| y0 + (at - x0) / (x1 - x0) * (y1 - y0);
        let (a, b) = (height(x0.max(from)), height(x1.min(to)));
        a.min(b) < label_y + 8.0 && a.max(b) > label_y - 8.0
    })
}

fn draw_line(scene: &mut Scene, line: &Line, x: &Linear, y: &Linear) {
    let points: Vec<(f64, f64)> = line.points.iter().map(|&(px, py)| (x.at(px), y.at(py))).collect();
    // Few points are shown one by one.
    if points.len() <= 30 {
        for &at in &points {
            scene.marks.push(Mark::Symbol {
                shape: Shape::Circle,
                at,
                radius: 3.0,
                ink: line.ink,
                tip: None,
            });
        }
    }
    scene.marks.push(Mark::Path { points, ink: line.ink, width: 2.0 });
}

/// Moves ascending `wanted` places at least `pitch` apart, down first and then, from the bottom, up.
pub(super) fn spread(wanted: &[f64], pitch: f64, (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut places = wanted.to_vec();
    let mut least = top;
    for place in &mut places {
        *place = place.max(least);
        least = *place + pitch;
    }
    let mut most = bottom;
    for place in places.iter_mut().rev() {
        *place = place.min(most);
        most = *place - pitch;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_moved_apart() {
        assert_eq!(spread(&[10.0, 50.0], 18.0, (0.0, 100.0)), [10.0, 50.0]);
        assert_eq!(spread(&[50.0, 52.0], 18.0, (0.0, 100.0)), [50.0, 68.0]);
        // At the bottom they are pushed back up: 100, 82, 64.
        assert_eq!(spread(&[97.0, 98.0, 99.0], 18.0, (0.0, 100.0)), [64.0, 82.0, 100.0]);
    }
}
