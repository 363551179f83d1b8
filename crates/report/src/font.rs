//! The embedded font: Inter, a Latin subset in two weights (see `assets/README.md`).
//!
//! The same outlines measure labels, draw the PNG files and travel inside the page, so that a label fits wherever it is seen.

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use resvg::usvg::fontdb;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

/// The family's name in SVG and CSS.
pub const FAMILY: &str = "Inter";
/// What to take where the family is not there: for SVG files opened elsewhere.
pub const STACK: &str = "Inter, 'Helvetica Neue', Arial, sans-serif";

/// How heavy the letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
static DATABASE: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut database = fontdb::Database::new();
    for face in [REGULAR, SEMI_BOLD] {
        database.load_font_source(fontdb::Source::Binary(Arc::new(face)));
    }
    database.set_sans_serif_family(FAMILY);
    Arc::new(database)
});

/// The fonts that PNG files are drawn with: the embedded ones only.
pub fn database() -> Arc<fontdb::Database> {
    Arc::clone(&DATABASE)
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
    fn only_the_embedded_faces_are_loaded() {
        assert_eq!(database().faces().count(), 2);
        assert!(database().faces().all(|face| face.families.iter().any(|(name, _)| name == FAMILY)));
    }

    #[test]
    fn the_subset_has_the_signs_that_labels_use() {
        for sign in "–—…≥≤−×·→▲▼◆●■★✓é\u{a0}".chars() {
            assert!(REGULAR_ADVANCES.0.iter().any(|&(letter, _)| letter == u32::from(sign)), "{sign}");
        }
    }
}
