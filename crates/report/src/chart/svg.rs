//! A scene as SVG text.

use std::fmt::Write as _;

use super::scene::{Anchor, Mark, SQUARE, Scene, Shape, Text};
use crate::font;
use crate::theme::Ink;

/// Where an SVG is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// A file of its own: light colours on a white ground.
    File,
    /// Inside the page: the page's variables on no ground.
    Page,
}

/// Half the height of a capital, in em: what centres a text on its y. Inter's capitals are 0.727 em high.
pub const HALF_CAPITAL: f64 = 0.727 / 2.0;
/// The width of a symbol's rim, half of it outside, in pixels.
pub const RIM: f64 = 1.5;
/// The width of a text's rim, likewise.
pub const HALO: f64 = 4.0;
/// Lengths of dash and gap, in pixels.
pub const DASHES: [f64; 2] = [5.0, 4.0];

impl Scene {
    /// The SVG element with its title and description; for [`Medium::File`] a whole document.
    pub fn to_svg(&self, medium: Medium) -> String {
        let writer = Writer { medium };
        let (width, height) = (px(self.width), px(self.height));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\" font-family=\"{}\">\n\
             <title>{}</title>\n<desc>{}</desc>\n",
            escape(&self.title),
            font::STACK,
            escape(&self.title),
            escape(&self.description)
        );
        if medium == Medium::File {
            let _ = writeln!(
                svg,
                "<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>",
                Ink::Surface.light()
            );
        }
        for mark in &self.marks {
            writer.mark(&mut svg, mark);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

struct Writer {
    medium: Medium,
}

impl Writer {
    fn colour(&self, ink: Ink) -> String {
        match self.medium {
            Medium::File => ink.light().to_owned(),
            Medium::Page => format!("var(--{})", ink.variable()),
        }
    }

    fn mark(&self, svg: &mut String, mark: &Mark) {
        let dashes = format!(" stroke-dasharray=\"{} {}\"", DASHES[0], DASHES[1]);
        // Writing to a string cannot fail.
        let _ = match mark {
            Mark::Rect { x, y, width, height, ink, tip } => write!(
                svg,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"{}",
                px(*x),
                px(*y),
                px(width.max(0.0)),
                px(height.max(0.0)),
                self.colour(*ink),
                closed("rect", tip.as_deref())
            ),
            Mark::Line { from, to, ink, width, dashed } => writeln!(
                svg,
                "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{}\" stroke-width=\"{}\"{}/>",
                px(from.0),
                px(from.1),
                px(to.0),
                px(to.1),
                self.colour(*ink),
                px(*width),
                if *dashed { &dashes } else { "" }
            ),
            Mark::Path { points, ink, width } => {
                let mut list = String::with_capacity(points.len() * 14);
                for (at, (x, y)) in points.iter().enumerate() {
                    let _ = write!(list, "{}{},{}", if at == 0 { "" } else { " " }, px(*x), px(*y));
                }
                writeln!(
                    svg,
                    "<polyline points=\"{list}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" \
                     stroke-linejoin=\"round\" stroke-linecap=\"round\"/>",
                    self.colour(*ink),
                    px(*width)
                )
            }
            Mark::Symbol { shape, at, radius, ink, tip } => {
                self.symbol(svg, *shape, *at, *radius, *ink, tip.as_deref())
            }
            // Lines without a length, whose round ends are the dots: a tenth of the text that as many circles are.
            Mark::Dots { points, radius, ink } => {
                let mut path = String::with_capacity(points.len() * 14);
                for (x, y) in points {
                    let _ = write!(path, "M{} {}h0", px(*x), px(*y));
                }
                writeln!(
                    svg,
                    "<path d=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linecap=\"round\"/>",
                    self.colour(*ink),
                    px(radius * 2.0)
                )
            }
            Mark::Text(text) => self.text(svg, text),
        };
    }

    fn symbol(
        &self,
        svg: &mut String,
        shape: Shape,
        (x, y): (f64, f64),
        radius: f64,
        ink: Ink,
        tip: Option<&str>,
    ) -> std::fmt::Result {
        let paint = format!(
            "fill=\"{}\" stroke=\"{}\" stroke-width=\"{RIM}\"",
            self.colour(ink),
            self.colour(Ink::Surface)
        );
        match shape {
            Shape::Circle => write!(
                svg,
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {paint}{}",
                px(x),
                px(y),
                px(radius),
                closed("circle", tip)
            ),
            Shape::Square => write!(
                svg,
                "<rect x=\"{}\" y=\"{}\" width=\"{side}\" height=\"{side}\" {paint}{}",
                px(x - radius * SQUARE),
                px(y - radius * SQUARE),
                closed("rect", tip),
                side = px(radius * 2.0 * SQUARE)
            ),
            Shape::Triangle | Shape::Diamond => {
                let corners = shape.corners(radius);
                let points: Vec<String> = corners
                    .iter()
                    .map(|(right, down)| format!("{},{}", px(x + right), px(y + down)))
                    .collect();
                write!(svg, "<polygon points=\"{}\" {paint}{}", points.join(" "), closed("polygon", tip))
            }
        }
    }

    fn text(&self, svg: &mut String, text: &Text) -> std::fmt::Result {
        let anchor = match text.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let halo = if text.halo {
            format!(
                " stroke=\"{}\" stroke-width=\"{HALO}\" stroke-linejoin=\"round\" paint-order=\"stroke\"",
                self.colour(Ink::Surface)
            )
        } else {
            String::new()
        };
        writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" font-weight=\"{}\" fill=\"{}\"{anchor}{halo}>{}</text>",
            px(text.x),
            px(text.y + text.size * HALF_CAPITAL),
            px(text.size),
            text.weight.number(),
            self.colour(text.ink),
            escape(&text.content)
        )
    }
}

/// The end of an element's tag, with the tip as its title.
fn closed(element: &str, tip: Option<&str>) -> String {
    tip.map_or_else(|| "/>\n".to_owned(), |tip| format!("><title>{}</title></{element}>\n", escape(tip)))
}

/// A length with at most two decimals; 0 where it is not finite, so that no file is ever broken by a number.
fn px(value: f64) -> String {
    let cents = if value.is_finite() { (value * 100.0).round() / 100.0 } else { 0.0 };
    // Adding zero turns -0 into 0.
    format!("{}", cents + 0.0)
}

/// Text as it may stand in XML and HTML, in content and in quoted attributes. Characters that XML does not allow at all
/// become U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_element() {
        assert_eq!(escape("a<b & \"c\"\0'"), "a&lt;b &amp; &quot;c&quot;\u{fffd}&#39;");
    }

    #[test]
    fn lengths_are_short_and_finite() {
        assert_eq!([px(1.0 / 3.0), px(10.0), px(-0.001), px(f64::NAN)], ["0.33", "10", "0", "0"]);
    }

    #[test]
    fn the_medium_decides_the_colours() {
        let mut scene = Scene::new(100.0, "t", "d");
        scene.height = 50.0;
        scene.text(Text::new(0.0, 10.0, "x"));
        let file = scene.to_svg(Medium::File);
        assert!(
            file.contains(Ink::Text.light()) && file.contains("<rect") && !file.contains("var("),
            "{file}"
        );
        let page = scene.to_svg(Medium::Page);
        assert!(page.contains("var(--text)") && !page.contains("<rect"), "{page}");
    }
}
