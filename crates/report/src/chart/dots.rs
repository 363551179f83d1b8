//! Dot plots: one row a model, a symbol at its value. The axis need not start at zero, because a dot has no length.

use super::scale::{self, Linear};
use super::{Anchor, LABEL, Mark, ROW, Scene, Shape, Span, Text, axis};
use crate::data::ModelKind;
use crate::font::{self, Weight};
use crate::theme::Ink;

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    /// The row's name.
    pub name: String,
    /// Where the dot is; `None` or not finite where the value is not defined.
    pub value: Option<f64>,
    /// The least and the largest value of its interval, drawn as a line through the dot.
    pub interval: Option<(f64, f64)>,
    /// The value as printed beside the dot.
    pub label: String,
    /// What else is printed beside it where there is room; may be empty.
    pub note: String,
    /// Decides colour and shape.
    pub kind: ModelKind,
    /// Whether the value is bold.
    pub strong: bool,
}

/// A vertical line that the dots are compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// Where it is.
    pub value: f64,
    /// What stands above it.
    pub label: String,
    /// Its colour and symbol.
    pub kind: ModelKind,
}

/// A panel of dots.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Above the panel; may be empty.
    pub heading: String,
    /// Below the axis; may be empty.
    pub axis_label: String,
    /// Top to bottom.
    pub rows: Vec<Dot>,
    /// Whether the rows are named; in small multiples only the first panel of a line names them.
    pub named: bool,
    /// A line through all rows.
    pub reference: Option<Reference>,
    /// What values can be at all.
    pub limits: Option<(f64, f64)>,
    /// The least width of the axis, so that noise does not look like a difference.
    pub least_width: f64,
}

/// Symbols of this radius.
pub const RADIUS: f64 = 5.5;
/// Between a dot's centre and its label.
const GAP: f64 = 11.0;

/// The symbol of a kind of model.
pub fn shape_of(kind: ModelKind) -> Shape {
    match kind {
        ModelKind::Base => Shape::Circle,
        ModelKind::Average => Shape::Diamond,
        ModelKind::Meta => Shape::Square,
        ModelKind::Yardstick => Shape::Triangle,
    }
}

impl Panel {
    /// The height it takes.
    pub fn height(&self) -> f64 {
        self.rows_top() + self.rows.len() as f64 * ROW + axis::HEIGHT
    }

    fn rows_top(&self) -> f64 {
        let heading = if self.heading.is_empty() { 0.0 } else { 26.0 };
        heading + if self.reference.is_some() { 24.0 } else { 4.0 }
    }

    /// The width that the rows' names take at the left of a span this wide.
    pub fn name_room(&self, width: f64) -> f64 {
        if !self.named {
            return 0.0;
        }
        let widest =
            self.rows.iter().map(|row| font::width(&row.name, LABEL, Weight::Regular)).fold(0.0, f64::max);
        widest.min(width * 0.42) + 12.0
    }

    /// The pixels between the least and the largest dot: what names and labels leave.
    fn inner(&self, span: Span, left: f64, with_notes: bool) -> (f64, f64) {
        let label = |row: &Dot| font::width(&row.beside(with_notes), LABEL, Weight::SemiBold);
        let room = GAP + self.rows.iter().map(label).fold(0.0, f64::max);
        // Labels stand at the right of their dots, or at the left where a reference line is at the right.
        let is_left = |row: &Dot| self.labelled_left(row.value.unwrap_or(f64::NAN));
        let at_left = if self.rows.iter().any(is_left) { room } else { 0.0 };
        let at_right = if self.rows.iter().all(is_left) { 18.0 } else { room };
        (left + at_left, span.right - at_right)
    }

    /// Whether a dot's label stands at its left: on the side away from the reference.
    fn labelled_left(&self, value: f64) -> bool {
        self.reference.as_ref().is_some_and(|reference| value <= reference.value)
    }

