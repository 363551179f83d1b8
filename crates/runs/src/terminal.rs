//! The tables in the terminal.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use crate::reproduce::Recorded;
use crate::reproduce::differences::File;
use crate::seeds::OverSeeds;
use crate::several::Standings;
use crate::two::{Comparison, Difference};
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
                Some(difference) => cells.extend(cells_of(difference)),
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

/// Any number of runs, the best models of each, against the first.
pub fn of_several(runs: &[Results], all: &[Standings], measure: &Measure) -> String {
    let mut text = String::new();
    for standings in all {
        let mut table = table(&[
            "run",
            "preset",
            "seed",
            "best",
            "model",
            &measure.name(),
            "interval",
            "less the first",
            "interval",
            "p (Holm)",
            "users",
        ]);
        for row in &standings.rows {
            let run = &runs[row.run];
            let mut cells = vec![
                run.name.clone(),
                run.preset.clone(),
                run.seed.to_string(),
                row.kind.name().to_owned(),
                row.model.clone(),
                format!("{:.4}", row.mean),
                format!("[{:.4}, {:.4}]", row.interval.low, row.interval.high),
            ];
            match &row.difference {
                Some(difference) => cells.extend(cells_of(difference)),
                None => cells.extend(["", "", "", ""].map(str::to_owned)),
            }
            table.add_row(cells);
        }
        let _ = write!(
            text,
            "{}{}, {} ({})\n{}",
            if text.is_empty() { "" } else { "\n" },
            standings.protocol,
            measure.name(),
            standings.fingerprint,
            lines_after(table, 5)
        );
    }
    text
}

/// A run made again: every file, with `quiet` those that differ, and why.
pub fn of_reproduction(recorded: &Recorded, files: &[File], reasons: &[String], quiet: bool) -> String {
    let mut table = table(&["file", "", "recorded", "found"]);
    let digest = |sha256: &Option<String>| {
        sha256.as_ref().map_or_else(|| "-".to_owned(), |sha256| format!("{sha256:.12}"))
    };
    for file in files.iter().filter(|file| !(quiet && file.outcome.is_same())) {
        table.add_row([
            file.path.clone(),
            file.outcome.name().to_owned(),
            digest(&file.expected),
            digest(&file.found),
        ]);
    }
    let mut text = if table.is_empty() { String::new() } else { lines(table) };
    let n_same = files.iter().filter(|file| file.outcome.is_same()).count();
    let first = recorded.first();
    let (dataset, preset) = (&first.provenance.dataset, &first.provenance.preset);
    let _ = if n_same == files.len() {
        writeln!(
            text,
            "reproduced: {dataset}, preset {preset}, seed {}: all {n_same} files are the same",
            first.seed
        )
    } else {
        writeln!(text, "not reproduced: {} of {} files are not the same", files.len() - n_same, files.len())
    };
    for reason in reasons {
        let _ = writeln!(text, "  {reason}");
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

fn cells_of(difference: &Difference) -> [String; 4] {
    [
        signed(difference.mean),
        format!("[{}, {}]", signed(difference.interval.low), signed(difference.interval.high)),
        format!("{:.3}", difference.p_holm),
        difference.n_users.to_string(),
    ]
}

fn lines(table: Table) -> String {
    lines_after(table, 1)
}

/// The table's lines; numbers stand behind its first `names` columns.
fn lines_after(mut table: Table, names: usize) -> String {
    for column in table.column_iter_mut().skip(names) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string().lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

fn signed(value: f64) -> String {
    format!("{value:+.4}")
}
