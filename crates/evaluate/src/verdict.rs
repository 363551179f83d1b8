//! Does the stack earn its keep? Sentences that a person can read.

use report::ModelKind;

use crate::measure::Measured;

/// The verdict by NDCG at `k`, the most important sentence first.
pub fn sentences(measured: &Measured, k: u32) -> Vec<String> {
    let ndcg = |model: &str| measured.value(model, "ndcg", k);
    let best = |kind: ModelKind| {
        let models = measured.models.iter().filter(|(_, of)| *of == kind);
        models
            .filter_map(|(name, _)| Some((name.as_str(), ndcg(name)?)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(a.0)))
    };
    let Some(stack) = best(ModelKind::Meta) else {
        return vec!["No test user has a relevant item: there is nothing to compare.".to_owned()];
    };
    let rivals = [(ModelKind::Average, "the plain average of the base models"), (ModelKind::Base, "the best base model")];
    rivals
        .into_iter()
        .filter_map(|(kind, role)| Some(compare(stack, best(kind)?, role, k)))
        .collect()
}

fn compare(stack: (&str, f64), rival: (&str, f64), role: &str, k: u32) -> String {
    let difference = stack.1 - rival.1;
    let verb = match difference {
        d if d > 0.0 => "beats",
        d if d < 0.0 => "loses to",
        _ => "equals",
    };
    format!(
        "{} {verb} {role}, {}, by {} NDCG@{k} ({} against {}).",
        stack.0,
        rival.0,
        short(difference.abs()),
        short(stack.1),
        short(rival.1)
    )
}

/// `.8061`, as the field writes it.
fn short(value: f64) -> String {
    let text = format!("{value:.4}");
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_says_who_wins_and_by_how_much() {
        let rival = ("SimpleAverage4", 0.8156);
        assert_eq!(
            compare(("GBStack", 0.8061), rival, "the plain average", 10),
            "GBStack loses to the plain average, SimpleAverage4, by .0095 NDCG@10 (.8061 against .8156)."
        );
        assert!(compare(("GBStack", 1.0), rival, "r", 5).contains("beats r, SimpleAverage4, by .1844 NDCG@5 (1.0000"));
        assert!(compare(("GBStack", 0.8156), rival, "r", 5).contains("equals"));
    }
}