    /// Draws the panel into `span`, below `top`.
    pub fn draw(&self, scene: &mut Scene, span: Span, top: f64) {
        let name_room = self.name_room(span.width());
        let left = span.left + name_room;
        let with_notes = self.inner(span, left, true);
        let has_notes = with_notes.1 - with_notes.0 >= 160.0;
        let inner = if has_notes { with_notes } else { self.inner(span, left, false) };
        // The axis line is longer than the dots' span where labels stand at the dots' left.
        let right = inner.1;

        let values =
            || self.rows.iter().flat_map(Dot::values).chain(self.reference.as_ref().map(|r| r.value));
        let domain = scale::around(values(), self.least_width, self.limits);
        let scale = Linear::new(domain, inner);
        let ticks = scale::ticks(domain, (((inner.1 - inner.0) / 48.0) as usize).max(2));
        let rows_top = top + self.rows_top();
        let bottom = rows_top + self.rows.len() as f64 * ROW;

        if !self.heading.is_empty() {
            let heading = font::fit(&self.heading, LABEL, Weight::SemiBold, span.right - left);
            scene.text(Text::new(left, top + 9.0, heading).strong(true));
        }
        let frame = Linear::new(domain_of_range(&scale, (left, right)), (left, right));
        axis::along_x(scene, &frame, &ticks, (rows_top, bottom), &self.axis_label, span);
        if let Some(reference) = &self.reference {
            draw_reference(scene, reference, scale.at(reference.value), (rows_top, bottom), span);
        }
        for (at, row) in self.rows.iter().enumerate() {
            let y = rows_top + (at as f64 + 0.5) * ROW;
            if self.named {
                let name = font::fit(&row.name, LABEL, Weight::Regular, name_room - 12.0);
                scene.text(Text::new(left - 12.0, y, name).anchor(Anchor::End));
            }
            match row.value.filter(|value| value.is_finite()) {
                Some(value) => self.draw_dot(scene, row, (frame.at(value), y), &frame, has_notes),
                None => scene.text(Text::note(left + 8.0, y, "not defined").halo()),
            }
        }
    }

    fn draw_dot(&self, scene: &mut Scene, row: &Dot, (x, y): (f64, f64), scale: &Linear, with_note: bool) {
        let ink = Ink::of_kind(row.kind);
        // From the reference the distance is the message: a stem. Otherwise a guide leads the eye from the name.
        if let Some(reference) = &self.reference {
            scene.line((scale.at(reference.value), y), (x, y), ink, 2.0);
        } else {
            let (left, right) = scale.range();
            scene.line((left, y), (right, y), Ink::Grid, 1.0);
        }
        let mut ends = (x, x);
        if let Some((low, high)) = row.interval {
            ends = (scale.at(low).min(x), scale.at(high).max(x));
            scene.line((ends.0, y), (ends.1, y), ink, 2.0);
        }
        let tip = Some(format!("{}: {}", row.name, row.beside(true)));
        scene.marks.push(Mark::Symbol { shape: shape_of(row.kind), at: (x, y), radius: RADIUS, ink, tip });
        let label = row.beside(with_note);
        let text = if row.value.is_some_and(|value| self.labelled_left(value)) {
            Text::new((x - GAP).min(ends.0 - 5.0), y, label).anchor(Anchor::End)
        } else {
            Text::new((x + GAP).max(ends.1 + 5.0), y, label)
        };
        scene.text(text.strong(row.strong).halo());
    }
}

impl Dot {
    /// What the axis must hold.
    fn values(&self) -> impl Iterator<Item = f64> {
        self.value.into_iter().chain(self.interval.into_iter().flat_map(|(low, high)| [low, high]))
    }

    fn beside(&self, with_note: bool) -> String {
        if with_note && !self.note.is_empty() {
            format!("{} {}", self.label, self.note)
        } else {
            self.label.clone()
        }
    }
}

/// The values at the pixels `range`, so that the axis line can be longer than the span of the dots.
fn domain_of_range(scale: &Linear, range: (f64, f64)) -> (f64, f64) {
    let ((low, high), (left, right)) = (scale.domain(), scale.range());
    let per_pixel = if right > left { (high - low) / (right - left) } else { 0.0 };
    (low + (range.0 - left) * per_pixel, low + (range.1 - left) * per_pixel)
}

