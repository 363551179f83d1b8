//! What is drawn: marks in a rectangle, in the order of painting.

use crate::font::Weight;
use crate::theme::Ink;

/// A picture with its text alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// What it is, in a few words.
    pub title: String,
    /// What it shows, in words, for who cannot see it.
    pub description: String,
    /// In pixels.
    pub width: f64,
    /// In pixels; plots set it when they know how far down they got.
    pub height: f64,
    /// Painted first to last.
    pub marks: Vec<Mark>,
}

/// One mark. Lengths are in pixels, y grows downwards.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A filled rectangle.
    Rect {
        /// Left edge.
        x: f64,
        /// Top edge.
        y: f64,
        /// Width.
        width: f64,
        /// Height.
        height: f64,
        /// Fill.
        ink: Ink,
        /// What a pointer over it tells.
        tip: Option<String>,
    },
    /// A straight line.
    Line {
        /// Start.
        from: (f64, f64),
        /// End.
        to: (f64, f64),
        /// Stroke.
        ink: Ink,
        /// Stroke width.
        width: f64,
        /// Whether it is dashed.
        dashed: bool,
    },
    /// A line through points.
    Path {
        /// The points, in order.
        points: Vec<(f64, f64)>,
        /// Stroke.
        ink: Ink,
        /// Stroke width.
        width: f64,
    },
    /// A filled symbol of about `2 * radius`, in a rim of the surface's colour.
    Symbol {
        /// Which.
        shape: Shape,
        /// Centre.
        at: (f64, f64),
        /// Half its size.
        radius: f64,
        /// Fill.
        ink: Ink,
        /// What a pointer over it tells.
        tip: Option<String>,
    },
    /// Many small filled circles, without a rim.
    Dots {
        /// The centres.
        points: Vec<(f64, f64)>,
        /// Half of a circle's size.
        radius: f64,
        /// Fill.
        ink: Ink,
    },
    /// A line of text.
    Text(Text),
}

/// Half a square's side, in radii.
pub const SQUARE: f64 = 0.92;

/// Symbols that differ without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Base recommenders.
    Circle,
    /// The plain average.
    Diamond,
    /// Meta-models.
    Square,
    /// Floors and ceilings.
    Triangle,
}

impl Shape {
    /// The corners from the centre, to the right and down; none of a circle. Each shape covers about the area of the circle.
    pub fn corners(self, radius: f64) -> Vec<(f64, f64)> {
        match self {
            Self::Circle => Vec::new(),
            Self::Square => {
                let r = radius * SQUARE;
                vec![(-r, -r), (r, -r), (r, r), (-r, r)]
            }
            Self::Triangle => {
                let r = radius * 1.1;
                vec![(0.0, -r), (r, r * 0.85), (-r, r * 0.85)]
            }
            Self::Diamond => {
                let r = radius * 1.25;
                vec![(0.0, -r), (r, 0.0), (0.0, r), (-r, 0.0)]
            }
        }
    }
}

/// Where a text's x is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// At its left end.
    Start,
    /// In its middle.
    Middle,
    /// At its right end.
    End,
}

/// A line of text, centred on `y` by the height of its capitals.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The anchor's x.
    pub x: f64,
    /// The middle of the capitals.
    pub y: f64,
    /// What it says.
    pub content: String,
    /// Where x is.
    pub anchor: Anchor,
    /// Pixels an em.
    pub size: f64,
    /// How heavy.
    pub weight: Weight,
    /// Fill.
    pub ink: Ink,
    /// Whether a rim of the surface's colour keeps it off lines.
    pub halo: bool,
}

impl Text {
    /// A label: regular weight, in the text's ink, starting at x.
    pub fn new(x: f64, y: f64, content: impl Into<String>) -> Self {
        Self {
            x,
            y,
            content: content.into(),
            anchor: Anchor::Start,
            size: super::LABEL,
            weight: Weight::Regular,
            ink: Ink::Text,
            halo: false,
        }
    }

    /// An axis label or a note: smaller and muted.
    pub fn note(x: f64, y: f64, content: impl Into<String>) -> Self {
        Self { size: super::NOTE, ink: Ink::Muted, ..Self::new(x, y, content) }
    }

    /// With this anchor.
    pub fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// In this ink.
    pub fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }

    /// In bold where `strong`.
    pub fn strong(self, strong: bool) -> Self {
        Self { weight: if strong { Weight::SemiBold } else { Weight::Regular }, ..self }
    }

    /// With a rim.
    pub fn halo(self) -> Self {
        Self { halo: true, ..self }
    }
}

impl Scene {
    /// An empty scene of this width.
    pub fn new(width: f64, title: &str, description: &str) -> Self {
        Self {
            title: title.to_owned(),
            description: description.to_owned(),
            width,
            height: 0.0,
            marks: Vec::new(),
        }
    }

    /// Adds a text.
    pub fn text(&mut self, text: Text) {
        self.marks.push(Mark::Text(text));
    }

    /// Adds dots, each moved to the middle of a half pixel, by a quarter of a pixel at most: in a picture of twice the size all look alike.
    pub fn dots(&mut self, points: impl IntoIterator<Item = (f64, f64)>, radius: f64, ink: Ink) {
        let middle = |length: f64| (length * 2.0).floor() / 2.0 + 0.25;
        let points = points.into_iter().map(|(x, y)| (middle(x), middle(y))).collect();
        self.marks.push(Mark::Dots { points, radius, ink });
    }

    /// Adds a solid line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink, width: f64) {
        self.marks.push(Mark::Line { from, to, ink, width, dashed: false });
    }

    /// Adds a dashed line.
    pub fn dashed(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        self.marks.push(Mark::Line { from, to, ink, width: 1.5, dashed: true });
    }
}
