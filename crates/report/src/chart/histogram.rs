//! Histograms of differences: bars over a numeric axis with its zero, coloured by the side they lie on.

use super::scale::{self, Linear};
use super::{LABEL, Mark, NOTE, Scene, Span, Text, axis};
use crate::font::{self, Weight};
use crate::theme::Ink;

/// One bar; its ends are finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// The left end.
    pub from: f64,
    /// The right end.
    pub to: f64,
    /// How high it is.
    pub count: u64,
    /// How many of them are no difference at all: the bar's grey foot.
    pub equal: u64,
    /// What a pointer over it tells.
    pub tip: String,
}

/// A panel of bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Above the panel, in bold.
    pub heading: String,
    /// Below the heading.
    pub note: String,
    /// Below the axis.
    pub axis_label: String,
    /// Left to right.
    pub bars: Vec<Bar>,
}

/// As high as a panel of curves, which it may stand beside.
const PLOT: f64 = 230.0;
const TOP: f64 = 54.0;

impl Panel {
    /// The height it takes.
    pub const HEIGHT: f64 = TOP + PLOT + axis::HEIGHT;

    /// Draws the panel into `span`, below `top`.
    pub fn draw(&self, scene: &mut Scene, span: Span, top: f64) {
        let fit = |text: &str, size, weight| font::fit(text, size, weight, span.width());
        let heading = fit(&self.heading, LABEL, Weight::SemiBold);
        scene.text(Text::new(span.left, top + 9.0, heading).strong(true));
        scene.text(Text::note(span.left, top + 29.0, fit(&self.note, NOTE, Weight::Regular)));

        let (plot_top, bottom) = (top + TOP, top + TOP + PLOT);
        let ends = self.bars.iter().flat_map(|bar| [bar.from, bar.to]).chain([0.0]);
        let domain = scale::around(ends, 0.01, None);
        let x = Linear::new(domain, (span.left + 16.0, span.right - 16.0));
        let largest = self.bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1) as f64;
        let y = Linear::new((0.0, largest), (bottom, plot_top + 4.0));
        let ticks = scale::ticks(domain, ((span.width() / 64.0) as usize).max(2));
        axis::along_x(scene, &x, &ticks, (plot_top, bottom), &self.axis_label, span);
        for bar in &self.bars {
            let (left, right) = (x.at(bar.from), x.at(bar.to));
            for (count, ink) in [(bar.count, ink(bar)), (bar.equal.min(bar.count), Ink::Quiet)] {
                scene.marks.push(Mark::Rect {
                    x: left + 0.5,
                    y: y.at(count as f64),
                    width: (right - left - 1.0).max(0.5),
                    height: bottom - y.at(count as f64),
                    ink,
                    tip: Some(bar.tip.clone()),
                });
            }
        }
        scene.line((x.at(0.0), plot_top), (x.at(0.0), bottom), Ink::Text, 1.5);
    }
}

/// Right of zero, left of it, or over it.
fn ink(bar: &Bar) -> Ink {
    if bar.from >= 0.0 && bar.to > 0.0 {
        Ink::Meta
    } else if bar.to <= 0.0 {
        Ink::Average
    } else {
        Ink::Quiet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_coloured_by_their_side() {
        let of = |from, to| ink(&Bar { from, to, count: 1, equal: 0, tip: String::new() });
        assert_eq!([of(0.0, 0.1), of(-0.1, 0.0), of(-0.1, 0.1)], [Ink::Meta, Ink::Average, Ink::Quiet]);
    }
}
