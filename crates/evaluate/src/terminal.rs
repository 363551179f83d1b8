//! The comparison in the terminal.

use std::io::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use crate::config::Checked;
use crate::measure::Measured;
use crate::verdict;

/// The metrics shown, with their headings.
const SHOWN: [(&str, &str); 6] = [
    ("ndcg", "NDCG"),
    ("hit_rate", "hit rate"),
    ("precision", "precision"),
    ("recall", "recall"),
    ("map", "MAP"),
    ("mrr", "MRR"),
];

/// Prints each protocol's table, best NDCG first, and its verdict on stdout.
pub fn print(all: &[Measured], config: &Checked) {
    let tables: Vec<String> = all
        .iter()
        .map(|measured| {
            let text = text(measured, config.report_k, &verdict::sentences(&measured.duels));
            if all.len() == 1 { text } else { format!("{}\n{text}", measured.protocol.name()) }
        })
        .collect();
    // A reader that has gone away (`| head`) is no failure of the stage.
    let _ = write!(std::io::stdout().lock(), "{}", tables.join("\n"));
}

fn text(measured: &Measured, k: u32, verdicts: &[String]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let heading = |metric: &str, heading: &str| {
        let has_cut = !matches!(metric, "map" | "mrr");
        if has_cut { format!("{heading}@{k}") } else { heading.to_owned() }
    };
    // Of the whole catalogue, metrics without a cut are not taken.
    let has_values =
        |metric: &str| measured.models.iter().any(|(name, _)| measured.value(name, metric, k).is_some());
    let shown: Vec<(&str, &str)> = SHOWN.into_iter().filter(|(metric, _)| has_values(metric)).collect();
    let mut header = vec!["model".to_owned()];
    header.extend(shown.iter().map(|(metric, name)| heading(metric, name)));
    table.set_header(header);
    let mut names: Vec<&str> = measured.models.iter().map(|(name, _)| name.as_str()).collect();
    let ndcg = |name: &str| measured.value(name, "ndcg", k).unwrap_or(f64::NEG_INFINITY);
    names.sort_by(|a, b| ndcg(b).total_cmp(&ndcg(a)));
    for name in names {
        let cell = |(metric, _): &(&str, &str)| {
            measured.value(name, metric, k).map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
        };
        table.add_row([name.to_owned()].into_iter().chain(shown.iter().map(cell)));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let users = format!(
        "{} users; {} without a relevant test item left out",
        measured.per_user.user_ids().len(),
        measured.per_user.n_left_out()
    );
    let lines: Vec<String> = table.to_string().lines().map(|line| line.trim_end().to_owned()).collect();
    format!("{}\n{users}\n{}\n", lines.join("\n"), verdicts.join("\n"))
}
