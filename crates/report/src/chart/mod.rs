//! A small chart layer: marks on a scene, linear axes, and twelve kinds of panels.
//!
//! Why not a crate. Looked at: plotters 0.3.7, charts-rs 2.3, kuva 0.6. All three write colours as fixed numbers, so that an inline
//! plot cannot follow the page's light and dark setting; plotters writes neither `<title>` nor `<desc>`; none has a dot plot on a
//! truncated axis that says so, value labels that are measured with the embedded font and kept off each other, or
//! panels that share one layout from 340 to 640 pixels. What is needed beyond text is little: the six marks of
//! [`Mark`], 1-2-5 ticks and a linear map. Shaping text, filling
//! outlines and PNG are left to harfrust, tiny-skia and png.
//!
//! * [`Scene`]: what is drawn; `svg`: how it is written;
//! * [`scale`], [`axis`]: from values to pixels;
//! * [`bars`], [`beeswarm`], [`columns`], [`curves`], [`dots`], [`groups`], [`histogram`], [`intervals`], [`lines`], [`points`], [`scatter`],
//!   [`unit_square`]: the panels. Each has a height and draws itself below a given y.

pub mod axis;
pub mod bars;
pub mod beeswarm;
pub mod columns;
pub mod curves;
pub mod dots;
pub mod groups;
pub mod histogram;
pub mod intervals;
pub mod lines;
pub mod points;
pub mod scale;
pub mod scatter;
mod scene;
mod svg;
pub mod unit_square;

pub use scene::{Anchor, Mark, Scene, Shape, Text};
pub use svg::{DASHES, HALF_CAPITAL, HALO, Medium, RIM};

/// The size of names, values and ticks, in pixels.
pub const LABEL: f64 = 14.0;
/// The size of axis labels and notes, in pixels: the smallest there is.
pub const NOTE: f64 = 13.0;
/// The distance of two rows, in pixels.
pub const ROW: f64 = 26.0;

/// A span of pixels along x in which a panel draws itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// The left end.
    pub left: f64,
    /// The right end.
    pub right: f64,
}

impl Span {
    /// Its length.
    pub fn width(self) -> f64 {
        self.right - self.left
    }
}

/// Cuts `whole` into `n` spans of equal width, `gap` pixels apart.
pub fn columns_of(whole: Span, n: usize, gap: f64) -> Vec<Span> {
    let n = n.max(1);
    let width = (whole.width() - gap * (n - 1) as f64) / n as f64;
    (0..n)
        .map(|at| {
            let left = whole.left + at as f64 * (width + gap);
            Span { left, right: left + width }
        })
        .collect()
}
