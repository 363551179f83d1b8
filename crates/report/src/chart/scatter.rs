//! Scatter plots: a dot a pair, and a line to compare them with.

use super::scale::{self, Linear};
use super::{LABEL, Mark, NOTE, Scene, Span, Text, axis};
use crate::font::{self, Weight};
use crate::theme::Ink;

/// A panel of dots; those outside of its domains are not drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Above the panel, in bold.
    pub heading: String,
    /// What y is, below the heading.
    pub y_label: String,
    /// What x is, below the axis.
    pub x_label: String,
    /// (x, y).
    pub points: Vec<(f64, f64)>,
    /// The dots' colour.
    pub ink: Ink,
    /// The ends of a straight line, the one at the left first.
    pub line: Option<[(f64, f64); 2]>,
    /// The line's colour.
    pub line_ink: Ink,
    /// The least and the largest x that is shown.
    pub x_domain: (f64, f64),
    /// The least and the largest y that is shown.
    pub y_domain: (f64, f64),
}

const TOP: f64 = 52.0;
/// The height of the part with the dots.
const INNER: f64 = 150.0;
const RADIUS: f64 = 1.5;
/// Half the last tick label.
const RIGHT: f64 = 14.0;

impl Panel {
    /// The height it takes.
    pub const HEIGHT: f64 = TOP + INNER + axis::HEIGHT;

    /// Draws the panel into `span`, below `top`.
    pub fn draw(&self, scene: &mut Scene, span: Span, top: f64) {
        let heading = font::fit(&self.heading, LABEL, Weight::SemiBold, span.width());
        scene.text(Text::new(span.left, top + 9.0, heading).strong(true));
        let label = font::fit(&self.y_label, NOTE, Weight::Regular, span.width());
        scene.text(Text::note(span.left, top + 30.0, label));

        let y_ticks = scale::ticks(self.y_domain, 5);
        let left = span.left + axis::tick_width(&y_ticks) + 8.0;
        let right = span.right - RIGHT;
        let (top, bottom) = (top + TOP, top + TOP + INNER);
        let x = Linear::new(self.x_domain, (left, right));
        let y = Linear::new(self.y_domain, (bottom, top));
        axis::along_y(scene, &y, &y_ticks, (left, right));
        let x_ticks = scale::ticks(self.x_domain, (((right - left) / 44.0) as usize).max(2));
        axis::along_x(scene, &x, &x_ticks, (top, bottom), &self.x_label, span);
        if scale::holds(self.y_domain, 0.0) {
            scene.line((left, y.at(0.0)), (right, y.at(0.0)), Ink::Axis, 1.0);
        }
        let shown = |&&(a, b): &&(f64, f64)| scale::holds(self.x_domain, a) && scale::holds(self.y_domain, b);
        scene.dots(self.points.iter().filter(shown).map(|&(a, b)| (x.at(a), y.at(b))), RADIUS, self.ink);
        if let Some(ends) = self.line.and_then(|line| within(line, self.y_domain)) {
            let points = ends.map(|(a, b)| (x.at(a), y.at(b))).to_vec();
            scene.marks.push(Mark::Path { points, ink: self.line_ink, width: 2.0 });
        }
    }
}

/// The part of a line whose y are in a domain; none where there is no such part.
fn within([from, to]: [(f64, f64); 2], (low, high): (f64, f64)) -> Option<[(f64, f64); 2]> {
    let rise = to.1 - from.1;
    let at = |y: f64| (from.0 + (y - from.1) / rise * (to.0 - from.0), y);
    let end = |point: (f64, f64)| match point.1 {
        y if y < low => at(low),
        y if y > high => at(high),
        _ => point,
    };
    let outside = from.1.max(to.1) < low || from.1.min(to.1) > high;
    (!outside).then(|| [end(from), end(to)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_where_the_domain_does() {
        let line = [(0.0, -1.0), (4.0, 3.0)];
        assert_eq!(within(line, (-5.0, 5.0)), Some(line));
        assert_eq!(within(line, (0.0, 2.0)), Some([(1.0, 0.0), (3.0, 2.0)]));
        assert_eq!(within([line[1], line[0]], (0.0, 2.0)), Some([(3.0, 2.0), (1.0, 0.0)]));
        assert_eq!(within(line, (4.0, 5.0)), None);
        let flat = [(0.0, 1.0), (4.0, 1.0)];
        assert_eq!((within(flat, (0.0, 2.0)), within(flat, (2.0, 3.0))), (Some(flat), None));
    }
}
