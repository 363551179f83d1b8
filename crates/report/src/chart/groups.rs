//! Rows in named groups with several dots each: the same models, group by group.

use super::scale::{self, Linear};
use super::{Anchor, LABEL, Mark, NOTE, Scene, Shape, Span, Text, axis};
use crate::font::{self, Weight};
use crate::theme::Ink;

/// One dot with its interval; finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    /// Where it is.
    pub value: f64,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// Its colour.
    pub ink: Ink,
    /// Its symbol.
    pub shape: Shape,
    /// What a pointer over it tells.
    pub tip: String,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// What else is printed, at the right, where there is room.
    pub note: String,
    /// Top to bottom inside the row.
    pub dots: Vec<Dot>,
}

/// Rows of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Above its rows; may be empty.
    pub name: String,
    /// Top to bottom.
    pub rows: Vec<Row>,
}

/// A panel of groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Below the axis.
    pub axis_label: String,
    /// Top to bottom.
    pub groups: Vec<Group>,
    /// What values can be at all.
    pub limits: Option<(f64, f64)>,
    /// The axis; where there is none, it fits the values.
    pub domain: Option<(f64, f64)>,
}

/// The distance of two dots of a row.
const PITCH: f64 = 11.0;
/// The height of a group's name.
const HEADING: f64 = 26.0;
const GAP: f64 = 12.0;

impl Panel {
    fn row_height(&self) -> f64 {
        let most = self.rows().map(|row| row.dots.len()).max().unwrap_or(1).max(1);
        (most as f64).mul_add(PITCH, 10.0)
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.groups.iter().flat_map(|group| &group.rows)
    }

    /// The height it takes.
    pub fn height(&self) -> f64 {
        let headings = self.groups.iter().filter(|group| !group.name.is_empty()).count();
        headings as f64 * HEADING + self.rows().count() as f64 * self.row_height() + axis::HEIGHT
    }

    /// The axis, given or around all values.
    fn domain(&self) -> (f64, f64) {
        let values = self.rows().flat_map(|row| &row.dots).flat_map(|dot| {
            [dot.value].into_iter().chain(dot.interval.into_iter().flat_map(|(low, high)| [low, high]))
        });
        self.domain.unwrap_or_else(|| scale::around(values, 0.02, self.limits))
    }

    /// The same rows in `n` panels of about one height, with one axis. A group that is cut goes on under its name.
    pub fn split(&self, n: usize) -> Vec<Self> {
        let n_rows = self.rows().count();
        let most = n_rows.div_ceil(n.max(1)).max(1);
        let mut columns: Vec<Vec<Group>> = vec![Vec::new()];
        let mut filled = 0;
        for group in &self.groups {
            let mut name = group.name.clone();
            for row in &group.rows {
                if filled == most {
                    columns.push(Vec::new());
                    filled = 0;
                }
                if filled == 0 && row != &group.rows[0] && !name.is_empty() {
                    name = format!("{}, continued", group.name);
                }
                if let Some(column) = columns.last_mut() {
                    if column.last().is_none_or(|last: &Group| last.name != name) {
                        column.push(Group { name: name.clone(), rows: Vec::new() });
                    }
                    column.last_mut().into_iter().for_each(|last| last.rows.push(row.clone()));
                }
                filled += 1;
            }
        }
        let domain = Some(self.domain());
        columns.into_iter().map(|groups| Self { groups, domain, ..self.clone() }).collect()
    }

