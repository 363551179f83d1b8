//! The page: the data as words, put into the template.

mod table;
mod view;

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use crate::data::ReportData;
use crate::error::Error;
use crate::plots::PlotSpec;
use crate::{font, theme};

/// The embedded fonts as CSS: 60 kB of text that is the same on every page.
static FACES: LazyLock<String> = LazyLock::new(font::css_faces);

/// The whole page as HTML.
pub fn render(data: &ReportData, plots: &[PlotSpec<'_>]) -> Result<String, Error> {
    let mut environment = Environment::new();
    // Every value is escaped but those that the template marks as safe: our own CSS, script and SVG.
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?,
    );
    environment.add_template("index.html", include_str!("../../templates/index.html"))?;
    let style =
        format!("{}\n{}\n{}", *FACES, theme::css_variables(), include_str!("../../templates/page.css"));
    let page = view::Page::new(data, plots, style, include_str!("../../templates/sort.js"));
    Ok(environment.get_template("index.html")?.render(Serde(&page))?)
}
