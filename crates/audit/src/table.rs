//! What the audit says.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};
use stacking::probe::{CANARY, Finding, Findings};

/// The table and the verdict. `differing` counts the rows whose features are not those that the run wrote.
pub fn text(findings: &Findings, differing: usize) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let is_temporal = findings.features.iter().any(|finding| finding.future.is_some());
    let mut header = vec!["feature", "own label", "other labels"];
    header.extend(is_temporal.then_some("future rows"));
    header.push("");
    table.set_header(header);
    for finding in &findings.features {
        let mut cells =
            vec![finding.feature.clone(), finding.own_label.to_string(), finding.other_labels.to_string()];
        cells.extend(finding.future.map(|rows| rows.to_string()));
        cells.push(verdict(finding).to_owned());
        table.add_row(cells);
    }
    for column in table.column_iter_mut().skip(1).take(2 + usize::from(is_temporal)) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut text: String = table.to_string().lines().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{}", line.trim_end());
        text
    });
    let _ = writeln!(
        text,
        "rows whose value changed; {} of {} held-out rows had their rating changed and taken out",
        findings.n_drawn, findings.n_compared
    );
    let leaking: Vec<&str> = findings.leaking().map(|finding| finding.feature.as_str()).collect();
    if !findings.canary_was_caught() {
        text += "THE PROBE IS BROKEN: it did not catch the canary, a feature made of the label\n";
    }
    if differing > 0 {
        let _ = writeln!(
            text,
            "{differing} rows have other features in the run's artifacts than computed here; run `make build-features`"
        );
    }
    let _ = match leaking.as_slice() {
        [] => writeln!(text, "no feature leaks; the canary was caught"),
        names => writeln!(text, "LEAKS: {}", names.join(", ")),
    };
    text
}

fn verdict(finding: &Finding) -> &'static str {
    match (finding.feature == CANARY, finding.leaks()) {
        (true, true) => "caught, as it must be",
        (true, false) => "NOT CAUGHT",
        (false, true) => "LEAKS",
        (false, false) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(feature: &str, own_label: usize) -> Finding {
        Finding { feature: feature.to_owned(), own_label, other_labels: 0, future: None }
    }

    #[test]
    fn the_verdict_names_what_leaks() {
        let findings = |features| Findings { features, n_drawn: 2, n_compared: 10 };
        let clean = text(&findings(vec![finding("score_mf", 0), finding(CANARY, 2)]), 0);
        assert!(clean.ends_with("no feature leaks; the canary was caught\n"), "{clean}");
        let leaky = text(&findings(vec![finding("user_mean_rating", 1), finding(CANARY, 2)]), 0);
        assert!(leaky.ends_with("LEAKS: user_mean_rating\n"), "{leaky}");
        let blind = text(&findings(vec![finding("score_mf", 0), finding(CANARY, 0)]), 3);
        assert!(
            blind.contains("THE PROBE IS BROKEN") && blind.contains("3 rows have other features"),
            "{blind}"
        );
    }
}
