//! What to make of the table: which parts have an interval above zero, by which meta-models, and which cost without paying.

use std::fmt::Write as _;

use crate::outputs::{Part, Parts};
use crate::variants::Change;

/// One part, judged by all meta-models.
struct Judged<'a> {
    part: &'a Part,
    /// The meta-models by which its interval is above zero.
    pays: Vec<&'a str>,
    /// Those by which it is below.
    harms: Vec<&'a str>,
}

/// The closing lines; each part stands in one of them, and a line without a part is left out.
pub fn text(parts: &Parts) -> String {
    let n_models = parts.of_models.len();
    let judged = judge(parts);
    let line = |head: &str, is_in: &dyn Fn(&Judged<'_>) -> bool, names_models: bool| {
        let found: Vec<String> =
            judged.iter().filter(|judged| is_in(judged)).map(|judged| judged.named(names_models)).collect();
        if found.is_empty() { String::new() } else { format!("{head}: {}.\n", found.join(", ")) }
    };
    let has = |judged: &Judged<'_>| judged.part.variant.change == Change::Without;
    let by_all = |judged: &Judged<'_>| judged.pays.len() == n_models;
    let by_some = |judged: &Judged<'_>| !judged.pays.is_empty() && !by_all(judged);
    let by_none = |judged: &Judged<'_>| judged.pays.is_empty();
    let lines = [
        line("Pays, its interval above zero by every meta-model", &|one| has(one) && by_all(one), false),
        line("Pays by some", &|one| has(one) && by_some(one), true),
        line("Costs without paying by any", &|one| has(one) && by_none(one), true),
        line("Not in the preset, and would pay", &|one| !has(one) && !by_none(one), true),
        line(
            "Not in the preset, and would harm",
            &|one| !has(one) && by_none(one) && !one.harms.is_empty(),
            true,
        ),
    ];
    let text = lines.concat();
    if judged.iter().filter(|one| has(one) && by_none(one)).count() > 1 {
        return text
            + "Parts that can stand in for one another pay nothing alone: ask for several with --only ... --together before they go.\n";
    }
    text
}

/// Every part that could be run, in the order of the first meta-model.
fn judge(parts: &Parts) -> Vec<Judged<'_>> {
    let Some((_, _, first)) = parts.of_models.first() else { return Vec::new() };
    let judge = |part: &'_ Part| {
        let by = |is: fn([f64; 3]) -> bool| -> Vec<&str> {
            let of_model = parts.of_models.iter().filter(|(_, _, of_model)| {
                let same = of_model.iter().find(|other| other.variant == part.variant);
                same.and_then(Part::adds).is_some_and(is)
            });
            of_model.map(|(model, _, _)| *model).collect()
        };
        (by(|[low, ..]| low > 0.0), by(|[.., high]| high < 0.0))
    };
    let known = first.iter().filter(|part| part.adds().is_some());
    known
        .map(|part| {
            let (pays, harms) = judge(part);
            Judged { part, pays, harms }
        })
        .collect()
}

impl Judged<'_> {
    /// `mf (0.63 s; GBStack)`: with what it costs, and the meta-models that make the difference.
    fn named(&self, names_models: bool) -> String {
        let seconds = self.part.extra_costs().map_or(0.0, |costs| costs.cpu_seconds);
        let mut text = format!("{} ({seconds:.2} s", self.part.variant.name);
        if names_models && !self.pays.is_empty() {
            let _ = write!(text, "; {}", self.pays.join(", "));
        }
        if names_models && !self.harms.is_empty() {
            let _ = write!(text, "; harms {}", self.harms.join(", "));
        }
        text + ")"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::testing::{part, parts};
    use crate::variants::Kind;

    #[test]
    fn each_part_stands_in_one_line() {
        let mut parts = parts();
        let (_, control, mut of_other) = parts.of_models[0].clone();
        of_other[1] = part(Change::Without, Kind::FeatureGroup, "time", -0.002);
        parts.of_models.push(("RankStack", control, of_other));
        assert_eq!(
            text(&parts),
            "Pays, its interval above zero by every meta-model: mf (0.50 s).\n\
             Pays by some: time (0.50 s; RankStack).\n\
             Not in the preset, and would harm: disagreement (-0.50 s; harms GBStack, RankStack).\n"
        );
    }

    #[test]
    fn parts_that_seem_idle_are_not_to_go_at_once() {
        let mut parts = parts();
        parts.of_models[0].2 =
            ["time", "mood"].map(|name| part(Change::Without, Kind::FeatureGroup, name, 0.0)).to_vec();
        let text = text(&parts);
        assert!(text.starts_with("Costs without paying by any: time (0.50 s), mood (0.50 s).\n"), "{text}");
        assert!(text.contains("--together"), "{text}");
    }
}
