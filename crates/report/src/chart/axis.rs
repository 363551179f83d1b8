//! Axes: grid lines, tick labels, the label, and the mark of an axis that does not start at zero.

use super::scale::{Linear, Ticks};
use super::{Anchor, NOTE, Scene, Span, Text};
use crate::font::{self, Weight};
use crate::format;
use crate::theme::Ink;

/// The height below a panel that [`along_x`] takes: ticks and one line for the label.
pub const HEIGHT: f64 = 46.0;

/// Whether an axis over `domain` hides the zero, so that lengths on it must not be compared.
pub fn is_truncated(domain: (f64, f64)) -> bool {
    domain.0 > 0.0 || domain.1 < 0.0
}

/// A horizontal axis under a panel that reaches from `top` to `bottom`: vertical grid lines, tick labels, and `label` centred
/// in `span` below them. A truncated axis is broken at its left end and says where it starts.
pub fn along_x(
    scene: &mut Scene,
    scale: &Linear,
    ticks: &Ticks,
    (top, bottom): (f64, f64),
    label: &str,
    span: Span,
) {
    let (left, right) = scale.range();
    for &tick in &ticks.values {
        let x = scale.at(tick);
        scene.line((x, top), (x, bottom), Ink::Grid, 1.0);
        scene.text(Text::note(x, bottom + 13.0, format::fixed(tick, ticks.decimals)).anchor(Anchor::Middle));
    }
    scene.line((left, bottom), (right, bottom), Ink::Axis, 1.0);
    let mut label = label.to_owned();
    if is_truncated(scale.domain()) {
        broken(scene, (left + 7.0, bottom));
        let start = start_text(scale.domain().0, ticks.decimals);
        if !label.is_empty() {
            label.push_str(" · ");
        }
        label = format!("{label}axis starts at {start}");
    }
    note_centred(scene, &label, (left, right), bottom + 33.0, span);
}

/// A vertical axis at the left of a panel: horizontal grid lines and tick labels. Its label is for the caller to put on top.
pub fn along_y(scene: &mut Scene, scale: &Linear, ticks: &Ticks, (left, right): (f64, f64)) {
    for &tick in &ticks.values {
        let y = scale.at(tick);
        scene.line((left, y), (right, y), Ink::Grid, 1.0);
        scene.text(Text::note(left - 8.0, y, format::fixed(tick, ticks.decimals)).anchor(Anchor::End));
    }
}

/// The width of the widest tick label.
pub fn tick_width(ticks: &Ticks) -> f64 {
    let width = |&tick: &f64| font::width(&format::fixed(tick, ticks.decimals), NOTE, Weight::Regular);
    ticks.values.iter().map(width).fold(0.0, f64::max)
}

/// A note centred between `left` and `right`, moved so that it stays inside `span` and cut where it is longer.
pub fn note_centred(scene: &mut Scene, note: &str, (left, right): (f64, f64), y: f64, span: Span) {
    let note = font::fit(note, NOTE, Weight::Regular, span.width());
    let half = font::width(&note, NOTE, Weight::Regular) / 2.0;
    let middle = f64::midpoint(left, right).min(span.right - half).max(span.left + half);
    scene.text(Text::note(middle, y, note).anchor(Anchor::Middle));
}

/// An axis' first value with the ticks' decimals, and one more where it lies between their steps.
fn start_text(start: f64, decimals: usize) -> String {
    let power = 10f64.powi(decimals as i32);
    let on_step = ((start * power).round() / power - start).abs() * power < 1e-6;
    format::fixed(start, decimals + usize::from(!on_step))
}

/// Two short slanted strokes across an axis: here it is broken.
fn broken(scene: &mut Scene, (x, y): (f64, f64)) {
    // A gap in the line, then the strokes.
    scene.line((x - 1.5, y), (x + 1.5, y), Ink::Surface, 3.0);
    for at in [x - 2.5, x + 2.5] {
        scene.line((at - 2.0, y + 5.0), (at + 2.0, y - 5.0), Ink::Axis, 1.25);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_has_the_digits_it_needs() {
        assert_eq!(
            [start_text(0.7, 2), start_text(0.985, 3), start_text(0.636, 2)],
            ["0.70", "0.985", "0.636"]
        );
    }

    #[test]
    fn an_axis_without_zero_says_so() {
        let drawn = |domain| {
            let mut scene = Scene::new(300.0, "", "");
            let scale = Linear::new(domain, (0.0, 200.0));
            let span = Span { left: 0.0, right: 300.0 };
            along_x(&mut scene, &scale, &super::super::scale::ticks(domain, 4), (0.0, 50.0), "NDCG", span);
            scene.to_svg(super::super::Medium::File)
        };
        assert!(drawn((0.7, 0.9)).contains("NDCG · axis starts at 0.70"));
        assert!(!drawn((0.0, 0.9)).contains("axis starts"));
    }
}
