//! Vertical columns from zero over an ordered scale: a distribution.

use super::{Anchor, LABEL, Mark, NOTE, Scene, Span, Text, axis};
use crate::font::{self, Weight};
use crate::format;
use crate::theme::Ink;

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Under the column.
    pub name: String,
    /// How high it is.
    pub count: u64,
    /// Its colour.
    pub ink: Ink,
}

/// A panel of columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Below the axis.
    pub axis_label: String,
    /// Left to right.
    pub columns: Vec<Column>,
}

const PLOT: f64 = 190.0;
const TOP: f64 = 22.0;

impl Panel {
    /// The height it takes.
    pub const HEIGHT: f64 = TOP + PLOT + axis::HEIGHT;

    /// Draws the panel into `span`, below `top`.
    pub fn draw(&self, scene: &mut Scene, span: Span, top: f64) {
        let bottom = top + TOP + PLOT;
        let largest = self.columns.iter().map(|column| column.count).max().unwrap_or(0).max(1);
        let total: u64 = self.columns.iter().map(|column| column.count).sum();
        let pitch = span.width() / self.columns.len().max(1) as f64;
        let labels = self.labels(total, pitch - 4.0);
        // Where names would touch, every second, third, ... is printed.
        let widest = self
            .columns
            .iter()
            .map(|column| font::width(&column.name, LABEL, Weight::Regular))
            .fold(0.0, f64::max);
        let every = (((widest + 6.0) / pitch).ceil() as usize).max(1);
        for (at, column) in self.columns.iter().enumerate() {
            let x = span.left + (at as f64 + 0.5) * pitch;
            let height = column.count as f64 / largest as f64 * PLOT;
            let share = if total == 0 { 0.0 } else { column.count as f64 / total as f64 };
            scene.marks.push(Mark::Rect {
                x: x - pitch * 0.39,
                y: bottom - height,
                width: pitch * 0.78,
                height,
                ink: column.ink,
                tip: Some(format!(
                    "{}: {} ({})",
                    column.name,
                    format::count(column.count),
                    format::percent(share, 1)
                )),
            });
            if let Some(labels) = &labels {
                let y = bottom - height - 11.0;
                scene.text(Text { size: NOTE, ..Text::new(x, y, &labels[at]).anchor(Anchor::Middle) });
            }
            if at % every == 0 {
                scene.text(Text::new(x, bottom + 13.0, &column.name).anchor(Anchor::Middle));
            }
        }
        scene.line((span.left, bottom), (span.right, bottom), Ink::Axis, 1.0);
        axis::note_centred(scene, &self.axis_label, (span.left, span.right), bottom + 33.0, span);
    }

    /// The longest form of label that fits over every column: the count, the count in short, the percentage, or none.
    fn labels(&self, total: u64, room: f64) -> Option<Vec<String>> {
        let percent = |column: &Column| {
            let share = if total == 0 { 0.0 } else { column.count as f64 / total as f64 };
            format!("{}%", format::fixed(share * 100.0, 0))
        };
        let forms: [&dyn Fn(&Column) -> String; 3] =
            [&|column| format::count(column.count), &|column| format::short_count(column.count), &percent];
        forms.into_iter().find_map(|form| {
            let labels: Vec<String> = self.columns.iter().map(form).collect();
            let fits = labels.iter().all(|label| font::width(label, NOTE, Weight::Regular) <= room);
            fits.then_some(labels)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_shorten_with_the_room() {
        let column = |name: &str, count| Column { name: name.to_owned(), count, ink: Ink::Base };
        let panel =
            Panel { axis_label: String::new(), columns: vec![column("3", 26_818), column("4", 13_182)] };
        assert_eq!(panel.labels(40_000, 60.0).unwrap(), ["26,818", "13,182"]);
        assert_eq!(panel.labels(40_000, 38.0).unwrap(), ["26.8k", "13.2k"]);
        assert_eq!(panel.labels(40_000, 32.0).unwrap(), ["67%", "33%"]);
        assert_eq!(panel.labels(40_000, 10.0), None);
    }
}
