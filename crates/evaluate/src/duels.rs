//! Each stack against its rivals, user by user.

use lineup::ModelKind;
use metrics::PerUser;
use metrics::statistics::{Bootstrap, Comparison, Pair, holm};

/// Whom a stack is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The base model with the highest mean.
    BestBase,
    /// A plain average of base models.
    Average,
}

/// One stack against one rival.
#[derive(Debug, Clone, PartialEq)]
pub struct Duel {
    /// Whom it is compared with.
    pub role: Role,
    /// `a` is the stack, `b` the rival.
    pub comparison: Comparison,
}

/// Compares every meta-model with the best base model and with every average, by NDCG at `k`. The best stack's comparisons come first, and
/// of each stack that with the best base model.
pub fn duels(per_user: &PerUser, kinds: &[ModelKind], k: usize, bootstrap: &Bootstrap) -> Vec<Duel> {
    let is_ndcg = |column: &metrics::Column| column.metric.name == "ndcg" && column.k == Some(k);
    let Some(column) = per_user.columns().iter().position(is_ndcg) else { return Vec::new() };
    let mean = |model: usize| {
        let values: Vec<f64> = per_user.values(model, column).flatten().collect();
        values.iter().sum::<f64>() / values.len() as f64
    };
    let of_kind = |kind: ModelKind| (0..kinds.len()).filter(move |&model| kinds[model] == kind);
    let mut stacks: Vec<usize> = of_kind(ModelKind::Meta).collect();
    stacks.sort_by(|&a, &b| mean(b).total_cmp(&mean(a)).then(a.cmp(&b)));
    let best_base = of_kind(ModelKind::Base).max_by(|&a, &b| mean(a).total_cmp(&mean(b)).then(b.cmp(&a)));
    let averages = of_kind(ModelKind::Average).map(|model| (Role::Average, model));
    let rivals: Vec<(Role, usize)> =
        best_base.map(|model| (Role::BestBase, model)).into_iter().chain(averages).collect();
    let (roles, pairs): (Vec<Role>, Vec<Pair>) = stacks
        .iter()
        .flat_map(|&a| rivals.iter().map(move |&(role, b)| (role, Pair { a, b, column })))
        .unzip();
    let compared = bootstrap.compare(per_user, &pairs);
    if compared.len() != pairs.len() {
        return Vec::new(); // fewer than two users: there is nothing to compare
    }
    roles.into_iter().zip(compared).map(|(role, comparison)| Duel { role, comparison }).collect()
}

/// Corrects the p-values for the comparisons of all protocols together, which are one family (Holm).
pub fn correct<'a>(all: impl Iterator<Item = &'a mut Duel>) {
    let mut duels: Vec<&mut Duel> = all.collect();
    let p_values: Vec<f64> = duels.iter().map(|duel| duel.comparison.p).collect();
    for (duel, p_holm) in duels.iter_mut().zip(holm(&p_values)) {
        duel.comparison.p_holm = p_holm;
    }
}
