//! Features of candidates, for the meta-models.
//!
//! A [`FeatureGroup`] computes related columns from a [`dataset::History`] and a [`Batch`] of candidates. Neither holds the
//! rating of a candidate, so no feature can depend on the label of its own row, unless the caller puts that row into the
//! history. [`FeatureBuilder`] runs the chosen groups one after the other and gives a [`FeatureTable`].
//!
//! One group a file; [`FeatureGroupKind`] lists them by name. A new group is one file here and one arm in `registry.rs`.

mod base_scores;
mod batch;
mod builder;
mod group;
mod item_statistics;
mod rating_statistics;
mod registry;
mod table;
mod user_statistics;

pub use base_scores::BaseScores;
pub use batch::{Batch, BatchError};
pub use builder::FeatureBuilder;
pub use group::{Context, FeatureGroup};
pub use item_statistics::ItemStatistics;
pub use registry::{FeatureGroupKind, UnknownFeatureGroup};
pub use table::{Column, DuplicateFeature, FeatureTable};
pub use user_statistics::UserStatistics;
