//! A share against a share: points in the unit square with its diagonal.

use super::scale::{Linear, Ticks};
use super::{Anchor, LABEL, Mark, NOTE, Scene, Shape, Span, Text, axis};
use crate::font::{self, Weight};
use crate::format;
use crate::theme::Ink;

/// A point with the range in which its y lies.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// In [0, 1].
    pub x: f64,
    /// In [0, 1].
    pub y: f64,
    /// The least and the largest y, in [0, 1].
    pub range: (f64, f64),
    /// What a pointer over it tells.
    pub tip: String,
}

/// A panel with the whole square, whatever the points.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Above the panel, in bold.
    pub heading: String,
    /// Below the heading.
    pub note: String,
    /// What x is.
    pub x_label: String,
    /// What y is.
    pub y_label: String,
    /// Ascending in x.
    pub points: Vec<Point>,
}

/// The largest side of the square.
const SIDE: f64 = 270.0;
/// Heading, note and y label.
const TOP: f64 = 74.0;
/// Half the last tick label.
const RIGHT: f64 = 11.0;

impl Panel {
    /// The height it takes in a span this wide.
    pub fn height(width: f64) -> f64 {
        TOP + side(width) + axis::HEIGHT
    }

    /// Draws the panel into `span`, below `top`.
    pub fn draw(&self, scene: &mut Scene, span: Span, top: f64) {
        let fit = |text: &str, size, weight| font::fit(text, size, weight, span.width());
        let heading = fit(&self.heading, LABEL, Weight::SemiBold);
        scene.text(Text::new(span.left, top + 9.0, heading).strong(true));
        scene.text(Text::note(span.left, top + 29.0, fit(&self.note, NOTE, Weight::Regular)));
        scene.text(Text::note(span.left, top + 56.0, fit(&self.y_label, NOTE, Weight::Regular)));

        let side = side(span.width());
        let left = span.left + left_room();
        let (right, top, bottom) = (left + side, top + TOP, top + TOP + side);
        let x = Linear::new((0.0, 1.0), (left, right));
        let y = Linear::new((0.0, 1.0), (bottom, top));
        axis::along_y(scene, &y, &ticks(), (left, right));
        axis::along_x(scene, &x, &ticks(), (top, bottom), &self.x_label, span);
        scene.dashed((left, bottom), (right, top), Ink::Axis);

        for point in &self.points {
            let at = x.at(point.x);
            scene.line((at, y.at(point.range.0)), (at, y.at(point.range.1)), Ink::Meta, 1.5);
        }
        let points: Vec<(f64, f64)> =
            self.points.iter().map(|point| (x.at(point.x), y.at(point.y))).collect();
        scene.marks.push(Mark::Path { points: points.clone(), ink: Ink::Meta, width: 1.5 });
        for (point, at) in self.points.iter().zip(points) {
            let tip = Some(point.tip.clone());
            scene.marks.push(Mark::Symbol { shape: Shape::Square, at, radius: 2.5, ink: Ink::Meta, tip });
        }
        let label = Text::note(x.at(0.97), y.at(0.05), "diagonal: as predicted").anchor(Anchor::End);
        scene.text(label.halo());
    }
}

/// 0, .2, ..., 1.
fn ticks() -> Ticks {
    Ticks { values: (0..=5).map(|fifth| f64::from(fifth) / 5.0).collect(), decimals: 1 }
}

fn left_room() -> f64 {
    font::width(&format::fixed(0.0, 1), NOTE, Weight::Regular) + 8.0
}

fn side(width: f64) -> f64 {
    (width - left_room() - RIGHT).clamp(0.0, SIDE)
}
