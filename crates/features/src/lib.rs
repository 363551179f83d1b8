//! Features of candidates, for the meta-models.
//!
//! A [`FeatureGroup`] computes related columns from a [`Context`] (a [`dataset::History`], the catalogue, how much of the training
//! part the history holds, the protocol) and a [`Batch`] of candidates. Neither holds the rating of a candidate, so no feature can
//! depend on the label of its own row, unless the caller puts that row into the history. [`FeatureBuilder`] runs the chosen groups
//! one after the other and gives a [`FeatureTable`].
//!
//! * [`groups`]: one group a file, with its columns, their units, ranges and values where nothing is known. [`FeatureGroupKind`] lists
//!   them by name. A new group is one file there and one arm in `registry.rs`.
//! * `known`: what the groups share, prepared once a history: ratings in time order with running sums, residuals of a damped
//!   baseline, sums with weights that fall with the distance in time.

mod batch;
mod builder;
mod context;
pub mod groups;
mod known;
mod registry;
mod table;

pub use batch::{Batch, BatchError};
pub use builder::FeatureBuilder;
pub use context::Context;
pub use groups::FeatureGroup;
pub use known::{Asked, Known, Place, Seen, UncountedItem, Whole};
pub use registry::{FeatureGroupKind, UnknownFeatureGroup};
pub use table::{Column, DuplicateFeature, FeatureTable};
