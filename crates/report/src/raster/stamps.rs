//! Letters and symbols as stamps, each drawn once.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{GlyphId, MetadataProvider as _};
use tiny_skia::{FillRule, LineJoin, Mask, Path, PathBuilder, Stroke, Transform};

use super::canvas::Stamp;
use crate::chart::Shape;
use crate::font::Weight;

/// Places in a pixel that stamps are drawn for, across and down: an eighth and a quarter of a CSS pixel cannot be seen.
const PHASES: (f64, f64) = (4.0, 2.0);

/// Steps of coverage above 0: as many as the eye can tell at this size, and few enough for a palette of the picture's colours.
const LEVELS: u16 = 15;

/// What a stamp shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// A letter in a weight.
    Glyph(u32, Weight),
    /// A symbol.
    Symbol(Shape),
    /// A small circle with a hard edge: soft edges of many that overlap would be more colours than a palette has.
    Dot,
}

/// A stamp's kind: the figure in a size (pixels an em, or the radius), with a rim of a width where it is above 0, in 64ths of a pixel.
type Kind = (Figure, u32, u32);

/// The stamps of all plots: they share most letters.
#[derive(Default)]
pub struct Stamps(BTreeMap<(Kind, u8, u8), Arc<Stamp>>);

static STAMPS: LazyLock<Mutex<Stamps>> = LazyLock::new(Mutex::default);

/// The stamps, for as long as one text or symbol takes.
pub fn stamps() -> MutexGuard<'static, Stamps> {
    STAMPS.lock().unwrap_or_else(PoisonError::into_inner) // a stamp is whole or not there
}

impl Stamps {
    /// The stamp of `figure` with its origin at `at`, and the whole pixel to put it at.
    pub fn get(&mut self, figure: Figure, size: f64, rim: f64, at: (f64, f64)) -> (Arc<Stamp>, (i32, i32)) {
        let place = |coordinate: f64, phases: f64| {
            let steps = (coordinate * phases).round();
            let whole = (steps / phases).floor();
            (whole as i32, (steps - whole * phases) as u8)
        };
        let ((x, phase_x), (y, phase_y)) = (place(at.0, PHASES.0), place(at.1, PHASES.1));
        let in_64ths = |length: f64| (length * 64.0).round() as u32;
        let kind = (figure, in_64ths(size), in_64ths(rim));
        let stamp = self.0.entry((kind, phase_x, phase_y)).or_insert_with(|| {
            let shift = |phase: u8, phases: f64| (f64::from(phase) / phases) as f32;
            let shift = Transform::from_translate(shift(phase_x, PHASES.0), shift(phase_y, PHASES.1));
            let path = outline(figure, size)
                .and_then(|path| if rim > 0.0 { stroked(&path, rim) } else { Some(path) })
                .and_then(|path| path.transform(shift));
            let mut stamp = path.map_or_else(Stamp::empty, |path| Stamp::of(&path));
            if figure == Figure::Dot {
                stamp.coverage.iter_mut().for_each(|share| *share = if *share > 127 { 255 } else { 0 });
            }
            Arc::new(stamp)
        });
        (Arc::clone(stamp), (x, y))
    }
}

impl Stamp {
    /// Nothing.
    fn empty() -> Self {
        Self { left: 0, top: 0, width: 0, coverage: Vec::new() }
    }

    /// What a path fills.
    pub fn of(path: &Path) -> Self {
        let bounds = path.bounds();
        let (left, top) = (bounds.left().floor(), bounds.top().floor());
        let (width, height) = (bounds.right().ceil() - left, bounds.bottom().ceil() - top);
        let mask = Mask::new(width as u32, height as u32);
        let Some((mut mask, path)) = mask.zip(path.clone().transform(Transform::from_translate(-left, -top)))
        else {
            return Self::empty();
        };
        mask.fill_path(&path, FillRule::Winding, true, Transform::identity());
        let mut coverage = mask.take();
        for share in &mut coverage {
            *share = ((u16::from(*share) * LEVELS + 127) / 255 * (255 / LEVELS)) as u8;
        }
        Self { left: left as i32, top: top as i32, width: width as usize, coverage }
    }
}

/// The rim of a path, half of it on each side.
pub fn stroked(path: &Path, width: f64) -> Option<Path> {
    path.stroke(&Stroke { width: width as f32, line_join: LineJoin::Round, ..Stroke::default() }, 1.0)
}

fn outline(figure: Figure, size: f64) -> Option<Path> {
    match figure {
        Figure::Glyph(id, weight) => {
            let glyph = weight.face()?.outline_glyphs().get(GlyphId::new(id))?;
            let mut pen = Pen(PathBuilder::new());
            let settings = DrawSettings::unhinted(Size::new(size as f32), LocationRef::default());
            glyph.draw(settings, &mut pen).ok()?;
            pen.0.finish()
        }
        Figure::Symbol(Shape::Circle) | Figure::Dot => PathBuilder::from_circle(0.0, 0.0, size as f32),
        Figure::Symbol(shape) => {
            let mut path = PathBuilder::new();
            for (at, (x, y)) in shape.corners(size).into_iter().enumerate() {
                if at == 0 {
                    path.move_to(x as f32, y as f32);
                } else {
                    path.line_to(x as f32, y as f32);
                }
            }
            path.close();
            path.finish()
        }
    }
}

/// Fonts measure upwards, pictures downwards.
struct Pen(PathBuilder);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, -y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, -y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.quad_to(cx, -cy, x, -y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.0.cubic_to(cx0, -cy0, cx1, -cy1, x, -y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}
