//! A scene as pixels, drawn with the embedded fonts only, so that every machine gives the same bytes.
//!
//! It draws what [`Scene::to_svg`](crate::chart::Scene::to_svg) writes, without the way through the text; a test holds it against an
//! SVG renderer. Nearly all marks are rectangles, letters and symbols: the first are painted at once, the others stamped.

mod canvas;
mod stamps;

use tiny_skia::{LineCap, LineJoin, PathBuilder, Stroke, StrokeDash};

use canvas::{Canvas, Rgb, Stamp};
use stamps::{Figure, stamps};

use crate::chart::{Anchor, DASHES, HALF_CAPITAL, HALO, Mark, RIM, Scene, Text};
use crate::font;
use crate::theme::Ink;

/// A picture.
pub struct Picture {
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    canvas: Canvas,
}

impl Picture {
    /// The colours, row after row.
    pub fn pixels(&self) -> &[Rgb] {
        self.canvas.pixels()
    }
}

/// Draws a scene at `scale` pixels a CSS pixel, in its light colours on white. `None` where it has no size, or one that no picture has.
pub fn draw(scene: &Scene, scale: f64) -> Option<Picture> {
    let side = |length: f64| {
        let pixels = (length * scale).ceil();
        (1.0..=20_000.0).contains(&pixels).then_some(pixels as u32)
    };
    let (width, height) = (side(scene.width)?, side(scene.height)?);
    let mut painter = Painter { canvas: Canvas::new(width as usize, height as usize), scale };
    for mark in &scene.marks {
        painter.mark(mark);
    }
    Some(Picture { width, height, canvas: painter.canvas })
}

struct Painter {
    canvas: Canvas,
    scale: f64,
}

impl Painter {
    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Rect { x, y, width, height, ink, .. } => {
                self.rectangle((*x, *y), (x + width.max(0.0), y + height.max(0.0)), ink.rgb());
            }
            Mark::Line { from, to, ink, width, dashed: false } if from.1 == to.1 => {
                let half = width / 2.0;
                let (left, right) = (from.0.min(to.0), from.0.max(to.0));
                self.rectangle((left, from.1 - half), (right, from.1 + half), ink.rgb());
            }
            Mark::Line { from, to, ink, width, dashed: false } if from.0 == to.0 => {
                let half = width / 2.0;
                let (top, bottom) = (from.1.min(to.1), from.1.max(to.1));
                self.rectangle((from.0 - half, top), (from.0 + half, bottom), ink.rgb());
            }
            Mark::Line { from, to, ink, width, dashed } => {
                let lengths = DASHES.map(|length| (length * self.scale) as f32).to_vec();
                let dash = if *dashed { StrokeDash::new(lengths, 0.0) } else { None };
                self.line(&[*from, *to], *width, Stroke { dash, ..Stroke::default() }, ink.rgb());
            }
            Mark::Path { points, ink, width } => {
                let round =
                    Stroke { line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
                self.line(points, *width, round, ink.rgb());
            }
            Mark::Symbol { shape, at, radius, ink, .. } => {
                let (figure, size) = (Figure::Symbol(*shape), radius * self.scale);
                self.stamp(figure, size, 0.0, *at, ink.rgb());
                self.stamp(figure, size, RIM * self.scale, *at, Ink::Surface.rgb());
            }
            Mark::Dots { points, radius, ink } => self.dots(points, radius * self.scale, ink.rgb()),
            Mark::Text(text) => self.text(text),
        }
    }

    fn rectangle(&mut self, from: (f64, f64), to: (f64, f64), colour: Rgb) {
        let scaled = |(x, y): (f64, f64)| (x * self.scale, y * self.scale);
        self.canvas.rectangle(scaled(from), scaled(to), colour);
    }

    fn line(&mut self, points: &[(f64, f64)], width: f64, stroke: Stroke, colour: Rgb) {
        let mut path = PathBuilder::new();
        let finite = points.iter().filter(|(x, y)| x.is_finite() && y.is_finite());
        for (at, &(x, y)) in finite.enumerate() {
            let (x, y) = ((x * self.scale) as f32, (y * self.scale) as f32);
            if at == 0 {
                path.move_to(x, y);
            } else {
                path.line_to(x, y);
            }
        }
        let stroke = Stroke { width: (width * self.scale) as f32, ..stroke };
        let stroked = path.finish().and_then(|path| match &stroke.dash {
            Some(dash) => path.dash(dash, 1.0)?.stroke(&stroke, 1.0),
            None => path.stroke(&stroke, 1.0),
        });
        if let Some(path) = stroked {
            self.canvas.stamp(&Stamp::of(&path), (0, 0), colour);
        }
    }

    fn stamp(&mut self, figure: Figure, size: f64, rim: f64, (x, y): (f64, f64), colour: Rgb) {
        if x.is_finite() && y.is_finite() {
            let (stamp, at) = stamps().get(figure, size, rim, (x * self.scale, y * self.scale));
            self.canvas.stamp(&stamp, at, colour);
        }
    }

    fn dots(&mut self, points: &[(f64, f64)], radius: f64, colour: Rgb) {
        let mut stamps = stamps();
        for (x, y) in points.iter().filter(|(x, y)| x.is_finite() && y.is_finite()) {
            let at = (x * self.scale, y * self.scale);
            let (stamp, at) = stamps.get(Figure::Dot, radius, 0.0, at);
            self.canvas.stamp(&stamp, at, colour);
        }
    }

    fn text(&mut self, text: &Text) {
        let size = text.size * self.scale;
        let line = font::shape(&text.content, text.weight);
        let start = match text.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => line.width / 2.0,
            Anchor::End => line.width,
        };
        let x = text.x * self.scale - start * size;
        let y = (text.y + text.size * HALF_CAPITAL) * self.scale;
        if !(x.is_finite() && y.is_finite()) {
            return;
        }
        let layers = [text.halo.then_some((HALO * self.scale, Ink::Surface)), Some((0.0, text.ink))];
        let mut stamps = stamps();
        for (rim, ink) in layers.into_iter().flatten() {
            for glyph in &line.glyphs {
                let at = (x + glyph.x * size, y - glyph.y * size);
                let (stamp, at) = stamps.get(Figure::Glyph(glyph.id, text.weight), size, rim, at);
                self.canvas.stamp(&stamp, at, ink.rgb());
            }
        }
    }
}
