//! The commands: one file each.

pub mod base_scores;
pub mod catalogue;
pub mod co_ratings;
pub mod features;
pub mod forget_users;
pub mod item_knn;
pub mod item_models;
pub mod merge_co_ratings;
pub mod metric_means;
pub mod metric_sums;
pub mod metrics;
pub mod mf;
pub mod models;
pub mod residuals;
pub mod scores;
