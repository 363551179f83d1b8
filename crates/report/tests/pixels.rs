//! The PNG of a plot shows what its SVG does: held against an SVG renderer that has the same fonts.

use std::sync::Arc;

use report::{Plot, render};
use resvg::usvg::{Options, Tree, fontdb};
use tiny_skia::{Pixmap, Transform};

mod fixture;

use fixture::generated::Size;

const FONTS: [&[u8]; 2] =
    [include_bytes!("../assets/Inter-Regular.otf"), include_bytes!("../assets/Inter-SemiBold.otf")];
/// Pixels a side of the blocks that are compared.
const BLOCK: u32 = 8;

/// The SVG as a renderer draws it.
fn drawn(plot: &Plot) -> Pixmap {
    let mut fonts = fontdb::Database::new();
    for font in FONTS {
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(font)));
    }
    let options = Options { fontdb: Arc::new(fonts), font_family: "Inter".to_owned(), ..Default::default() };
    let tree = Tree::from_str(&plot.svg, &options).expect("an SVG");
    let scale = Plot::PNG_SCALE;
    let side = |length: f32| length as u32 * scale;
    let mut pixels = Pixmap::new(side(tree.size().width()), side(tree.size().height())).expect("a size");
    let scale = scale as f32;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels
}

/// The mean of each channel in the block at (`x`, `y`).
fn mean(pixels: &Pixmap, x: u32, y: u32) -> [f64; 3] {
    let (right, bottom) = ((x + BLOCK).min(pixels.width()), (y + BLOCK).min(pixels.height()));
    let (mut sums, mut n) = ([0.0; 3], 0.0);
    for (x, y) in (y..bottom).flat_map(|y| (x..right).map(move |x| (x, y))) {
        let pixel = pixels.pixel(x, y).expect("a pixel");
        for (sum, channel) in sums.iter_mut().zip([pixel.red(), pixel.green(), pixel.blue()]) {
            *sum += f64::from(channel);
        }
        n += 1.0;
    }
    sums.map(|sum| sum / n)
}

#[test]
fn every_png_is_its_svg() {
    let generated = fixture::generated(Size { n_users: 80, n_test: (12, 30), catalogue: true });
    for plot in [fixture::notebook(), generated].iter().flat_map(|data| render(data).unwrap().plots) {
        let (png, svg) = (Pixmap::decode_png(&plot.png).unwrap(), drawn(&plot));
        assert_eq!((png.width(), png.height()), (svg.width(), svg.height()), "{}", plot.name);
        let blocks = |side: u32| (0..side).step_by(BLOCK as usize);
        let (mut total, mut n) = (0.0, 0.0);
        for (x, y) in blocks(png.height()).flat_map(|y| blocks(png.width()).map(move |x| (x, y))) {
            let (found, expected) = (mean(&png, x, y), mean(&svg, x, y));
            let off = (0..3).map(|at| (found[at] - expected[at]).abs()).fold(0.0, f64::max);
            // A quarter of a pixel along an edge of 8 pixels: 255 / 32 = 8; a letter that is missing, or a symbol of another colour: over 40.
            assert!(off < 16.0, "{} at {x}, {y}: {found:?}, expected {expected:?}", plot.name);
            total += off;
            n += 1.0;
        }
        assert!(total / n < 0.3, "{}: {} on average", plot.name, total / n);
    }
}