fn draw_reference(scene: &mut Scene, reference: &Reference, x: f64, (top, bottom): (f64, f64), span: Span) {
    let ink = Ink::of_kind(reference.kind);
    scene.dashed((x, top - 6.0), (x, bottom), ink);
    let label = font::fit(&reference.label, LABEL, Weight::SemiBold, span.width() - GAP);
    let width = font::width(&label, LABEL, Weight::SemiBold);
    let at = (x, top - 15.0);
    scene.marks.push(Mark::Symbol { shape: shape_of(reference.kind), at, radius: RADIUS, ink, tip: None });
    // Beside the symbol on the side that has room; both are tried before the label is pushed to the edge.
    let left = [x - GAP - width, x + GAP]
        .into_iter()
        .find(|&left| left >= span.left && left + width <= span.right)
        .unwrap_or_else(|| (x - GAP - width).max(span.left));
    scene.text(Text::new(left, at.1, label).strong(true).halo());
}

/// Names beside the symbols of their kinds, in as many lines as they need; gives the y below them.
pub fn legend(scene: &mut Scene, span: Span, top: f64, entries: &[(String, ModelKind)]) -> f64 {
    let (mut x, mut y) = (span.left, top + 8.0);
    for (name, kind) in entries {
        let name = font::fit(name, LABEL, Weight::Regular, span.width() - 18.0);
        let width = 18.0 + font::width(&name, LABEL, Weight::Regular);
        if x > span.left && x + width > span.right {
            (x, y) = (span.left, y + 22.0);
        }
        scene.marks.push(Mark::Symbol {
            shape: shape_of(*kind),
            at: (x + RADIUS, y),
            radius: RADIUS,
            ink: Ink::of_kind(*kind),
            tip: None,
        });
        scene.text(Text::new(x + 18.0, y, name));
        x += width + 24.0;
    }
    y + 24.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(value: f64) -> Dot {
        Dot {
            name: "a model".to_owned(),
            value: Some(value),
            interval: Some((value - 0.02, value + 0.03)),
            label: format!("{value:.4}"),
            note: "(+0.0100)".to_owned(),
            kind: ModelKind::Base,
            strong: false,
        }
    }

    /// The left and right end of every text, by its anchor.
    fn extents(scene: &Scene) -> Vec<(f64, f64)> {
        let extent = |mark: &Mark| match mark {
            Mark::Text(text) => {
                let width = font::width(&text.content, text.size, text.weight);
                let left = match text.anchor {
                    Anchor::Start => text.x,
                    Anchor::Middle => text.x - width / 2.0,
                    Anchor::End => text.x - width,
                };
                Some((left, left + width))
            }
            _ => None,
        };
        scene.marks.iter().filter_map(extent).collect()
    }

    #[test]
    fn labels_stay_inside_on_both_sides_of_a_reference() {
        let panel = |values: &[f64]| Panel {
            heading: String::new(),
            axis_label: "NDCG@10".to_owned(),
            rows: values.iter().map(|&value| dot(value)).collect(),
            named: true,
            reference: Some(Reference {
                value: 0.8,
                label: "average 0.8000".to_owned(),
                kind: ModelKind::Average,
            }),
            limits: Some((0.0, 1.0)),
            least_width: 0.02,
        };
        for values in [&[0.7, 0.75][..], &[0.81, 0.9], &[0.7, 0.9], &[0.8], &[0.0, 1.0]] {
            for width in [320.0, 552.0] {
                let mut scene = Scene::new(width, "", "");
                panel(values).draw(&mut scene, Span { left: 0.0, right: width }, 0.0);
                for (left, right) in extents(&scene) {
                    assert!(
                        left >= -0.01 && right <= width + 0.01,
                        "{values:?} at {width}: {left} to {right}"
                    );
                }
            }
        }
    }
}
