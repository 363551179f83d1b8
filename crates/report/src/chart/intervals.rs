//! Interval plots: differences with their intervals against a line at zero, in groups with a name each.

use super::scale::{self, Linear};
use super::{Anchor, LABEL, Mark, ROW, Scene, Shape, Span, Text, axis};
use crate::font::{self, Weight};
use crate::theme::Ink;

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// The least, the middle and the largest value; all finite, or `None` where it is not defined.
    pub interval: Option<[f64; 3]>,
    /// The middle as printed.
    pub label: String,
    /// The ends as printed, where there is room.
    pub note: String,
    /// What a pointer over it tells.
    pub tip: String,
    /// Colour and shape say whether the interval lies right of the zero, over it or left of it.
    pub side: Side,
}

/// Where an interval lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Above zero.
    Above,
    /// Zero is inside.
    Over,
    /// Below zero.
    Below,
}

impl Side {
    /// Its symbol.
    pub fn shape(self) -> Shape {
        match self {
            Self::Above => Shape::Square,
            Self::Over => Shape::Circle,
            Self::Below => Shape::Diamond,
        }
    }

    /// Its colour.
    pub fn ink(self) -> Ink {
        match self {
            Self::Above => Ink::Meta,
            Self::Over => Ink::Muted,
            Self::Below => Ink::Average,
        }
    }
}

/// Differences of one thing from several others.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Above its rows.
    pub name: String,
    /// Top to bottom.
    pub rows: Vec<Row>,
}

/// A panel of intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Below the axis.
    pub axis_label: String,
    /// Top to bottom.
    pub groups: Vec<Group>,
    /// The least width of the axis, so that noise does not look like a difference.
    pub least_width: f64,
}

/// Half the height of an interval's ends.
const CAP: f64 = 4.5;
/// Between names, plot and values.
const GAP: f64 = 12.0;

impl Panel {
    /// The height it takes.
    pub fn height(&self) -> f64 {
        let rows: usize = self.groups.iter().map(|group| group.rows.len() + 1).sum();
        rows as f64 * ROW + axis::HEIGHT
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.groups.iter().flat_map(|group| &group.rows)
    }

    /// The widest of the rows' texts.
    fn widest(&self, text: impl Fn(&Row) -> String, weight: Weight) -> f64 {
        self.rows().map(|row| font::width(&text(row), LABEL, weight)).fold(0.0, f64::max)
    }

    /// Draws the panel into `span`, below `top`.
    pub fn draw(&self, scene: &mut Scene, span: Span, top: f64) {
        let group_name = |group: &Group| font::width(&group.name, LABEL, Weight::SemiBold);
        let names = self.widest(|row| row.name.clone(), Weight::Regular);
        let names = self.groups.iter().map(group_name).fold(names, f64::max).min(span.width() * 0.4);
        let labels = self.widest(|row| row.label.clone(), Weight::SemiBold);
        let notes = self.widest(|row| row.note.clone(), Weight::Regular) + GAP;
        let left = span.left + names + GAP;
        let has_notes = span.right - notes - labels - GAP - left >= 160.0;
        let labels_right = span.right - if has_notes { notes } else { 0.0 };
        let right = labels_right - labels - GAP;

        // Half a tick label of room at both ends.
        let values = self.rows().filter_map(|row| row.interval).flatten().chain([0.0]);
        let domain = scale::around(values, self.least_width, None);
        let scale = Linear::new(domain, (left + 14.0, right - 14.0));
        let ticks = scale::ticks(domain, (((right - left) / 64.0) as usize).max(1));
        let bottom = top + self.height() - axis::HEIGHT;
        axis::along_x(scene, &scale, &ticks, (top + 6.0, bottom), &self.axis_label, span);
        scene.line((scale.at(0.0), top + 2.0), (scale.at(0.0), bottom), Ink::Text, 1.5);

        let mut y = top + ROW / 2.0;
        for group in &self.groups {
            let name = font::fit(&group.name, LABEL, Weight::SemiBold, span.width());
            scene.text(Text::new(span.left, y, name).strong(true).halo());
            y += ROW;
            for row in &group.rows {
                let name = font::fit(&row.name, LABEL, Weight::Regular, names);
                scene.text(Text::new(left - GAP, y, name).anchor(Anchor::End));
                if let Some(interval) = row.interval {
                    draw_interval(scene, row, interval.map(|value| scale.at(value)), y);
                    let label = Text::new(labels_right, y, &row.label).anchor(Anchor::End);
                    scene.text(label.strong(row.side != Side::Over));
                    if has_notes {
                        scene.text(Text::new(span.right, y, &row.note).anchor(Anchor::End).ink(Ink::Muted));
                    }
                } else {
                    scene.text(Text::note(left + 8.0, y, "not defined").halo());
                }
                y += ROW;
            }
        }
    }
}

fn draw_interval(scene: &mut Scene, row: &Row, [low, middle, high]: [f64; 3], y: f64) {
    let ink = row.side.ink();
    scene.line((low, y), (high, y), ink, 2.5);
    for end in [low, high] {
        scene.line((end, y - CAP), (end, y + CAP), ink, 2.0);
    }
    let tip = Some(row.tip.clone());
    scene.marks.push(Mark::Symbol { shape: row.side.shape(), at: (middle, y), radius: 5.5, ink, tip });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zero_line_stands_at_zero_whatever_the_values() {
        for interval in [[0.01, 0.02, 0.03], [-0.03, -0.02, -0.01], [-0.01, 0.0, 0.01], [0.0; 3]] {
            let row = Row {
                name: "average".to_owned(),
                interval: Some(interval),
                label: "+0.0200".to_owned(),
                note: "[0.0100, 0.0300]".to_owned(),
                tip: String::new(),
                side: Side::Above,
            };
            let group = Group { name: "stack".to_owned(), rows: vec![row] };
            let panel = Panel { axis_label: String::new(), groups: vec![group], least_width: 0.01 };
            let mut scene = Scene::new(320.0, "", "");
            panel.draw(&mut scene, Span { left: 0.0, right: 320.0 }, 0.0);
            let line = |wanted: Ink, thick: f64| {
                scene.marks.iter().find_map(|mark| match mark {
                    Mark::Line { from, to, ink, width, .. } if *ink == wanted && *width == thick => {
                        Some((from.0, to.0))
                    }
                    _ => None,
                })
            };
            let (zero, (low, high)) = (line(Ink::Text, 1.5).unwrap().0, line(Ink::Meta, 2.5).unwrap());
            // The interval lies where its sign says, and inside the plot.
            assert_eq!(
                (low.partial_cmp(&zero), high.partial_cmp(&zero)),
                (interval[0].partial_cmp(&0.0), interval[2].partial_cmp(&0.0))
            );
            assert!(60.0 < low && high < 260.0, "{low} {high}");
        }
    }
}
