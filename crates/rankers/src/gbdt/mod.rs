//! Histogram gradient boosting: a sum of regression trees, each fitted to the derivatives of the loss at the scores so far.
//!
//! What happens to a training set, and where:
//! 1. `params`: the checked settings.
//! 2. `binning` and `cuts`: each feature's values become at most 255 bins; `binned_matrix` holds them, `binned_features` the edges too.
//! 3. `sampling`: the rows and columns that a tree may see.
//! 4. `fixed_point`: first and second derivatives as integers, whose sums are the same in any order.
//! 5. `histogram`: their sums in each bin of each feature, over the rows of one node.
//! 6. `split`: the best split of a node; `partition` then parts its rows.
//! 7. `frontier` and `grower`: which leaf is split next, and the tree that comes of it.
//! 8. `start` and `booster`: a linear model or a constant, then one tree after the other, the learning curve, early stopping.
//! 9. `byte_tree`: the leaves of many rows, from their bins; `descent` does it for trees that are too large for that.
//! 10. `tree`, `model`, `predict`, `importance`: what is left when the fit is over.

mod binned_features;
mod binned_matrix;
mod binning;
mod booster;
mod byte_tree;
mod cuts;
mod descent;
mod fixed_point;
mod frontier;
mod grower;
mod histogram;
mod importance;
mod learning_curve;
mod model;
mod params;
mod partition;
mod predict;
mod sampling;
mod split;
mod start;
mod tree;

pub use binned_features::{BinnedFeatures, BinnedRows};
pub use booster::{MAX_ROWS, fit, fit_binned, fit_from};
pub use importance::Importance;
pub use learning_curve::LearningCurve;
pub use model::GbdtModel;
pub use params::{CheckedGbdtParams, Criterion, GbdtParams, Growth};
pub use tree::{Leaf, Split, Tree};
