//! The tables in the terminal.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use crate::seeds::OverSeeds;
use crate::two::Comparison;
use crate::{Measure, Results};

/// Two runs side by side.
pub fn of_two(a: &Results, b: &Results, comparisons: &[Comparison], measure: &Measure) -> String {
    let mut text = format!(
        "A: {} (preset {}, seed {})\nB: {} (preset {}, seed {})\n",
        a.name, a.preset, a.seed, b.name, b.preset, b.seed
    );
    for comparison in comparisons {
        let mut table = table(&["model", "A", "B", "B - A", "interval", "p (Holm)", "users"]);
        for row in &comparison.rows {
            let value =
                |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"));
            let mut cells = vec![row.model.clone(), value(row.a), value(row.b)];
            match &row.difference {
                Some(difference) => cells.extend([
                    signed(difference.mean),
                    format!("[{}, {}]", signed(difference.interval.low), signed(difference.interval.high)),
                    format!("{:.3}", difference.p_holm),
                    difference.n_users.to_string(),
                ]),
                None => cells.extend(["", "", "", ""].map(str::to_owned)),
            }
            table.add_row(cells);
        }
        let _ = write!(
            text,
            "\n{}, {} ({})\n{}",
            comparison.protocol,
            measure.name(),
            comparison.fingerprint,
            lines(table)
        );
    }
    text
}

/// One preset over several seeds.
pub fn of_seeds(runs: &[Results], all: &[OverSeeds], measure: &Measure) -> String {
    let seeds: Vec<String> = runs.iter().map(|run| run.seed.to_string()).collect();
    let mut text = format!("seeds {}\n", seeds.join(", "));
    for over in all {
        let mut models = table(&["model", "mean", "sd over seeds", "smallest", "largest"]);
        for model in &over.models {
            models.add_row([
                model.model.clone(),
                format!("{:.4}", model.mean),
                model.deviation.map_or_else(|| "-".to_owned(), |deviation| format!("{deviation:.4}")),
                format!("{:.4}", model.range.0),
                format!("{:.4}", model.range.1),
            ]);
        }
        let mut duels = table(&["stack", "rival", "difference", "interval", "p (Holm)", "seeds won"]);
        for duel in &over.duels {
            duels.add_row([
                duel.stack.clone(),
                duel.rival.clone(),
                signed(duel.difference),
                format!("[{}, {}]", signed(duel.interval.low), signed(duel.interval.high)),
                format!("{:.3}", duel.p_holm),
                format!("{} of {}", duel.n_won, duel.n_seeds),
            ]);
        }
        let _ = write!(text, "\n{}, {}\n{}\n{}", over.protocol, measure.name(), lines(models), lines(duels));
    }
    text
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header);
    table
}

fn lines(mut table: Table) -> String {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string().lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

fn signed(value: f64) -> String {
    format!("{value:+.4}")
}
