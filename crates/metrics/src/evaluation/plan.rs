//! What to measure.

use crate::{Compute, Metric, MetricsError, RankedList, Ties};

/// One column of the result: a metric, and its cut where it has one.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The metric.
    pub metric: Metric,
    /// Its cut: `Some` exactly where [`Metric::needs_k`].
    pub k: Option<usize>,
}

impl Column {
    /// The metric's value on `list`.
    pub(super) fn value(&self, list: &RankedList<'_>, ties: Ties) -> Option<f64> {
        let compute = match ties {
            Ties::Broken(_) => self.metric.compute,
            Ties::Expected => self.metric.expected,
        };
        match (compute, self.k) {
            (Compute::AtK(at_k), Some(k)) => at_k(list, k),
            (Compute::AtK(at_k), None) => at_k(list, list.len()),
            (Compute::WholeList(whole), _) => whole(list),
        }
    }
}

/// The metrics of an evaluation, checked.
#[derive(Debug, Clone)]
pub struct Plan {
    columns: Vec<Column>,
    ties: Ties,
}

impl Plan {
    /// Measures `metrics`, each that needs a cut at each of `ks`; ties by the smaller item.
    ///
    /// # Errors
    /// [`MetricsError::Cut`] for a cut of 0 or twice the same, [`MetricsError::NoCut`] where a metric needs a cut and
    /// there is none.
    pub fn new(metrics: &[Metric], ks: &[usize]) -> Result<Self, MetricsError> {
        for (at, &k) in ks.iter().enumerate() {
            if k == 0 || ks[..at].contains(&k) {
                return Err(MetricsError::Cut { k });
            }
        }
        if ks.is_empty() && metrics.iter().any(Metric::needs_k) {
            return Err(MetricsError::NoCut);
        }
        let mut columns = Vec::new();
        for &metric in metrics {
            if metric.needs_k() {
                columns.extend(ks.iter().map(|&k| Column { metric, k: Some(k) }));
            } else {
                columns.push(Column { metric, k: None });
            }
        }
        Ok(Self { columns, ties: Ties::default() })
    }

    /// Every metric of the registry at these cuts.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn all(ks: &[usize]) -> Result<Self, MetricsError> {
        Self::new(Metric::ALL, ks)
    }

    /// The same metrics with another rule for ties: a [`crate::TieOrder`], or [`Ties::Expected`].
    #[must_use]
    pub fn with_ties(self, ties: impl Into<Ties>) -> Self {
        Self { ties: ties.into(), ..self }
    }

    /// What is measured: metrics in the order given, cuts within them.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// What becomes of ties.
    pub fn ties(&self) -> Ties {
        self.ties
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_for_each_metric_and_cut() {
        let metrics = ["mrr", "ndcg"].map(|name| Metric::from_name(name).unwrap());
        let plan = Plan::new(&metrics, &[5, 10]).unwrap();
        let columns: Vec<_> = plan.columns().iter().map(|column| (column.metric.name, column.k)).collect();
        assert_eq!(columns, [("mrr", None), ("ndcg", Some(5)), ("ndcg", Some(10))]);
        assert!(Plan::new(&metrics[..1], &[]).is_ok());
    }

    #[test]
    fn bad_cuts_are_named() {
        let message = |ks: &[usize]| Plan::all(ks).unwrap_err().to_string();
        assert_eq!(message(&[]), "ks is empty, expected at least one cut, for example 10");
        assert_eq!(message(&[5, 0]), "ks holds 0, expected different cuts of at least 1");
        assert_eq!(message(&[5, 5]), "ks holds 5 twice, expected different cuts of at least 1");
    }
}
