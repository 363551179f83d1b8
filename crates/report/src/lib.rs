//! The plots and the one-page report: plain data in, HTML, SVG and PNG out.
//!
//! [`render`] turns a [`ReportData`] into a [`Report`]. It reads no file and no clock: the same data gives the same bytes at any
//! thread count. The rooms:
//!
//! * [`data`](ReportData): what the caller fills in;
//! * `plots`: one plot a file, each a function from the data to a scene;
//! * `chart`: the marks, scales and axes that plots are made of, and the SVG writer;
//! * `theme`, `font`: colours and type, shared by the plots and the page;
//! * `raster`, `png`: a scene to pixels, and these to a file;
//! * `page`: the HTML page, from `templates/`.

mod chart;
mod data;
mod error;
mod font;
mod format;
pub mod metric;
mod order;
mod page;
mod plots;
mod png;
mod raster;
mod theme;

use rayon::prelude::*;

use crate::chart::Medium;
use crate::plots::{Frame, PlotSpec};

pub use crate::data::{
    Bin, ColdStartCurve, ColdStartPoint, Command, Comparison, Contribution, Counts, Distribution, Explained,
    ExplainedFeature, Explorer, ExplorerUser, Importances, Landing, LearningCurve, Measurement, ModelKind,
    ModelRow, PairedDistribution, Protocol, Ranked, Rated, RatingCount, ReliabilityCurve, ReliabilityPoint,
    ReportData, Search, SearchAxis, Segment, Series, StageConfig, StageRun,
};
pub use crate::error::Error;
pub use crate::page::without_timings;

/// A finished report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The page, self-contained. It links to the plots' files as `<name>.svg` and `<name>.png` in its own folder.
    pub html: String,
    /// The plots, in the page's order. A plot that has no data is absent.
    pub plots: Vec<Plot>,
}

/// One plot as files: fixed light colours on white.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    /// The file name without its ending: lower-case letters, digits and hyphens.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// A whole SVG document, [`Plot::WIDTH`] pixels wide.
    pub svg: String,
    /// The same picture as a PNG of [`Plot::PNG_SCALE`] times the SVG's size.
    pub png: Vec<u8>,
}

impl Plot {
    /// The width of every SVG, in CSS pixels.
    pub const WIDTH: u32 = plots::FILE_WIDTH as u32;
    /// PNG pixels per SVG pixel.
    pub const PNG_SCALE: u32 = png::SCALE;
}

/// Draws all plots and writes the page.
///
/// Plots are drawn in parallel on the current rayon pool and kept in their order.
///
/// # Errors
/// Where a plot cannot be turned into a picture or the page's template fails: a defect of this crate, not of the data.
pub fn render(data: &ReportData) -> Result<Report, Error> {
    let plots = plots::all(data);
    let draw = |plot: &PlotSpec<'_>| file(data, plot);
    let (files, html) = rayon::join(
        || plots.par_iter().with_max_len(1).map(draw).collect::<Result<Vec<Plot>, Error>>(),
        || page::render(data, &plots),
    );
    let (files, html) = (files?, html?);
    Ok(Report { html, plots: files })
}

/// Draws what each part of a preset adds to each stack, with intervals at `level`: a picture of its own, beside the page. Of `data` only
/// what a plot says of its source is used.
///
/// # Errors
/// As [`render`].
pub fn contributions(data: &ReportData, contributions: &[Contribution], level: f64) -> Result<Plot, Error> {
    file(data, &plots::contributions(data, contributions, level))
}

/// Draws a search of hyper-parameters: a picture of its own, beside the page. Of `data` only what a plot says of its source is used.
///
/// # Errors
/// As [`render`].
pub fn search(data: &ReportData, search: &Search) -> Result<Plot, Error> {
    file(data, &plots::search(search))
}

fn file(data: &ReportData, plot: &PlotSpec<'_>) -> Result<Plot, Error> {
    let scene = plot.draw(&Frame::file(data, plot));
    let svg = scene.to_svg(Medium::File);
    let png = png::encode(&plot.name, &scene)?;
    Ok(Plot { name: plot.name.clone(), title: plot.title.clone(), svg, png })
}
