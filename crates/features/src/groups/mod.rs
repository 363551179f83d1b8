//! The feature groups, one a file.

pub mod base_scores;
pub mod damped_statistics;
pub mod disagreement;
pub mod genre_affinity;
pub mod genre_flags;
pub mod item_facts;
pub mod item_statistics;
pub mod item_trend;
pub mod mood;
pub mod relevant_share;
pub mod session;
pub mod similar_mood;
pub mod spread;
pub mod support;
pub mod taste;
pub mod time;
pub mod user_statistics;
pub mod user_tenure;

#[cfg(test)]
mod testing;

use crate::Column;
use crate::known::{Asked, Place};

/// Related feature columns, prepared from a [`crate::Context`] once and computed for many batches.
///
/// A feature depends on the context and on its own candidate alone, not on the rest of the batch.
pub trait FeatureGroup: Send + Sync {
    /// The columns, each with one finite value a candidate, in the order of the batch.
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column>;
}

/// The columns `names`, with `values` of each candidate's place.
pub(crate) fn columns<const N: usize>(
    names: [&str; N],
    asked: &Asked<'_>,
    values: impl Fn(&Place) -> [f64; N],
) -> Vec<Column> {
    let mut columns =
        names.map(|name| Column { name: name.to_owned(), values: Vec::with_capacity(asked.places.len()) });
    for place in &asked.places {
        for (column, value) in columns.iter_mut().zip(values(place)) {
            column.values.push(value);
        }
    }
    columns.into()
}
