//! An SVG as a PNG, drawn with the embedded fonts only, so that every machine gives the same bytes.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;

use crate::error::Error;
use crate::font;

/// PNG pixels per SVG pixel.
pub const SCALE: f32 = 2.0;

/// Draws the SVG of the plot called `plot`.
pub fn encode(plot: &str, svg: &str) -> Result<Vec<u8>, Error> {
    let options = usvg::Options {
        fontdb: font::database(),
        font_family: font::FAMILY.to_owned(),
        ..Default::default()
    };
    let tree =
        usvg::Tree::from_str(svg, &options).map_err(|source| Error::Svg { plot: plot.to_owned(), source })?;
    let size = tree.size();
    let (width, height) = ((size.width() * SCALE).ceil() as u32, (size.height() * SCALE).ceil() as u32);
    let failed =
        |reason: &str| Error::Png { plot: plot.to_owned(), width, height, reason: reason.to_owned() };
    let mut pixels = Pixmap::new(width, height).ok_or_else(|| failed("no such size of picture"))?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    compress(&pixels).map_err(|error| failed(&error.to_string()))
}

/// Opaque pixels without filters at the lowest level of deflate: flat colours compress well as they are, to about what the
/// default of filters and levels gives, in a fifth of the time.
fn compress(pixels: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let mut rgb = vec![0; 3 * pixels.pixels().len()];
    for (rgb, pixel) in rgb.as_chunks_mut().0.iter_mut().zip(pixels.pixels()) {
        *rgb = [pixel.red(), pixel.green(), pixel.blue()];
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_deflate_compression(png::DeflateCompression::Level(1));
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(file)
}
