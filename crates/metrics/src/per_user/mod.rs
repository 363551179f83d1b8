//! The metrics of one user's ranking, one a file, and their registry.
//!
//! A metric is a file with its function and its [`Metric`] constant, and one line in [`Metric::ALL`]. Each is a pure
//! function of a [`RankedList`], lies in [0, 1], is larger for the better ranking, and is `None` where the list has no
//! relevant row. 1 means that no order of these rows would be better (but for `precision` and `precision_trec`,
//! which also ask for enough relevant rows).
//!
//! Each has a twin, its expectation over uniformly random orders of tied rows, after `McSherry` and Najork, "Computing
//! information retrieval performance measures efficiently in the presence of tied scores", ECIR 2008. A relevant row of a
//! tie group of n rows, r of them relevant, stands at each rank of the group with the chance r / n; what sums over ranks
//! (hits, DCG) takes that in the place of the label. Whether a first hit comes, and how many hits stand above another, is
//! drawing without replacement.

mod auc;
mod hit_rate;
mod map;
mod map_cut;
mod mrr;
mod ndcg;
mod ndcg_graded;
mod precision;
mod precision_trec;
mod recall;
#[cfg(test)]
mod testing;

pub use auc::auc;
pub(crate) use auc::share_of_ordered_pairs;
pub use hit_rate::{expected_hit_rate, hit_rate};
pub use map::{average_precision, expected_average_precision};
pub use map_cut::{average_precision_cut, expected_average_precision_cut};
pub use mrr::{expected_reciprocal_rank, reciprocal_rank};
pub use ndcg::{expected_ndcg, ndcg};
pub use ndcg_graded::{expected_ndcg_graded, ndcg_graded};
pub use precision::{expected_precision, precision};
pub use precision_trec::{expected_precision_trec, precision_trec};
pub use recall::{expected_recall, recall};

use crate::{MetricsError, RankedList};

/// How a metric is computed.
#[derive(Debug, Clone, Copy)]
pub enum Compute {
    /// From the whole list.
    WholeList(fn(&RankedList<'_>) -> Option<f64>),
    /// From the first k rows.
    AtK(fn(&RankedList<'_>, usize) -> Option<f64>),
}

/// A metric of one user's ranking.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// The name in every table.
    pub name: &'static str,
    /// Its function.
    pub compute: Compute,
    /// Its mean over all orders of tied rows ([`crate::Ties::Expected`]); needs a cut exactly where `compute` does.
    pub expected: Compute,
}

impl Metric {
    /// The registry, in the order of the tables.
    pub const ALL: &'static [Self] = &[
        hit_rate::METRIC,
        precision::METRIC,
        precision_trec::METRIC,
        recall::METRIC,
        ndcg::METRIC,
        ndcg_graded::METRIC,
        map_cut::METRIC,
        map::METRIC,
        mrr::METRIC,
        auc::METRIC,
    ];

    /// The names of the registry.
    pub fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|metric| metric.name).collect()
    }

    /// The metric with this name.
    ///
    /// # Errors
    /// [`MetricsError::UnknownMetric`], which lists the names there are.
    pub fn from_name(name: &str) -> Result<Self, MetricsError> {
        let found = Self::ALL.iter().find(|metric| metric.name == name);
        found.copied().ok_or_else(|| MetricsError::UnknownMetric { name: name.to_owned() })
    }

    /// Whether the metric looks at the first k rows only, so that a value needs its k.
    pub fn needs_k(&self) -> bool {
        matches!(self.compute, Compute::AtK(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_found() {
        let mut names = Metric::names();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Metric::ALL.len());
        assert!(Metric::from_name("ndcg").unwrap().needs_k());
        assert!(!Metric::from_name("mrr").unwrap().needs_k());
        let error = Metric::from_name("nDCG").unwrap_err().to_string();
        assert!(
            error.starts_with("metric `nDCG` is unknown, expected one of hit_rate, precision,"),
            "{error}"
        );
    }
}
