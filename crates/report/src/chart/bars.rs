//! Horizontal bars from zero, to the right or, below zero, to the left: one row a name, however long.

use super::scale::{self, Linear};
use super::{Anchor, LABEL, Mark, ROW, Scene, Span, Text, axis};
use crate::font::{self, Weight};
use crate::theme::Ink;

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// The row's name.
    pub name: String,
    /// How long the bar is; not finite counts as not defined.
    pub value: f64,
    /// The value as printed at the bar's end.
    pub label: String,
}

/// A panel of bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Above the panel.
    pub heading: String,
    /// Below it: what the bars measure.
    pub axis_label: String,
    /// Top to bottom.
    pub rows: Vec<Bar>,
    /// The bars' colour.
    pub ink: Ink,
}

const HEADING: f64 = 26.0;
const GAP: f64 = 6.0;

impl Panel {
    /// The height it takes.
    pub fn height(&self) -> f64 {
        HEADING + self.rows.len() as f64 * ROW + 30.0
    }

    /// Draws the panel into `span`, below `top`.
    pub fn draw(&self, scene: &mut Scene, span: Span, top: f64) {
        let widest = |text: fn(&Bar) -> &str| {
            self.rows.iter().map(|row| font::width(text(row), LABEL, Weight::Regular)).fold(0.0, f64::max)
        };
        let name_width = widest(|row| &row.name).min(span.width() * 0.45);
        let domain = scale::from_zero(self.rows.iter().map(|row| row.value));
        // Every bar is labelled at its end, so the scale needs no grid, only the zero line.
        let pad = widest(|row| &row.label) + GAP;
        let left = span.left + name_width + 12.0 + if domain.0 < 0.0 { pad } else { 0.0 };
        let right = span.right - if domain.1 > 0.0 { pad } else { 0.0 };
        let scale = Linear::new(domain, (left, right));
        let rows_top = top + HEADING;
        let bottom = rows_top + self.rows.len() as f64 * ROW;

        let heading = font::fit(&self.heading, LABEL, Weight::SemiBold, span.width());
        scene.text(Text::new(span.left, top + 9.0, heading).strong(true));
        for (at, row) in self.rows.iter().enumerate() {
            let y = rows_top + (at as f64 + 0.5) * ROW;
            let name = font::fit(&row.name, LABEL, Weight::Regular, name_width);
            scene.text(Text::new(span.left + name_width, y, name).anchor(Anchor::End));
            self.draw_bar(scene, row, y, &scale);
        }
        let zero = scale.at(0.0);
        scene.line((zero, rows_top), (zero, bottom), Ink::Axis, 1.0);
        axis::note_centred(scene, &self.axis_label, (left, right), bottom + 14.0, span);
    }

    fn draw_bar(&self, scene: &mut Scene, row: &Bar, y: f64, scale: &Linear) {
        let zero = scale.at(0.0);
        if !row.value.is_finite() {
            scene.text(Text::note(zero + GAP, y, "not defined"));
            return;
        }
        let end = scale.at(row.value);
        scene.marks.push(Mark::Rect {
            x: zero.min(end),
            y: y - ROW * 0.34,
            width: (end - zero).abs(),
            height: ROW * 0.68,
            ink: self.ink,
            tip: Some(format!("{}: {}", row.name, row.label)),
        });
        let text = if row.value < 0.0 {
            Text::new(end - GAP, y, &row.label).anchor(Anchor::End)
        } else {
            Text::new(end + GAP, y, &row.label)
        };
        scene.text(text);
    }
}