    /// Draws the panel into `span`, below `top`.
    pub fn draw(&self, scene: &mut Scene, span: Span, top: f64) {
        let widest = |text: fn(&Row) -> &str, size| {
            self.rows().map(|row| font::width(text(row), size, Weight::Regular)).fold(0.0, f64::max)
        };
        let names = widest(|row| &row.name, LABEL).min(span.width() * 0.46);
        let notes = widest(|row| &row.note, NOTE) + GAP;
        let left = span.left + names + GAP;
        let has_notes = span.right - notes - left >= 160.0;
        let right = if has_notes { span.right - notes } else { span.right };
        let domain = self.domain();
        let scale = Linear::new(domain, (left + 10.0, right - 14.0));
        let ticks = scale::ticks(domain, (((right - left) / 56.0) as usize).max(2));
        let bottom = top + self.height() - axis::HEIGHT;
        axis::along_x(scene, &scale, &ticks, (top, bottom), &self.axis_label, span);

        let mut y = top;
        for group in &self.groups {
            if !group.name.is_empty() {
                let name = font::fit(&group.name, LABEL, Weight::SemiBold, span.width());
                scene.text(Text::new(span.left, y + HEADING / 2.0, name).strong(true).halo());
                y += HEADING;
            }
            for row in &group.rows {
                let middle = y + self.row_height() / 2.0;
                let name = font::fit(&row.name, LABEL, Weight::Regular, names);
                scene.text(Text::new(left - GAP, middle, name).anchor(Anchor::End));
                if has_notes {
                    scene.text(Text::note(span.right, middle, &row.note).anchor(Anchor::End));
                }
                let first = middle - (row.dots.len() as f64 - 1.0) / 2.0 * PITCH;
                for (at, dot) in row.dots.iter().enumerate() {
                    draw_dot(scene, dot, &scale, first + at as f64 * PITCH);
                }
                y += self.row_height();
            }
        }
    }
}

fn draw_dot(scene: &mut Scene, dot: &Dot, scale: &Linear, y: f64) {
    if let Some((low, high)) = dot.interval {
        scene.line((scale.at(low), y), (scale.at(high), y), dot.ink, 2.0);
    }
    let (at, tip) = ((scale.at(dot.value), y), Some(dot.tip.clone()));
    scene.marks.push(Mark::Symbol { shape: dot.shape, at, radius: 4.5, ink: dot.ink, tip });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_do_not_touch_and_the_axis_lies_below_them() {
        let dot = |value| Dot {
            value,
            interval: Some((value - 0.05, value + 0.05)),
            ink: Ink::Base,
            shape: Shape::Circle,
            tip: String::new(),
        };
        let row = |name: &str| Row {
            name: name.to_owned(),
            note: String::new(),
            dots: vec![dot(0.5), dot(0.6), dot(0.7)],
        };
        let group = Group { name: "activity".to_owned(), rows: vec![row("few"), row("many")] };
        let panel = Panel {
            axis_label: "NDCG".to_owned(),
            groups: vec![group],
            limits: Some((0.0, 1.0)),
            domain: None,
        };
        let mut scene = Scene::new(320.0, "", "");
        panel.draw(&mut scene, Span { left: 0.0, right: 320.0 }, 0.0);
        let ys: Vec<f64> = scene
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Symbol { at, .. } => Some(at.1),
                _ => None,
            })
            .collect();
        assert_eq!(ys.len(), 6);
        assert!(ys.windows(2).all(|pair| pair[1] - pair[0] >= PITCH), "{ys:?}");
        assert!(ys.last().is_some_and(|&last| last < panel.height() - axis::HEIGHT), "{ys:?}");
    }

    #[test]
    fn a_cut_group_goes_on_under_its_name() {
        let row = |name: &str, value| Row {
            name: name.to_owned(),
            note: String::new(),
            dots: vec![Dot {
                value,
                interval: None,
                ink: Ink::Base,
                shape: Shape::Circle,
                tip: String::new(),
            }],
        };
        let panel = Panel {
            axis_label: String::new(),
            groups: vec![
                Group { name: String::new(), rows: vec![row("all", 0.5)] },
                Group { name: "genre".to_owned(), rows: vec![row("a", 0.1), row("b", 0.2), row("c", 0.9)] },
            ],
            limits: None,
            domain: None,
        };
        let split = panel.split(2);
        let names = |panel: &Panel| {
            let of_group = |group: &Group| {
                let rows: Vec<&str> = group.rows.iter().map(|row| row.name.as_str()).collect();
                format!("{}: {}", group.name, rows.join(" "))
            };
            panel.groups.iter().map(of_group).collect::<Vec<_>>()
        };
        assert_eq!(names(&split[0]), [": all", "genre: a"]);
        assert_eq!(names(&split[1]), ["genre, continued: b c"]);
        assert_eq!(split[0].domain(), split[1].domain());
    }
}
