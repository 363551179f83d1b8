//! What can go wrong while a report is made.

/// A report that could not be made. No data leads here; it would be a defect of the template, a plot or a font.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The page's template failed.
    #[error("the report's page could not be written: {0:#}")]
    Template(#[from] minijinja::Error),
    /// A plot's PNG could not be written.
    #[error("plot {plot}: a PNG of {width} x {height} pixels could not be written: {reason}")]
    Png {
        /// Which plot.
        plot: String,
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
        /// What failed.
        reason: String,
    },
}
