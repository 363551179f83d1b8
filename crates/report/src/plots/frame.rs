//! Where a plot is shown, and what stands around it: heading and source line in a file, nothing on the page, which has its own.

use super::PlotSpec;
use crate::chart::{self, NOTE, Scene, Span, Text};
use crate::data::ReportData;
use crate::font::{self, Weight};
use crate::theme::Ink;

/// The width of the files, in pixels.
pub const FILE_WIDTH: f64 = 640.0;
/// The width of the page's plots where there is room; the page scales them up, never down.
const PAGE_WIDTH: f64 = 552.0;
/// The width of the page's plots on a screen of 360 pixels.
const NARROW_WIDTH: f64 = 320.0;
/// The width of the page's plots that span it.
const FULL_WIDTH: f64 = 1160.0;
/// Between two small multiples.
pub const PANEL_GAP: f64 = 28.0;

/// The room and the surroundings of one plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// In pixels.
    pub width: f64,
    heading: Option<Heading>,
}

#[derive(Debug, Clone, PartialEq)]
struct Heading {
    title: String,
    source: String,
    warning: Option<String>,
}

impl Frame {
    /// A file: it may be seen without the page, so it carries its title, where the data are from, and the warning.
    pub fn file(data: &ReportData, plot: &PlotSpec<'_>) -> Self {
        let source = format!(
            "{} · preset {} · seed {} · Podium {}",
            data.dataset, data.preset, data.seed, data.version
        );
        let warning = data.synthetic.then(|| "GENERATED DATA – not MovieLens".to_owned());
        Self { width: FILE_WIDTH, heading: Some(Heading { title: plot.title.clone(), source, warning }) }
    }

    /// Inside the page, where there is room.
    pub fn page_medium() -> Self {
        Self { width: PAGE_WIDTH, heading: None }
    }

    /// Inside the page, on a small screen.
    pub fn page_narrow() -> Self {
        Self { width: NARROW_WIDTH, heading: None }
    }

    /// Inside the page, across it.
    pub fn page_full() -> Self {
        Self { width: FULL_WIDTH, heading: None }
    }

    fn margin(&self) -> f64 {
        if self.heading.is_some() { 20.0 } else { 2.0 }
    }

    /// The span that panels may use.
    pub fn span(&self) -> Span {
        Span { left: self.margin(), right: self.width - self.margin() }
    }

    /// The spans of `n_panels` small multiples, side by side where each gets `least` pixels: a line of them, which the next
    /// line repeats.
    pub fn columns(&self, n_panels: usize, least: f64) -> Vec<Span> {
        let n_columns = ((self.width / least) as usize).clamp(1, n_panels.max(1));
        chart::columns_of(self.span(), n_columns, PANEL_GAP)
    }

    /// Draws what stands above the body, and gives the body's top.
    pub fn open(&self, scene: &mut Scene) -> f64 {
        let Some(heading) = &self.heading else { return 4.0 };
        let Span { left, right } = self.span();
        let title = font::fit(&heading.title, 18.0, Weight::SemiBold, right - left);
        scene.text(Text { size: 18.0, ..Text::new(left, 28.0, title).strong(true) });
        let Some(warning) = &heading.warning else {
            return 56.0;
        };
        scene.text(Text { size: NOTE, ..Text::new(left, 52.0, warning).strong(true).ink(Ink::Warning) });
        80.0
    }

    /// Draws what stands below the body, which ends at `bottom`, and sets the height.
    pub fn close(&self, scene: &mut Scene, bottom: f64) {
        scene.height = match &self.heading {
            None => (bottom + 2.0).ceil(),
            Some(heading) => {
                let Span { left, right } = self.span();
                let source = font::fit(&heading.source, NOTE, Weight::Regular, right - left);
                scene.text(Text::note(left, bottom + 22.0, source));
                (bottom + 40.0).ceil()
            }
        };
    }
}
