//! The order of models: one for the table and the plots.

use std::cmp::Ordering;

use crate::data::{ModelKind, ModelRow};

/// By NDCG, the best first; models without one last, yardsticks after all others; of equal ones by name.
pub fn by_ndcg(models: &[ModelRow]) -> Vec<&ModelRow> {
    let mut rows: Vec<&ModelRow> = models.iter().collect();
    rows.sort_by(|one, other| {
        let values = match (one.metric("ndcg"), other.metric("ndcg")) {
            (Some(a), Some(b)) => b.total_cmp(&a),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        let yardsticks_last = other.kind.competes().cmp(&one.kind.competes());
        yardsticks_last.then(values).then_with(|| one.model.cmp(&other.model))
    });
    rows
}

/// The best by NDCG of each kind that competes, stacks first: who stands for the others where all would be too many.
pub fn champions(models: &[ModelRow]) -> Vec<&ModelRow> {
    let rows = by_ndcg(models);
    let best = |kind| rows.iter().copied().find(|row| row.kind == kind && row.metric("ndcg").is_some());
    [ModelKind::Meta, ModelKind::Average, ModelKind::Base].into_iter().filter_map(best).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_yardstick_is_last_and_no_champion() {
        let row = |model: &str, kind, ndcg: f64| ModelRow {
            model: model.to_owned(),
            kind,
            metrics: [("ndcg".to_owned(), Some(ndcg))].into(),
        };
        let models = [
            row("Oracle", ModelKind::Yardstick, 1.0),
            row("mf", ModelKind::Base, 0.8),
            row("knn", ModelKind::Base, 0.7),
            row("gb", ModelKind::Meta, f64::NAN),
        ];
        let names = |rows: Vec<&ModelRow>| rows.iter().map(|row| row.model.clone()).collect::<Vec<_>>();
        assert_eq!(names(by_ndcg(&models)), ["mf", "knn", "gb", "Oracle"]);
        assert_eq!(names(champions(&models)), ["mf"]);
    }
}
