//! The plots of the report, one a file: each turns the data into panels, a title and a caption that says what to read from it.

mod all_models;
mod base_models;
mod cold_start;
mod comparisons;
mod contributions;
mod feature_importances;
mod frame;
mod learning_curve;
mod per_user;
mod rating_distribution;
mod reliability;
mod search;
mod segments;
mod shap_dependence;
mod shap_summary;
mod style;

pub use contributions::plot as contributions;
pub use frame::{FILE_WIDTH, Frame};
pub use search::plot as search;

use crate::chart::Scene;
use crate::data::ReportData;

/// Draws a plot's panels into a scene, below a given y, and gives the y where they end.
type Body<'a> = Box<dyn Fn(&mut Scene, &Frame, f64) -> f64 + Send + Sync + 'a>;

/// Where a plot stands on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Beside the verdict, before everything else.
    Verdict,
    /// Where models are compared.
    Quality,
    /// Where users are told apart.
    Users,
    /// Where it is shown what the models learnt.
    Learning,
    /// Beside the counts of the data.
    Data,
}

/// A plot that has data.
pub struct PlotSpec<'a> {
    /// The file name without its ending.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// What to read from it; one or two sentences.
    pub caption: String,
    /// Where it stands.
    pub place: Place,
    /// Whether it has enough panels to take the page's whole width.
    pub full_width: bool,
    /// Draws what the frame surrounds.
    body: Body<'a>,
}

impl PlotSpec<'_> {
    /// Draws the plot in this frame.
    pub fn draw(&self, frame: &Frame) -> Scene {
        let mut scene = Scene::new(frame.width, &self.title, &self.caption);
        let top = frame.open(&mut scene);
        let bottom = (self.body)(&mut scene, frame, top);
        frame.close(&mut scene, bottom);
        scene
    }
}

/// The plots that there is data for, in the page's order.
pub fn all(data: &ReportData) -> Vec<PlotSpec<'_>> {
    let mut plots = Vec::new();
    plots.extend(comparisons::plot(data));
    plots.extend(all_models::plot(data));
    plots.extend(all_models::protocols(data));
    plots.extend(base_models::plot(data));
    plots.extend(segments::plot(data));
    plots.extend(cold_start::plot(data));
    plots.extend(per_user::plot(data));
    plots.extend(feature_importances::plot(data));
    plots.extend(shap_summary::plot(data));
    plots.extend(shap_dependence::plot(data));
    plots.extend(reliability::plot(data));
    plots.extend(learning_curve::plots(data));
    plots.extend(rating_distribution::plot(data));
    tell_apart(&mut plots);
    plots
}

/// Numbers the second and later plots of a name, so that no file overwrites another.
fn tell_apart(plots: &mut [PlotSpec<'_>]) {
    for at in 1..plots.len() {
        let (before, rest) = plots.split_at_mut(at);
        let base = rest[0].name.clone();
        let mut n = 1;
        while before.iter().any(|plot| plot.name == rest[0].name) {
            n += 1;
            rest[0].name = format!("{base}-{n}");
        }
    }
}
