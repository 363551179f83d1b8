//! The embedded font: Inter, a Latin subset in two weights (see `assets/README.md`).
//!
//! The same outlines measure labels, draw the PNG files and travel inside the page, so that a label fits wherever it is seen.

use std::sync::LazyLock;

use base64::Engine as _;
use harfrust::{ShapeOptions, ShaperData, UnicodeBuffer};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

/// The family's name in SVG and CSS.
pub const FAMILY: &str = "Inter";
/// What to take where the family is not there: for SVG files opened elsewhere.
pub const STACK: &str = "Inter, 'Helvetica Neue', Arial, sans-serif";

/// How heavy the letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// 400
    Regular,
    /// 600
    SemiBold,
}

impl Weight {
    /// The number of CSS and SVG.
    pub fn number(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::SemiBold => 600,
        }
    }

    /// The font; `None` where the embedded bytes are none, which a test excludes.
    pub fn face(self) -> Option<FontRef<'static>> {
        FontRef::new(self.bytes()).ok()
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => REGULAR,
            Self::SemiBold => SEMI_BOLD,
        }
    }

    fn shaper(self) -> Option<&'static ShaperData> {
        match self {
            Self::Regular => REGULAR_SHAPER.as_ref(),
            Self::SemiBold => SEMI_BOLD_SHAPER.as_ref(),
        }
    }

    fn advances(self) -> &'static Advances {
        match self {
            Self::Regular => &REGULAR_ADVANCES,
            Self::SemiBold => &SEMI_BOLD_ADVANCES,
        }
    }
}

const REGULAR: &[u8] = include_bytes!("../assets/Inter-Regular.otf");
const SEMI_BOLD: &[u8] = include_bytes!("../assets/Inter-SemiBold.otf");
const REGULAR_WOFF2: &[u8] = include_bytes!("../assets/Inter-Regular.woff2");
const SEMI_BOLD_WOFF2: &[u8] = include_bytes!("../assets/Inter-SemiBold.woff2");

static REGULAR_ADVANCES: LazyLock<Advances> = LazyLock::new(|| Advances::of(REGULAR));
static SEMI_BOLD_ADVANCES: LazyLock<Advances> = LazyLock::new(|| Advances::of(SEMI_BOLD));
static REGULAR_SHAPER: LazyLock<Option<ShaperData>> =
    LazyLock::new(|| Some(ShaperData::new(&Weight::Regular.face()?)));
static SEMI_BOLD_SHAPER: LazyLock<Option<ShaperData>> =
    LazyLock::new(|| Some(ShaperData::new(&Weight::SemiBold.face()?)));

/// A text as glyphs.
pub struct Line {
    /// From left to right.
    pub glyphs: Vec<Glyph>,
    /// In em.
    pub width: f64,
}

/// A glyph and where its origin stands, in em from the start of the baseline, upwards.
pub struct Glyph {
    /// Its number in the font.
    pub id: u32,
    /// To the right.
    pub x: f64,
    /// Upwards.
    pub y: f64,
}

/// Kerned glyphs of a text. A letter outside the subset becomes the font's box.
pub fn shape(text: &str, weight: Weight) -> Line {
    let mut line = Line { glyphs: Vec::new(), width: 0.0 };
    let Some((face, shaper)) = weight.face().zip(weight.shaper()) else { return line };
    let metrics = face.metrics(Size::unscaled(), LocationRef::default());
    let units = f64::from(metrics.units_per_em);
    let mut buffer = UnicodeBuffer::new();
    // As SVG has it: white space is a space, and none stands at the ends.
    buffer.push_str(&text.trim().replace(char::is_control, " "));
    buffer.guess_segment_properties();
    let shaped = shaper.shaper(&face).build().shape(buffer, ShapeOptions::new());
    for (glyph, place) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
        let em = |length: i32| f64::from(length) / units;
        line.glyphs.push(Glyph {
            id: glyph.glyph_id,
            x: line.width + em(place.x_offset),
            y: em(place.y_offset),
        });
        line.width += em(place.x_advance);
    }
    line
}

