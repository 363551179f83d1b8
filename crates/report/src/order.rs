//! The order of models: one for the table and the plots.

use std::cmp::Ordering;

use crate::data::ModelRow;

/// By NDCG, the best first; models without one last; of equal ones by name.
pub fn by_ndcg(models: &[ModelRow]) -> Vec<&ModelRow> {
    let mut rows: Vec<&ModelRow> = models.iter().collect();
    rows.sort_by(|one, other| {
        let values = match (one.metric("ndcg"), other.metric("ndcg")) {
            (Some(a), Some(b)) => b.total_cmp(&a),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        values.then_with(|| one.model.cmp(&other.model))
    });
    rows
}
