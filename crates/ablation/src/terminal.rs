//! The table in the terminal: every row reads "this part adds so much, and costs so much".

use std::fmt::Write as _;
use std::io::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use crate::configs::Configs;
use crate::outputs::{Part, Parts};
use crate::variants::{Change, Kind};

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
                "The preset, run twice, ranks the same; its costs differ by {:+.2} s of CPU and {:+.1} MB, and so may those of any row.",
                costs.cpu_seconds,
                costs.peak_memory_bytes as f64 / 1e6
            );
        }
    }
    for (model, _, parts) in &parts.of_models {
        let _ = writeln!(text, "{model}: {}", summary(parts));
    }
    text
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
        let kind = if part.variant.kind == Kind::BaseModel { "model" } else { "group" };
        let adds = part.adds();
        let costs = part.extra_costs();
        let megabytes = |bytes: i64| format!("{:+.1}", bytes as f64 / 1e6);
        table.add_row([
            part.variant.name.clone(),
            kind.to_owned(),
            if part.variant.change == Change::Without { "has it" } else { "-" }.to_owned(),
            adds.map_or_else(dash, |[_, adds, _]| format!("{adds:+.4}")),
            adds.map_or_else(dash, |[low, _, high]| format!("[{low:+.4}, {high:+.4}]")),
            part.effect.map_or_else(dash, |effect| format!("{:.3}", effect.p_holm)),
            costs.map_or_else(dash, |costs| format!("{:+.2}", costs.cpu_seconds)),
            costs.map_or_else(dash, |costs| megabytes(costs.peak_memory_bytes)),
            costs.map_or_else(dash, |costs| megabytes(costs.model_bytes)),
        ]);
    }
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string().lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// What pays, what does not, and what would.
fn summary(parts: &[Part]) -> String {
    let pays = |part: &&Part| part.adds().is_some_and(|[low, ..]| low > 0.0);
    let harms = |part: &&Part| part.adds().is_some_and(|[.., high]| high < 0.0);
    let has = |part: &&Part| part.variant.change == Change::Without;
    let known = || parts.iter().filter(|part| part.adds().is_some());
    let with_seconds = |part: &Part| {
        let seconds = part.extra_costs().map_or(0.0, |costs| costs.cpu_seconds);
        format!("{} ({seconds:.2} s)", part.variant.name)
    };
    let names = |found: Vec<String>| if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
    let pay = names(known().filter(has).filter(pays).map(with_seconds).collect());
    let idle =
        names(known().filter(has).filter(|part| !pays(part) && !harms(part)).map(with_seconds).collect());
    let would = names(known().filter(|part| !has(part)).filter(pays).map(with_seconds).collect());
    let mut text =
        format!("pays (interval above zero): {pay}; costs without paying: {idle}; would pay: {would}");
    let harm: Vec<String> = known().filter(harms).map(with_seconds).collect();
    if !harm.is_empty() {
        let _ = write!(text, "; harms (interval below zero): {}", harm.join(", "));
    }
    text + "."
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::costs::Costs;
    use crate::effects::Effect;
    use crate::variants::Variant;

    fn part(change: Change, kind: Kind, name: &str, difference: f64) -> Part {
        let effect = Effect {
            full: 0.8,
            value: 0.8 + difference,
            difference,
            low: difference - 0.001,
            high: difference + 0.001,
            p: 0.01,
            p_holm: 0.04,
            n_users: 600,
        };
        let costs = Costs {
            cpu_seconds: 5.0,
            wall_seconds: 3.0,
            peak_memory_bytes: 90_000_000,
            model_bytes: 9_000_000,
        };
        let less =
            Costs { cpu_seconds: -0.5, wall_seconds: -0.3, peak_memory_bytes: -2_000_000, model_bytes: 0 };
        Part {
            variant: Variant { change, kind, name: name.to_owned() },
            effect: Some(effect),
            costs: Some((costs, less)),
            problem: None,
        }
    }

    fn parts() -> Parts {
        let control = part(Change::Same, Kind::Control, "preset", 0.0);
        let refused = Part {
            effect: None,
            costs: None,
            problem: Some("ease: too large".to_owned()),
            ..part(Change::With, Kind::BaseModel, "ease", 0.0)
        };
        let of_model = vec![
            part(Change::Without, Kind::BaseModel, "mf", -0.004),
            part(Change::Without, Kind::FeatureGroup, "time", 0.0),
            part(Change::With, Kind::FeatureGroup, "disagreement", -0.003),
            refused,
        ];
        Parts { of_models: vec![("GBStack", control, of_model)], n_splits: 3 }
    }

    #[test]
    fn a_part_that_is_missed_pays() {
        let text = text(10, 0.95, &parts());
        assert!(
            text.starts_with("GBStack: NDCG@10 0.8000 with the preset as it is, 600 users, 3 splits"),
            "{text}"
        );
        let row = |name: &str| {
            text.lines()
                .find(|line| line.trim_start().starts_with(name))
                .unwrap()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(row("mf "), "mf model has it +0.0040 [+0.0030, +0.0050] 0.040 +0.50 +2.0 +0.0");
        assert_eq!(
            row("disagreement"),
            "disagreement group - -0.0030 [-0.0040, -0.0020] 0.040 -0.50 -2.0 +0.0"
        );
        assert!(text.contains("with ease cannot be run: ease: too large\n"), "{text}");
        let last = "GBStack: pays (interval above zero): mf (0.50 s); costs without paying: time (0.50 s); would pay: nothing; \
                    harms (interval below zero): disagreement (-0.50 s).\n";
        assert!(text.ends_with(last), "{text}");
    }
}
