//! Opaque pixels, and what is painted over them.

/// A colour: red, green, blue.
pub type Rgb = [u8; 3];

/// A picture in memory, on a white ground. Lengths are in its pixels.
pub struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Rgb>,
}

/// How much of each pixel of a rectangle is covered, 0 to 255.
pub struct Stamp {
    /// Where its first column and row lie, from the place where it is put.
    pub left: i32,
    /// See `left`.
    pub top: i32,
    /// Pixels a row.
    pub width: usize,
    /// Row after row.
    pub coverage: Vec<u8>,
}

impl Canvas {
    /// White pixels.
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![[255; 3]; width * height] }
    }

    /// Row after row.
    pub fn pixels(&self) -> &[Rgb] {
        &self.pixels
    }

    /// Paints a rectangle with sides along the axes; a pixel that it covers in part gets that share of the colour.
    pub fn rectangle(&mut self, (x0, y0): (f64, f64), (x1, y1): (f64, f64), colour: Rgb) {
        if !(x0 < x1 && y0 < y1) {
            return; // empty, or not a number
        }
        let columns = covered(x0, x1, self.width);
        for y in covered(y0, y1, self.height) {
            let row = &mut self.pixels[y * self.width..(y + 1) * self.width];
            let of_row = overlap(y, y0, y1);
            // All pixels but the first and the last are covered across.
            for x in columns.clone() {
                let share = of_row * overlap(x, x0, x1);
                if share >= 1.0 {
                    row[x] = colour;
                } else {
                    blend(&mut row[x], colour, (share * 255.0).round() as u8);
                }
            }
        }
    }

    /// Paints a colour through a stamp that is put at (`x`, `y`).
    pub fn stamp(&mut self, stamp: &Stamp, (x, y): (i32, i32), colour: Rgb) {
        if stamp.width == 0 {
            return;
        }
        let left = i64::from(x) + i64::from(stamp.left);
        let from = (-left).clamp(0, stamp.width as i64) as usize;
        let to = (self.width as i64 - left).clamp(from as i64, stamp.width as i64) as usize;
        for (row, coverage) in stamp.coverage.chunks_exact(stamp.width).enumerate() {
            let at = i64::from(y) + i64::from(stamp.top) + row as i64;
            if from == to || !(0..self.height as i64).contains(&at) {
                continue;
            }
            let first = at as usize * self.width + (left + from as i64) as usize;
            let pixels = &mut self.pixels[first..first + (to - from)];
            for (pixel, &share) in pixels.iter_mut().zip(&coverage[from..to]) {
                if share == 255 {
                    *pixel = colour;
                } else if share > 0 {
                    blend(pixel, colour, share);
                }
            }
        }
    }
}

/// The pixels that a length from `from` to `to` touches, of those there are.
fn covered(from: f64, to: f64, n: usize) -> std::ops::Range<usize> {
    let within = |edge: f64| edge.clamp(0.0, n as f64) as usize;
    within(from.floor())..within(to.ceil())
}

/// How much of the pixel at `at` lies between `from` and `to`.
fn overlap(at: usize, from: f64, to: f64) -> f64 {
    to.min(at as f64 + 1.0) - from.max(at as f64)
}

/// `share` in 255ths of the colour, the rest of what is there.
fn blend(pixel: &mut Rgb, colour: Rgb, share: u8) {
    let share = u32::from(share);
    for (below, above) in pixel.iter_mut().zip(colour) {
        *below = ((u32::from(*below) * (255 - share) + u32::from(above) * share + 127) / 255) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greys(canvas: &Canvas) -> Vec<u8> {
        canvas.pixels.iter().map(|pixel| pixel[0]).collect()
    }

    #[test]
    fn a_pixel_gets_the_share_that_is_covered() {
        let mut canvas = Canvas::new(4, 2);
        canvas.rectangle((0.5, 0.0), (2.25, 1.0), [0; 3]);
        assert_eq!(greys(&canvas), [127, 0, 191, 255, 255, 255, 255, 255]); // 1/2, whole, 1/4
        canvas.rectangle((-3.0, 1.0), (9.0, 7.0), [9; 3]);
        assert_eq!(greys(&canvas)[4..], [9; 4]);
        canvas.rectangle((f64::NAN, 0.0), (2.0, 2.0), [1; 3]);
        assert_eq!(greys(&canvas)[0], 127);
    }

    #[test]
    fn a_stamp_is_cut_at_the_edges() {
        let stamp = Stamp { left: -1, top: -1, width: 3, coverage: vec![255; 9] };
        let mut canvas = Canvas::new(3, 2);
        canvas.stamp(&stamp, (0, 0), [0; 3]);
        assert_eq!(greys(&canvas), [0, 0, 255, 0, 0, 255]);
        canvas.stamp(&stamp, (3, 1), [7; 3]);
        assert_eq!(greys(&canvas), [0, 0, 7, 0, 0, 7]);
        canvas.stamp(&stamp, (-9, 40), [1; 3]);
        assert_eq!(greys(&canvas), [0, 0, 7, 0, 0, 7]);
    }
}
