//! Colours: the Okabe-Ito palette, which colour-blind readers can tell apart, with neutral greys.
//!
//! A plot names an [`Ink`]; a file gets the ink's light colour, the page a CSS variable that follows the reader's light or
//! dark setting. Kinds of models differ in shape too, so that nothing is said by colour alone.

use std::fmt::Write as _;

use crate::data::ModelKind;

/// What a mark is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// The background of a plot.
    Surface,
    /// Titles, names and values.
    Text,
    /// Axis labels and notes.
    Muted,
    /// Axis lines.
    Axis,
    /// Grid lines.
    Grid,
    /// Marks that are not the subject.
    Quiet,
    /// Base recommenders; the first curve.
    Base,
    /// The plain average; the second curve.
    Average,
    /// Meta-models; the third curve.
    Meta,
    /// The fourth curve.
    Extra,
    /// Warnings.
    Warning,
    /// The lowest fifth of a feature's values; the next four follow.
    Lowest,
    /// The second fifth.
    Low,
    /// The middle fifth.
    Middle,
    /// The fourth fifth.
    High,
    /// The highest fifth.
    Highest,
}

struct Shade {
    ink: Ink,
    variable: &'static str,
    light: &'static str,
    dark: &'static str,
}

const fn shade(ink: Ink, variable: &'static str, light: &'static str, dark: &'static str) -> Shade {
    Shade { ink, variable, light, dark }
}

/// Okabe-Ito's blue, vermillion, bluish green and reddish purple on light; on dark its sky blue and orange, and lighter
/// tints of the other two. Each has a contrast of at least 3 : 1 against its surface, text at least 4.5 : 1.
const SHADES: [Shade; 16] = [
    shade(Ink::Surface, "surface", "#ffffff", "#171b21"),
    shade(Ink::Text, "text", "#1a1d21", "#e9ecef"),
    shade(Ink::Muted, "muted", "#59626c", "#a4adb7"),
    shade(Ink::Axis, "axis", "#868f99", "#76808b"),
    shade(Ink::Grid, "grid", "#e4e7eb", "#2d343c"),
    shade(Ink::Quiet, "quiet", "#a9b2bc", "#5d6771"),
    shade(Ink::Base, "base", "#0072b2", "#56b4e9"),
    shade(Ink::Average, "average", "#d55e00", "#e69f00"),
    shade(Ink::Meta, "meta", "#00875f", "#2fc795"),
    shade(Ink::Extra, "extra", "#b0568c", "#d994bd"),
    shade(Ink::Warning, "warning", "#a4001d", "#ff8a80"),
    // From the blue to the vermillion, by way of a grey.
    shade(Ink::Lowest, "lowest", "#0072b2", "#56b4e9"),
    shade(Ink::Low, "low", "#5d9cc6", "#7fa9c6"),
    shade(Ink::Middle, "middle", "#9d9a9c", "#8e8f92"),
    shade(Ink::High, "high", "#dd8f57", "#b98a4f"),
    shade(Ink::Highest, "highest", "#d55e00", "#e69f00"),
];

impl Ink {
    fn shade(self) -> &'static Shade {
        // The table has every ink; a test holds it to that.
        SHADES.iter().find(|shade| shade.ink == self).unwrap_or(&SHADES[1])
    }

    /// The colour in a file, on white.
    pub fn light(self) -> &'static str {
        self.shade().light
    }

    /// The same as red, green and blue.
    pub fn rgb(self) -> [u8; 3] {
        let hex = self.light();
        let channel = |at: usize| hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        // Every colour is written in six digits; a test holds them to that.
        [1, 3, 5].map(|at| channel(at).unwrap_or(0))
    }

    /// The CSS variable on the page, without the leading hyphens.
    pub fn variable(self) -> &'static str {
        self.shade().variable
    }

    /// The colour of a model of this kind.
    pub fn of_kind(kind: ModelKind) -> Self {
        match kind {
            ModelKind::Base => Self::Base,
            ModelKind::Average => Self::Average,
            ModelKind::Meta => Self::Meta,
            ModelKind::Yardstick => Self::Muted,
        }
    }

    /// The colours of a feature's values, fifth by fifth.
    pub const FIFTHS: [Self; 5] = [Self::Lowest, Self::Low, Self::Middle, Self::High, Self::Highest];

    /// The colour of the curve at `index`.
    pub fn of_curve(index: usize) -> Self {
        [Self::Base, Self::Average, Self::Meta, Self::Extra][index % 4]
    }
}

/// The page's colour variables: light, and dark where a screen asks for it.
pub fn css_variables() -> String {
    let block = |colour: fn(&Shade) -> &'static str| {
        SHADES.iter().fold(String::new(), |mut css, shade| {
            let _ = write!(css, "--{}:{};", shade.variable, colour(shade));
            css
        })
    };
    format!(
        ":root{{{}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}",
        block(|shade| shade.light),
        block(|shade| shade.dark)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance of an sRGB colour, WCAG 2.1.
    fn luminance(hex: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.039_28 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_ink_is_readable_on_both_surfaces() {
        assert!((contrast("#ffffff", "#000000") - 21.0).abs() < 1e-9); // the scale's end, by definition
        assert_eq!((Ink::Average.rgb(), Ink::Surface.rgb()), ([0xd5, 0x5e, 0x00], [255; 3]));
        assert!(SHADES.iter().all(|shade| shade.light.len() == 7));
        let surface = Ink::Surface.shade();
        for (inks, least) in [
            (&[Ink::Text, Ink::Muted, Ink::Warning][..], 4.5),
            (&[Ink::Base, Ink::Average, Ink::Meta, Ink::Extra, Ink::Axis][..], 3.0),
            // Dots in a swarm, whose place says more than their colour.
            (&Ink::FIFTHS[..], 2.2),
        ] {
            for ink in inks {
                let shade = ink.shade();
                assert_eq!(shade.ink, *ink);
                assert!(contrast(shade.light, surface.light) >= least, "{ink:?} on light");
                assert!(contrast(shade.dark, surface.dark) >= least, "{ink:?} on dark");
            }
        }
    }
}
