//! What a person sees: lists, and what re-ranking cost.

use std::fmt::Write as _;
use std::io::Write as _;

use artifacts::tables::Recommendations;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use stage::Run;

use crate::cost::Summary;

/// Prints each user's list on stdout: as wide as the terminal, where it is one.
pub fn print(rows: &Recommendations) {
    let width = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width.0);
    // A reader that has gone away (`| head`) is no failure of the stage.
    let _ = write!(std::io::stdout().lock(), "{}", text(rows, width));
}

fn text(rows: &Recommendations, width: Option<u16>) -> String {
    let mut text = String::new();
    let mut start = 0;
    for of_user in rows.user_ids.chunk_by(|a, b| a == b) {
        let _ = writeln!(text, "{}user {}", if start > 0 { "\n" } else { "" }, of_user[0]);
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        if let Some(width) = width {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        table.set_header(["", "title", "chance", "why"]);
        for at in start..start + of_user.len() {
            let chance = rows.probabilities[at].map_or_else(String::new, percent);
            table.add_row([
                rows.ranks[at].to_string(),
                rows.titles[at].clone(),
                chance,
                rows.reasons[at].clone(),
            ]);
        }
        for column in [0, 2] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        text += &table.trim_fmt();
        text.push('\n');
        start += of_user.len();
    }
    text
}

/// Small chances keep a digit more: those of the whole catalogue are small.
fn percent(p: f64) -> String {
    if p < 0.1 { format!("{:.1} %", 100.0 * p) } else { format!("{:.0} %", 100.0 * p) }
}

/// Says what re-ranking cost and gave.
pub fn say_cost(run: &mut Run, summary: &Summary, n: usize) {
    let [before, after] = summary.ndcg;
    let interval = summary
        .interval
        .as_ref()
        .map_or_else(String::new, |interval| format!(" [{:+.4}, {:+.4}]", interval.low, interval.high));
    run.say(&format!(
        "re-ranking: NDCG@{n} of the whole catalogue {before:.4} to {after:.4} ({:+.4}{interval}, {} users with relevant test ratings); \
         likeness within a list {:.2} to {:.2}; ratings of a listed item {:.0} to {:.0}",
        after - before,
        summary.n_users,
        summary.likeness[0],
        summary.likeness[1],
        summary.n_ratings[0],
        summary.n_ratings[1],
    ));
    run.count("ndcg_before_reranking", before);
    run.count("ndcg_after_reranking", after);
}
