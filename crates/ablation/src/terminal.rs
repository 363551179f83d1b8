//! The table in the terminal: every row reads "this part adds so much, and costs so much".

use std::fmt::Write as _;
use std::io::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use crate::configs::Configs;
use crate::outputs::{Part, Parts};
use crate::variants::{Change, Kind};
use crate::verdict;

/// Prints one table a meta-model on stdout, what pays most first, and what to make of it.
pub fn print(configs: &Configs, parts: &Parts) {
    // A reader that has gone away (`| head`) is no failure.
    let _ = std::io::stdout().lock().write_all(text(configs.k(), configs.level(), parts).as_bytes());
}

fn text(k: u32, level: f64, parts: &Parts) -> String {
    let mut text = String::new();
    for (model, control, of_model) in &parts.of_models {
        if let Some(effect) = control.effect {
            let (value, users) = (effect.full, effect.n_users);
            let splits =
                if parts.n_splits == 1 { "1 split".to_owned() } else { format!("{} splits", parts.n_splits) };
            let _ = writeln!(
                text,
                "{model}: NDCG@{k} {value:.4} with the preset as it is, {users} users, {splits} of the training ratings"
            );
        } else {
            let _ = writeln!(text, "{model}: fewer than two users can be compared");
        }
        text += &table(k, level, of_model);
        text.push('\n');
    }
    if let Some((_, control, parts)) = parts.of_models.first() {
        for part in parts {
            if let Some(problem) = &part.problem {
                let _ = writeln!(text, "{} cannot be run: {problem}", part.variant.label());
            }
        }
        if let Some((_, costs)) = control.costs {
            let _ = writeln!(
                text,
                "The preset, run twice, ranks the same; its costs differ by {} s of CPU and {} MB, and so may those of any row.",
                signed(costs.cpu_seconds, 2),
                signed(costs.peak_memory_bytes as f64 / 1e6, 1)
            );
        }
    }
    text + &verdict::text(parts)
}

fn table(k: u32, level: f64, parts: &[Part]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "part".to_owned(),
        "kind".to_owned(),
        "preset".to_owned(),
        format!("adds NDCG@{k}"),
        format!("{:.0} % interval", level * 100.0),
        "p (Holm)".to_owned(),
        "CPU s".to_owned(),
        "peak MB".to_owned(),
        "models MB".to_owned(),
    ]);
    let dash = || "-".to_owned();
    for part in parts {
        let kind = match part.variant.kind {
            Kind::BaseModel => "model",
            Kind::FeatureGroup => "group",
            Kind::Several | Kind::Control => "several",
        };
        let adds = part.adds();
        let costs = part.extra_costs();
        let megabytes = |bytes: i64| signed(bytes as f64 / 1e6, 1);
        table.add_row([
            part.variant.name.clone(),
            kind.to_owned(),
            if part.variant.change == Change::Without { "has it" } else { "-" }.to_owned(),
            adds.map_or_else(dash, |[_, adds, _]| signed(adds, 4)),
            adds.map_or_else(dash, |[low, _, high]| format!("[{}, {}]", signed(low, 4), signed(high, 4))),
            part.effect.map_or_else(dash, |effect| format!("{:.3}", effect.p_holm)),
            costs.map_or_else(dash, |costs| signed(costs.cpu_seconds, 2)),
            costs.map_or_else(dash, |costs| megabytes(costs.peak_memory_bytes)),
            costs.map_or_else(dash, |costs| megabytes(costs.model_bytes)),
        ]);
    }
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string().lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// A difference with its sign; one that rounds to zero has none.
fn signed(value: f64, decimals: usize) -> String {
    let text = format!("{value:+.decimals$}");
    if text.bytes().any(|byte| matches!(byte, b'1'..=b'9')) { text } else { text[1..].to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::testing::parts;

    #[test]
    fn a_part_that_is_missed_pays() {
        let text = text(10, 0.95, &parts());
        assert!(
            text.starts_with("GBStack: NDCG@10 0.8000 with the preset as it is, 600 users, 3 splits"),
            "{text}"
        );
        let row = |name: &str| {
            let line = text.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(row("mf "), "mf model has it +0.0040 [+0.0030, +0.0050] 0.040 +0.50 +2.0 0.0");
        assert_eq!(
            row("disagreement"),
            "disagreement group - -0.0030 [-0.0040, -0.0020] 0.040 -0.50 -2.0 0.0"
        );
        assert!(text.contains("with ease cannot be run: ease: too large\n"), "{text}");
        assert!(text.contains("its costs differ by -0.50 s of CPU and -2.0 MB"), "{text}");
    }

    #[test]
    fn a_rounded_zero_has_no_sign() {
        assert_eq!([signed(-0.00004, 4), signed(0.0, 1), signed(-0.06, 1)], ["0.0000", "0.0", "-0.1"]);
    }
}
