//! Points over an axis of numbers (plain or by their logarithms) or of names, one of them marked; and the best so far as a line of steps.

use super::scale::{self, Linear};
use super::{Anchor, LABEL, Mark, NOTE, Scene, Shape, Span, Text, axis};
use crate::font::{self, Weight};
use crate::format;
use crate::theme::Ink;

/// One point.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Where along x: a number above 0 where the axis is logarithmic, the place of a name where it has names.
    pub x: f64,
    /// The value.
    pub y: f64,
    /// How it is marked.
    pub role: Role,
    /// What a pointer over it tells.
    pub tip: String,
}

/// What a point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// One of many.
    One,
    /// What the others are compared with.
    First,
    /// The best.
    Best,
}

/// A panel of points.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Above the panel, in bold.
    pub heading: String,
    /// The points, finite.
    pub points: Vec<Point>,
    /// The names along x; empty for numbers.
    pub names: Vec<String>,
    /// Whether numbers along x stand by their logarithms.
    pub is_log: bool,
    /// Whether numbers along x are whole.
    pub is_whole: bool,
    /// Whether a line shows the best so far.
    pub with_best: bool,
    /// The y axis of all panels of the plot.
    pub y_domain: (f64, f64),
}

const PLOT: f64 = 150.0;
const TOP: f64 = 28.0;
/// Ticks below the panel.
const BELOW: f64 = 30.0;

impl Panel {
    /// The height it takes.
    pub const HEIGHT: f64 = TOP + PLOT + BELOW;

    /// Draws the panel into `span`, below `top`.
    pub fn draw(&self, scene: &mut Scene, span: Span, top: f64) {
        let y_ticks = scale::ticks(self.y_domain, 4);
        let left = span.left + axis::tick_width(&y_ticks) + 10.0;
        let (plot_top, bottom) = (top + TOP, top + TOP + PLOT);
        let y = Linear::new(self.y_domain, (bottom - 6.0, plot_top + 6.0));
        let x = Linear::new(self.x_domain(), (left + 12.0, span.right - 12.0));
        let heading = font::fit(&self.heading, LABEL, Weight::SemiBold, span.width());
        scene.text(Text::new(span.left, top + 9.0, heading).strong(true));
        axis::along_y(scene, &y, &y_ticks, (left, span.right));
        scene.line((left, bottom), (span.right, bottom), Ink::Axis, 1.0);
        self.draw_x_ticks(scene, &x, bottom);
        if self.with_best {
            self.draw_best_so_far(scene, &x, &y);
        }
        // The marked ones last, so that nothing hides them.
        for role in [Role::One, Role::First, Role::Best] {
            for point in self.points.iter().filter(|point| point.role == role) {
                let (shape, radius, ink) = match role {
                    Role::One => (Shape::Circle, 3.5, Ink::Base),
                    Role::First => (Shape::Diamond, 4.5, Ink::Average),
                    Role::Best => (Shape::Square, 5.5, Ink::Meta),
                };
                let at = (x.at(self.along(point.x)), y.at(point.y));
                scene.marks.push(Mark::Symbol { shape, at, radius, ink, tip: Some(point.tip.clone()) });
            }
        }
    }

    fn along(&self, x: f64) -> f64 {
        if self.is_log { x.log10() } else { x }
    }

    fn x_domain(&self) -> (f64, f64) {
        if !self.names.is_empty() {
            return (-0.5, self.names.len() as f64 - 0.5);
        }
        let (low, high) =
            scale::extent(self.points.iter().map(|point| self.along(point.x))).unwrap_or((0.0, 1.0));
        if low == high { (low - 0.5, high + 0.5) } else { (low, high) }
    }

    fn draw_x_ticks(&self, scene: &mut Scene, x: &Linear, bottom: f64) {
        let (left, right) = x.range();
        let most = (((right - left) / 56.0) as usize).clamp(1, 10);
        let ticks: Vec<(f64, String)> = if !self.names.is_empty() {
            let room = (right - left) / self.names.len() as f64 - 6.0;
            let name = |name: &String| font::fit(name, NOTE, Weight::Regular, room);
            self.names.iter().enumerate().map(|(at, text)| (at as f64, name(text))).collect()
        } else if self.is_log {
            log_ticks(x.domain()).into_iter().map(|value| (value.log10(), short(value))).collect()
        } else {
            let ticks = if self.is_whole {
                scale::whole_ticks(x.domain(), most)
            } else {
                scale::ticks(x.domain(), most)
            };
            ticks.values.iter().map(|&tick| (tick, format::fixed(tick, ticks.decimals))).collect()
        };
        let mut free_from = f64::NEG_INFINITY;
        for (value, label) in ticks {
            let (at, half) = (x.at(value), font::width(&label, NOTE, Weight::Regular) / 2.0);
            scene.line((at, bottom), (at, bottom + 4.0), Ink::Axis, 1.0);
            if at - half >= free_from {
                scene.text(Text::note(at, bottom + 14.0, label).anchor(Anchor::Middle));
                free_from = at + half + 5.0;
            }
        }
    }

