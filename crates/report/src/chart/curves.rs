//! Curves of several models over one x, with intervals where they are known, each named at its end.

use super::lines::spread;
use super::scale::{self, Linear};
use super::{Anchor, LABEL, Mark, NOTE, Scene, Shape, Span, Text, axis};
use crate::font::{self, Weight};
use crate::theme::Ink;

/// One point; finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Where along x.
    pub x: f64,
    /// The value.
    pub y: f64,
    /// Its interval.
    pub range: Option<(f64, f64)>,
    /// What a pointer over it tells; only points with a symbol tell it.
    pub tip: String,
}

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// At its right end.
    pub name: String,
    /// Ascending in x; at least one.
    pub points: Vec<Point>,
    /// Its colour.
    pub ink: Ink,
    /// The symbol of its points; none for a plain line.
    pub symbol: Option<Shape>,
}

/// A panel of curves.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Above the panel, in bold; may be empty.
    pub heading: String,
    /// Above the plot: what y is.
    pub y_label: String,
    /// Below it: what x is.
    pub x_label: String,
    /// Which x are labelled, and how; ascending.
    pub x_ticks: Vec<(f64, String)>,
    /// What y can be at all; where it is `whole`, the axis shows all of it.
    pub limits: Option<(f64, f64)>,
    /// Whether the y axis spans the limits whatever the values.
    pub whole: bool,
    /// In the order of importance: the first is painted last.
    pub curves: Vec<Curve>,
}

const PLOT: f64 = 230.0;
/// Names at the right end are at least this far apart.
const NAME_PITCH: f64 = 17.0;
/// Intervals of neighbouring curves are this far apart, so that they do not hide each other.
const DODGE: f64 = 3.5;

impl Panel {
    fn top_room(&self) -> f64 {
        if self.heading.is_empty() { 30.0 } else { 54.0 }
    }

    /// The height it takes.
    pub fn height(&self) -> f64 {
        self.top_room() + PLOT + axis::HEIGHT
    }

    fn y_domain(&self) -> (f64, f64) {
        match self.limits {
            Some(limits) if self.whole => limits,
            limits => {
                let points = self.curves.iter().flat_map(|curve| &curve.points);
                let values = points.flat_map(|point| {
                    [point.y].into_iter().chain(point.range.into_iter().flat_map(|(low, high)| [low, high]))
                });
                scale::around(values, 0.02, limits)
            }
        }
    }

    /// Draws the panel into `span`, below `top`.
    pub fn draw(&self, scene: &mut Scene, span: Span, top: f64) {
        let y_domain = self.y_domain();
        let y_ticks = scale::ticks(y_domain, 5);
        let name = |curve: &Curve| font::width(&curve.name, NOTE, Weight::SemiBold);
        let name_width = self.curves.iter().map(name).fold(0.0, f64::max).min(span.width() * 0.34);
        let left = span.left + axis::tick_width(&y_ticks) + 10.0;
        let right = span.right - name_width - 12.0;
        let (plot_top, bottom) = (top + self.top_room(), top + self.top_room() + PLOT);
        let x_values = self.x_ticks.iter().map(|(x, _)| *x);
        let x_domain = scale::extent(x_values).unwrap_or((0.0, 1.0));
        let x = Linear::new(x_domain, (left + 16.0, right - 8.0));
        let y = Linear::new(y_domain, (bottom - 4.0, plot_top + 4.0));

        let fit = |text: &str, size, weight| font::fit(text, size, weight, span.width());
        if !self.heading.is_empty() {
            let heading = fit(&self.heading, LABEL, Weight::SemiBold);
            scene.text(Text::new(span.left, top + 9.0, heading).strong(true));
        }
        scene.text(Text::note(span.left, plot_top - 20.0, fit(&self.y_label, NOTE, Weight::Regular)));
        axis::along_y(scene, &y, &y_ticks, (left, right));
        scene.line((left, bottom), (right, bottom), Ink::Axis, 1.0);
        self.draw_x_ticks(scene, &x, bottom);
        axis::note_centred(scene, &self.x_label, (left, right), bottom + 33.0, span);
        let middle = (self.curves.len() as f64 - 1.0) / 2.0;
        for (at, curve) in self.curves.iter().enumerate().rev() {
            draw_curve(scene, curve, &x, &y, (at as f64 - middle) * DODGE);
        }
        self.draw_names(scene, &y, right + 4.0, (plot_top, bottom), name_width);
    }

