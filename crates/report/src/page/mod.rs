//! The page: the data as words, put into the template.

mod controls;
mod embed;
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

/// The page's own CSS.
const STYLES: [&str; 3] = [
    include_str!("../../templates/page.css"),
    include_str!("../../templates/table.css"),
    include_str!("../../templates/explorer.css"),
];

/// The page's scripts, in the order in which they use each other.
const SCRIPTS: [&str; 4] = [
    include_str!("../../templates/address.js"),
    include_str!("../../templates/sort.js"),
    include_str!("../../templates/table.js"),
    include_str!("../../templates/explorer.js"),
];

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
        [FACES.as_str(), &theme::css_variables()].into_iter().chain(STYLES).collect::<Vec<_>>().join("\n");
    let page = view::Page::new(data, plots, style, SCRIPTS.join("\n"));
    Ok(environment.get_template("index.html")?.render(Serde(&page))?)
}

/// The page without its table of times and memory: the rest is the same on every run of the same thing.
pub fn without_timings(html: &str) -> String {
    let table = html.split_once("<div id=\"timings\"").and_then(|(before, rest)| {
        let (_, after) = rest.split_once("</div>")?;
        Some(format!("{before}{after}"))
    });
    table.unwrap_or_else(|| html.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StageRun;

    #[test]
    fn two_pages_that_took_different_times_have_the_same_rest() {
        let page = |wall_seconds: f64, preset: &str| {
            let stage = StageRun {
                stage: "split".to_owned(),
                version: "0.1.0".to_owned(),
                wall_seconds,
                peak_memory_bytes: None,
                rows_read: 1,
                rows_written: 1,
            };
            let preset = preset.to_owned();
            render(&ReportData { stages: vec![stage], preset, ..ReportData::default() }, &[]).unwrap()
        };
        let (one, other) = (page(1.0, "default"), page(2.0, "default"));
        assert_ne!(one, other);
        assert_eq!(without_timings(&one), without_timings(&other));
        assert_ne!(without_timings(&one), without_timings(&page(1.0, "notebook")));
    }
}