    fn draw_best_so_far(&self, scene: &mut Scene, x: &Linear, y: &Linear) {
        let mut points = Vec::new();
        let mut best = f64::NEG_INFINITY;
        for point in &self.points {
            let at = x.at(self.along(point.x));
            if best.is_finite() {
                points.push((at, y.at(best)));
            }
            best = best.max(point.y);
            points.push((at, y.at(best)));
        }
        scene.marks.push(Mark::Path { points, ink: Ink::Quiet, width: 2.0 });
    }
}

/// Numbers that are 1, 2 or 5 times a power of ten between two ends given by their logarithms; the ends themselves where these are fewer than two.
fn log_ticks((low, high): (f64, f64)) -> Vec<f64> {
    let (first, last) = (low.floor().max(-30.0) as i32, high.ceil().min(30.0) as i32);
    let round = (first..=last).flat_map(|power| [1.0, 2.0, 5.0].map(|factor| factor * 10f64.powi(power)));
    let inside: Vec<f64> =
        round.filter(|value| (low - 1e-9..=high + 1e-9).contains(&value.log10())).collect();
    if inside.len() < 2 { vec![10f64.powf(low), 10f64.powf(high)] } else { inside }
}

/// A number in three significant digits.
fn short(value: f64) -> String {
    let decimals = (2.0 - value.abs().log10().floor()).clamp(0.0, 8.0) as usize;
    format::plain(value, decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(xs: &[f64], is_log: bool) -> Panel {
        let point = |(at, &x): (usize, &f64)| Point {
            x,
            y: 0.5 + 0.01 * at as f64,
            role: Role::One,
            tip: String::new(),
        };
        Panel {
            heading: "key".to_owned(),
            points: xs.iter().enumerate().map(point).collect(),
            names: Vec::new(),
            is_log,
            is_whole: false,
            with_best: true,
            y_domain: (0.4, 0.6),
        }
    }

    #[test]
    fn a_decade_is_as_wide_as_the_next() {
        let mut scene = Scene::new(300.0, "", "");
        panel(&[0.01, 0.1, 1.0], true).draw(&mut scene, Span { left: 0.0, right: 300.0 }, 0.0);
        let at = |mark: &Mark| match mark {
            Mark::Symbol { at, .. } => Some(at.0),
            _ => None,
        };
        let places: Vec<f64> = scene.marks.iter().filter_map(at).collect();
        assert!((places[1] - places[0] - (places[2] - places[1])).abs() < 1e-9, "{places:?}");
        assert!(places[0] < places[1]);
    }

    #[test]
    fn ticks_of_logarithms_are_round() {
        let of = |low: f64, high: f64| {
            log_ticks((low.log10(), high.log10())).iter().map(|&tick| short(tick)).collect::<Vec<_>>()
        };
        assert_eq!(of(0.0205, 0.374), ["0.05", "0.1", "0.2"]);
        assert_eq!(of(4.0, 64.0), ["5", "10", "20", "50"]);
        assert_eq!(of(6.0, 9.0), ["6", "9"]);
    }

    #[test]
    fn one_value_and_none_are_drawn() {
        for xs in [&[3.0][..], &[]] {
            let mut scene = Scene::new(300.0, "", "");
            panel(xs, false).draw(&mut scene, Span { left: 0.0, right: 300.0 }, 0.0);
            let is_inside = |mark: &Mark| match mark {
                Mark::Symbol { at, .. } => at.0.is_finite() && at.1.is_finite(),
                _ => true,
            };
            assert!(scene.marks.iter().all(is_inside));
        }
        assert_eq!([short(0.012_345), short(123.4), short(9.876)], ["0.0123", "123", "9.88"]);
    }
}
