//! Beeswarms: one row a name, a dot at each value, dots of like values above each other.
//!
//! A dot for each of thousands of values would make a blot and a large page. A row has columns of one dot's width; its fullest column gets
//! [`STACK`] dots, the others as many in proportion, at least one, each for a like share of the column's values.

use super::scale::{self, Linear};
use super::{Anchor, LABEL, ROW, Scene, Span, Text, axis};
use crate::font::{self, Weight};
use crate::theme::Ink;

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The row's name.
    pub name: String,
    /// Where dots are and in which ink; in a column, the first are at the bottom.
    pub dots: Vec<(f64, Ink)>,
}

/// A panel of beeswarms on one axis, which zero is on.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Above the panel.
    pub heading: String,
    /// Below the axis.
    pub axis_label: String,
    /// Top to bottom.
    pub rows: Vec<Row>,
}

const HEADING: f64 = 26.0;
/// The distance of two dots.
const CELL: f64 = 4.0;
const RADIUS: f64 = 1.75;
/// Dots above each other at most.
const STACK: usize = 6;

impl Panel {
    /// The height it takes.
    pub fn height(&self) -> f64 {
        HEADING + self.rows.len() as f64 * ROW + axis::HEIGHT
    }

    /// Draws the panel into `span`, below `top`.
    pub fn draw(&self, scene: &mut Scene, span: Span, top: f64) {
        let name_width =
            self.rows.iter().map(|row| font::width(&row.name, LABEL, Weight::Regular)).fold(0.0, f64::max);
        let name_width = name_width.min(span.width() * 0.42);
        let left = span.left + name_width + 12.0;
        // Whole columns, and room for half of the last tick's label.
        let n_columns = (((span.right - 14.0 - left) / CELL) as usize).max(1);
        let right = left + n_columns as f64 * CELL;
        let values = self.rows.iter().flat_map(|row| row.dots.iter().map(|(value, _)| *value));
        let domain = scale::around(values.chain([0.0]), 0.0, None);
        let scale = Linear::new(domain, (left, right));
        let rows_top = top + HEADING;
        let bottom = rows_top + self.rows.len() as f64 * ROW;

        let heading = font::fit(&self.heading, LABEL, Weight::SemiBold, span.width());
        scene.text(Text::new(span.left, top + 9.0, heading).strong(true));
        let ticks = scale::ticks(domain, (((right - left) / 56.0) as usize).max(2));
        axis::along_x(scene, &scale, &ticks, (rows_top, bottom), &self.axis_label, span);
        let zero = scale.at(0.0);
        scene.line((zero, rows_top), (zero, bottom), Ink::Axis, 1.0);
        let mut points: Vec<(Ink, Vec<(f64, f64)>)> = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            let y = rows_top + (at as f64 + 0.5) * ROW;
            let name = font::fit(&row.name, LABEL, Weight::Regular, name_width);
            scene.text(Text::new(left - 12.0, y, name).anchor(Anchor::End));
            let finite = row.dots.iter().filter(|(value, _)| value.is_finite());
            let placed = finite.map(|&(value, ink)| {
                let column = ((scale.at(value) - left) / CELL).max(0.0) as usize;
                (column.min(n_columns - 1), ink)
            });
            for (column, up, ink) in stacked(placed, n_columns) {
                let point = (left + (column as f64 + 0.5) * CELL, y - up * CELL);
                match points.iter_mut().find(|(of, _)| *of == ink) {
                    Some((_, points)) => points.push(point),
                    None => points.push((ink, vec![point])),
                }
            }
        }
        for (ink, points) in points {
            scene.dots(points, RADIUS, ink);
        }
    }
}

/// The dots of a row, from the column of each value: column, how many dots above the row's middle, and ink.
fn stacked(values: impl Iterator<Item = (usize, Ink)>, n_columns: usize) -> Vec<(usize, f64, Ink)> {
    let mut columns = vec![Vec::new(); n_columns];
    values.for_each(|(column, ink)| columns[column].push(ink));
    let fullest = columns.iter().map(Vec::len).max().unwrap_or(0).max(STACK);
    let mut dots = Vec::new();
    for (column, inks) in columns.iter().enumerate() {
        let shown = (inks.len() * STACK).div_ceil(fullest);
        for at in 0..shown {
            // The value in the middle of the dot's share.
            let ink = inks[(2 * at + 1) * inks.len() / (2 * shown)];
            dots.push((column, at as f64 - (shown as f64 - 1.0) / 2.0, ink));
        }
    }
    dots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fullest_column_is_full_and_no_value_is_lost() {
        let row = |counts: &[usize]| {
            let values =
                counts.iter().enumerate().flat_map(|(at, &n)| std::iter::repeat_n((at, Ink::Text), n));
            let dots = stacked(values, counts.len());
            (0..counts.len())
                .map(|at| dots.iter().filter(|(column, ..)| *column == at).count())
                .collect::<Vec<_>>()
        };
        assert_eq!(row(&[600, 300, 1, 0, 101]), [6, 3, 1, 0, 2]);
        // Few values are all shown.
        assert_eq!(row(&[1, 0, 4, 2]), [1, 0, 4, 2]);
        assert_eq!(row(&[0]), [0]);
    }

    #[test]
    fn a_column_is_centred_and_keeps_the_order_of_its_values() {
        let values = [Ink::Low, Ink::Low, Ink::Low, Ink::Low, Ink::Low, Ink::Low, Ink::High, Ink::High];
        let dots = stacked(values.into_iter().map(|ink| (0, ink)), 1);
        let ups: Vec<f64> = dots.iter().map(|(_, up, _)| *up).collect();
        assert_eq!(ups, [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]);
        // Of eight values, the shares' middles are at 0.67, 2, 3.33, 4.67, 6 and 7.33.
        let inks: Vec<Ink> = dots.iter().map(|(.., ink)| *ink).collect();
        assert_eq!(inks, [Ink::Low, Ink::Low, Ink::Low, Ink::Low, Ink::High, Ink::High]);
    }
}