/// The page's `@font-face` rules, the fonts inside.
pub fn css_faces() -> String {
    let face = |weight: Weight, woff2: &[u8]| {
        let data = base64::engine::general_purpose::STANDARD.encode(woff2);
        format!(
            "@font-face{{font-family:{FAMILY};font-weight:{};font-display:block;\
             src:url(data:font/woff2;base64,{data}) format(\"woff2\")}}",
            weight.number()
        )
    };
    format!("{}\n{}", face(Weight::Regular, REGULAR_WOFF2), face(Weight::SemiBold, SEMI_BOLD_WOFF2))
}

/// Kerning and alternates, which are not measured, make a label wider by less than this.
const SLACK: f64 = 1.02;

/// The width of `text` in pixels at `size` pixels an em, a little rounded up.
pub fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let advances = weight.advances();
    text.chars().map(|letter| advances.get(letter)).sum::<f64>() * size * SLACK
}

/// `text`, cut with an ellipsis where it is wider than `room` pixels.
pub fn fit(text: &str, size: f64, weight: Weight, room: f64) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = width("…", size, weight);
    for letter in text.chars() {
        used += weight.advances().get(letter) * size * SLACK;
        if used > room {
            break;
        }
        kept.push(letter);
    }
    format!("{}…", kept.trim_end())
}

/// Advance widths in em, ascending by character.
struct Advances(Vec<(u32, f64)>);

impl Advances {
    fn of(font: &'static [u8]) -> Self {
        let Ok(font) = FontRef::new(font) else {
            return Self(Vec::new());
        };
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let units_per_em = f64::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        let mut advances: Vec<(u32, f64)> = font
            .charmap()
            .mappings()
            .filter_map(|(letter, glyph)| {
                Some((letter, f64::from(metrics.advance_width(glyph)?) / units_per_em))
            })
            .collect();
        advances.sort_by_key(|&(letter, _)| letter);
        Self(advances)
    }

    /// A letter outside the subset is drawn by another font; one em is wide enough for any of them.
    fn get(&self, letter: char) -> f64 {
        let found = self.0.binary_search_by_key(&u32::from(letter), |&(letter, _)| letter);
        found.map_or(1.0, |at| self.0[at].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_measured_and_cut() {
        // Inter's advances in units of 1/2816 em: H 2084, i 668 (fonttools: font["hmtx"]).
        let expected = (2084.0 + 668.0) / 2816.0 * 10.0 * SLACK;
        assert!(
            (width("Hi", 10.0, Weight::Regular) - expected).abs() < 1e-3,
            "{}",
            width("Hi", 10.0, Weight::Regular)
        );
        assert!(width("Hi", 10.0, Weight::SemiBold) > expected);
        let cut = fit("a rather long model name", 13.0, Weight::Regular, 80.0);
        assert!(cut.ends_with('…') && width(&cut, 13.0, Weight::Regular) <= 80.0, "{cut}");
        assert_eq!(fit("short", 13.0, Weight::Regular, 80.0), "short");
    }

    #[test]
    fn both_faces_shape_text_and_kern_it() {
        for weight in [Weight::Regular, Weight::SemiBold] {
            let line = shape("Hi", weight);
            assert_eq!(line.glyphs.len(), 2, "{weight:?}");
            assert!((line.width * 10.0 * SLACK - width("Hi", 10.0, weight)).abs() < 0.1, "{weight:?}");
            let apart = shape("A", weight).width + shape("V", weight).width;
            assert!(shape("AV", weight).width < apart, "{weight:?}");
        }
    }

    #[test]
    fn the_subset_has_the_signs_that_labels_use() {
        for sign in "–—…≥≤−×·→▲▼◆●■★✓é\u{a0}".chars() {
            assert!(REGULAR_ADVANCES.0.iter().any(|&(letter, _)| letter == u32::from(sign)), "{sign}");
        }
    }
}