    /// Labels that would touch the one before them are left out.
    fn draw_x_ticks(&self, scene: &mut Scene, x: &Linear, bottom: f64) {
        let mut free_from = f64::NEG_INFINITY;
        for (value, label) in &self.x_ticks {
            let (at, half) = (x.at(*value), font::width(label, NOTE, Weight::Regular) / 2.0);
            scene.line((at, bottom), (at, bottom + 4.0), Ink::Axis, 1.0);
            if at - half >= free_from {
                scene.text(Text::note(at, bottom + 14.0, label).anchor(Anchor::Middle));
                free_from = at + half + 5.0;
            }
        }
    }

    fn draw_names(&self, scene: &mut Scene, y: &Linear, at_x: f64, (top, bottom): (f64, f64), room: f64) {
        let mut ends: Vec<(f64, &Curve)> =
            self.curves.iter().filter_map(|curve| Some((y.at(curve.points.last()?.y), curve))).collect();
        ends.sort_by(|one, other| one.0.total_cmp(&other.0).then_with(|| one.1.name.cmp(&other.1.name)));
        let wanted: Vec<f64> = ends.iter().map(|&(at, _)| at).collect();
        for (place, (_, curve)) in spread(&wanted, NAME_PITCH, (top, bottom)).into_iter().zip(ends) {
            let name = font::fit(&curve.name, NOTE, Weight::SemiBold, room);
            let ink = if curve.ink == Ink::Quiet { Ink::Muted } else { curve.ink };
            scene.text(Text::note(at_x, place, name).strong(true).ink(ink));
        }
    }
}

fn draw_curve(scene: &mut Scene, curve: &Curve, x: &Linear, y: &Linear, dodge: f64) {
    let shift = if curve.symbol.is_some() { dodge } else { 0.0 };
    let at = |point: &Point| (x.at(point.x) + shift, y.at(point.y));
    for point in &curve.points {
        if let Some((low, high)) = point.range {
            scene.line((at(point).0, y.at(low)), (at(point).0, y.at(high)), curve.ink, 1.25);
        }
    }
    scene.marks.push(Mark::Path {
        points: curve.points.iter().map(at).collect(),
        ink: curve.ink,
        width: 2.0,
    });
    for (point, shape) in curve.points.iter().zip(curve.symbol.into_iter().cycle()) {
        let tip = Some(point.tip.clone());
        scene.marks.push(Mark::Symbol { shape, at: at(point), radius: 4.0, ink: curve.ink, tip });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_holds_every_interval() {
        let point = |x, y, range| Point { x, y, range, tip: String::new() };
        let curve = Curve {
            name: "a".to_owned(),
            points: vec![point(0.0, 0.5, Some((0.31, 0.72))), point(1.0, 0.6, None)],
            ink: Ink::Base,
            symbol: Some(Shape::Circle),
        };
        let panel = Panel {
            heading: String::new(),
            y_label: String::new(),
            x_label: String::new(),
            x_ticks: vec![(0.0, "0".to_owned()), (1.0, "1".to_owned())],
            limits: Some((0.0, 1.0)),
            whole: false,
            curves: vec![curve],
        };
        // Steps of .1 hold .31 to .72: .3 to .8.
        let (low, high) = panel.y_domain();
        assert!((low - 0.3).abs() < 1e-9 && (high - 0.8).abs() < 1e-9, "{low} {high}");
        assert_eq!(Panel { whole: true, ..panel }.y_domain(), (0.0, 1.0));
    }
}
