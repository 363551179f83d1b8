//! Does the stack earn its keep? Sentences that a person can read.

use metrics::statistics::Comparison;

use crate::duels::{Duel, Role};

/// The verdict: a sentence for each comparison of the first stack, then one for the stacks that beat all their rivals too, then one for
/// each comparison that another stack does not win.
pub fn sentences(duels: &[Duel]) -> Vec<String> {
    let Some(first) = duels.first() else {
        return vec![
            "Fewer than two test users have a relevant item: there is nothing to compare.".to_owned(),
        ];
    };
    let wins = |duel: &Duel| duel.comparison.low > 0.0;
    let (best, others): (Vec<&Duel>, Vec<&Duel>) =
        duels.iter().partition(|duel| duel.comparison.a == first.comparison.a);
    let of_others: Vec<&[&Duel]> = others.chunk_by(|a, b| a.comparison.a == b.comparison.a).collect();
    let winners: Vec<&str> = of_others
        .iter()
        .filter(|stack| stack.iter().all(|duel| wins(duel)))
        .map(|stack| stack[0].comparison.a.as_str())
        .collect();
    let too = match winners.as_slice() {
        [] => None,
        [one] => Some(format!("{one} beats its best base model and the averages too.")),
        [before @ .., last] => {
            let before = before.join(", ");
            Some(format!("{before} and {last} beat their best base model and the averages too."))
        }
    };
    let of_losers = of_others.iter().filter(|stack| !stack.iter().all(|duel| wins(duel)));
    let told = best.into_iter().map(sentence).chain(too);
    told.chain(of_losers.flat_map(|stack| stack.iter().map(|duel| sentence(duel)))).collect()
}

/// "`GBStack` beats its best base model, `ItemKNNModel`, by .014 NDCG@10 [.009, .019]."
pub fn sentence(duel: &Duel) -> String {
    let Comparison { a, b, difference, low, high, k, .. } = &duel.comparison;
    let role = role(duel.role);
    let verb = if *low > 0.0 {
        "beats"
    } else if *high < 0.0 {
        "loses to"
    } else {
        return format!(
            "{a} cannot be told from {role}, {b}: {} {} [{}, {}].",
            short(*difference),
            name(*k),
            short(*low),
            short(*high)
        );
    };
    let (low, high) = if *low > 0.0 { (*low, *high) } else { (-high, -low) };
    format!(
        "{a} {verb} {role}, {b}, by {} {} [{}, {}].",
        short(difference.abs()),
        name(*k),
        short(low),
        short(high)
    )
}

/// What the rival is to the stack.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::BestBase => "its best base model",
        Role::Average => "the plain average",
    }
}

fn name(k: Option<usize>) -> String {
    k.map_or_else(|| "NDCG".to_owned(), |k| format!("NDCG@{k}"))
}

/// `.014`, `-.003`: as the field writes it.
fn short(value: f64) -> String {
    let text = format!("{:.3}", value.abs());
    let digits = text.strip_prefix('0').unwrap_or(&text);
    let is_negative = value < 0.0 && digits.contains(|digit: char| digit.is_ascii_digit() && digit != '0');
    format!("{}{digits}", if is_negative { "-" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duel(role: Role, difference: f64, low: f64, high: f64) -> Duel {
        let comparison = Comparison {
            a: "GBStack".to_owned(),
            b: "ItemKNNModel".to_owned(),
            metric: "ndcg",
            k: Some(10),
            difference,
            low,
            high,
            p: 0.5,
            p_holm: 0.5,
            n_users: 599,
        };
        Duel { role, comparison }
    }

    #[test]
    fn the_sentence_says_who_wins_and_by_how_much() {
        assert_eq!(
            sentence(&duel(Role::BestBase, 0.0142, 0.0091, 0.0193)),
            "GBStack beats its best base model, ItemKNNModel, by .014 NDCG@10 [.009, .019]."
        );
        assert_eq!(
            sentence(&duel(Role::Average, -0.0096, -0.0141, -0.0052)),
            "GBStack loses to the plain average, ItemKNNModel, by .010 NDCG@10 [.005, .014]."
        );
        assert_eq!(
            sentence(&duel(Role::Average, 0.002, -0.0031, 0.0071)),
            "GBStack cannot be told from the plain average, ItemKNNModel: .002 NDCG@10 [-.003, .007]."
        );
    }

    #[test]
    fn the_best_stack_is_told_at_length_and_the_others_in_brief() {
        let of = |name: &str, low: f64| {
            let mut duel = duel(Role::BestBase, 0.01, low, 0.02);
            duel.comparison.a = name.to_owned();
            duel
        };
        let told = sentences(&[of("A", 0.005), of("B", 0.004), of("C", 0.003), of("D", -0.001)]);
        assert_eq!(
            told,
            [
                "A beats its best base model, ItemKNNModel, by .010 NDCG@10 [.005, .020].",
                "B and C beat their best base model and the averages too.",
                "D cannot be told from its best base model, ItemKNNModel: .010 NDCG@10 [-.001, .020].",
            ]
        );
        assert_eq!(
            sentences(&[of("A", 0.005), of("B", 0.004)])[1],
            "B beats its best base model and the averages too."
        );
        assert_eq!(sentences(&[]).len(), 1);
    }

    #[test]
    fn a_rounded_zero_has_no_sign() {
        assert_eq!([short(-0.0001), short(1.0), short(-0.25)], [".000", "1.000", "-.250"]);
    }
}
