//! The search in the terminal: the best trials, and what the best is worth.

use std::fmt::Write as _;
use std::io::Write as _;

use artifacts::Layout;
use comfy_table::{CellAlignment, Table, presets};

use crate::log::Trial;
use crate::outputs::{Sweep, measure, text};

/// How many trials are printed.
const SHOWN: usize = 10;

/// Prints the best trials on stdout, and what to make of them.
pub fn print(sweep: &Sweep<'_>, layout: &Layout) {
    // A reader that has gone away (`| head`) is no failure.
    let _ = std::io::stdout().lock().write_all(text_of(sweep, layout).as_bytes());
}

fn text_of(sweep: &Sweep<'_>, layout: &Layout) -> String {
    let name = measure(sweep.space, sweep.base);
    let n_refused = sweep.trials.iter().filter(|trial| trial.value.is_none()).count();
    let mut all = format!(
        "{}, {name} of {} under {}: {} trials, {} of the training ratings each{}\n",
        sweep.name,
        sweep.space.model,
        sweep.base.protocol,
        sweep.trials.len(),
        if sweep.space.splits == 1 { "1 split".to_owned() } else { format!("{} splits", sweep.space.splits) },
        if n_refused == 0 { String::new() } else { format!("; {n_refused} could not be run") }
    );
    all += &table(sweep, &name);
    for trial in sweep.trials.iter().filter(|trial| !trial.problem.is_empty()).take(3) {
        let _ = writeln!(all, "trial {} cannot be run: {}", trial.number, trial.problem);
    }
    let confirmed = sweep.confirmed;
    if sweep.best.number == 0 {
        let _ = writeln!(all, "The preset is the best trial: nothing was found that beats it.");
    } else {
        let interval = confirmed.interval.map_or_else(String::new, |interval| {
            let certain = if interval.low > 0.0 { "better" } else { "not certainly better" };
            format!(" [{:+.4}, {:+.4}], {certain}", interval.low, interval.high)
        });
        let _ = writeln!(
            all,
            "On {} the search has not seen: trial {} {:.4}, the preset {:.4}, {:+.4}{interval}, {} users.",
            if sweep.space.splits == 1 {
                "a split that".to_owned()
            } else {
                format!("{} splits that", sweep.space.splits)
            },
            sweep.best.number,
            confirmed.best,
            confirmed.preset,
            confirmed.difference,
            confirmed.n_users
        );
    }
    let _ = writeln!(
        all,
        "The best trial's configuration: make all CONFIG={} ARTIFACTS={}-{}",
        layout.sweep_config(sweep.name).display(),
        layout.root().display(),
        sweep.name
    );
    all
}

fn table(sweep: &Sweep<'_>, name: &str) -> String {
    let mut sorted: Vec<&Trial> = sweep.trials.iter().collect();
    sorted.sort_by(|one, other| {
        let value = |trial: &Trial| trial.value.unwrap_or(f64::NEG_INFINITY);
        value(other).total_cmp(&value(one)).then(one.number.cmp(&other.number))
    });
    let mut shown: Vec<&Trial> =
        sorted.into_iter().filter(|trial| trial.value.is_some()).take(SHOWN).collect();
    if let (Some(preset), false) = (sweep.trials.first(), shown.iter().any(|trial| trial.number == 0)) {
        shown.push(preset);
    }
    let of_preset = sweep.trials.first().and_then(|trial| trial.value).unwrap_or(f64::NAN);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let keys = sweep.space.keys.iter().map(|key| key.path.join("."));
    let header = ["trial".to_owned(), name.to_owned(), "less the preset".to_owned(), "CPU s".to_owned()];
    table.set_header(header.into_iter().chain(keys));
    for trial in shown {
        let value = trial.value.unwrap_or(f64::NAN);
        let label = if trial.number == 0 { "preset".to_owned() } else { trial.number.to_string() };
        let cells = [
            label,
            format!("{value:.4}"),
            format!("{:+.4}", value - of_preset),
            format!("{:.1}", trial.cpu_seconds),
        ];
        table.add_row(cells.into_iter().chain(trial.values.iter().map(|value| text(value.as_ref()))));
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string().lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}
