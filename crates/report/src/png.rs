//! A scene as a PNG.

use crate::chart::Scene;
use crate::error::Error;
use crate::raster::{self, Picture};

/// PNG pixels per SVG pixel.
pub const SCALE: u32 = 2;

/// Draws the scene of the plot called `plot`.
pub fn encode(plot: &str, scene: &Scene) -> Result<Vec<u8>, Error> {
    let failed = |width: f64, height: f64, reason: String| Error::Png {
        plot: plot.to_owned(),
        width: width as u32,
        height: height as u32,
        reason,
    };
    let (width, height) = (scene.width * f64::from(SCALE), scene.height * f64::from(SCALE));
    let picture = raster::draw(scene, f64::from(SCALE))
        .ok_or_else(|| failed(width, height, "no such size of picture".to_owned()))?;
    compress(&picture).map_err(|error| failed(width, height, error.to_string()))
}

/// Without filters at the lowest level of deflate: flat colours compress well as they are, to about what the default of filters and
/// levels gives, in a fifth of the time. One byte a pixel where the picture has no more colours than a byte has values.
fn compress(picture: &Picture) -> Result<Vec<u8>, png::EncodingError> {
    let indexed = Indexed::new(picture.pixels());
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, picture.width, picture.height);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_deflate_compression(png::DeflateCompression::Level(1));
    encoder.set_filter(png::Filter::NoFilter);
    let bytes = if let Some(Indexed { palette, pixels }) = &indexed {
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(palette.as_flattened());
        pixels
    } else {
        encoder.set_color(png::ColorType::Rgb);
        picture.pixels().as_flattened()
    };
    let mut writer = encoder.write_header()?;
    writer.write_image_data(bytes)?;
    writer.finish()?;
    Ok(file)
}

/// A picture as places in a palette.
struct Indexed {
    palette: Vec<[u8; 3]>,
    pixels: Vec<u8>,
}

impl Indexed {
    /// The colours in the order in which they first occur; `None` where there are over 256.
    fn new(colours: &[[u8; 3]]) -> Option<Self> {
        // A hash table with four times as many places as there may be colours.
        let mut places: [Option<([u8; 3], u8)>; 1024] = [None; 1024];
        let mut palette = Vec::new();
        let mut pixels = Vec::with_capacity(colours.len());
        for run in colours.chunk_by(|one, other| one == other) {
            let colour = run[0];
            let [red, green, blue] = colour.map(usize::from);
            let mut place = (red * 7 + green * 61 + blue * 331) % places.len();
            while places[place].is_some_and(|(known, _)| known != colour) {
                place = (place + 1) % places.len();
            }
            let index = if let Some((_, index)) = places[place] {
                index
            } else {
                let index = u8::try_from(palette.len()).ok()?;
                palette.push(colour);
                places[place] = Some((colour, index));
                index
            };
            pixels.resize(pixels.len() + run.len(), index);
        }
        Some(Self { palette, pixels })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_palette_holds_up_to_256_colours() {
        let grey = |value: u8| [value; 3];
        let indexed = Indexed::new(&[grey(9), grey(9), grey(0), grey(9)]).unwrap();
        assert_eq!((indexed.palette, indexed.pixels), (vec![grey(9), grey(0)], vec![0, 0, 1, 0]));
        let mut all: Vec<[u8; 3]> = (0..=255).map(grey).collect();
        assert_eq!(Indexed::new(&all).unwrap().pixels, (0..=255).collect::<Vec<u8>>());
        all.push([1, 2, 3]);
        assert!(Indexed::new(&all).is_none());
    }
}
