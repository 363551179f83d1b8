//! The meta-models: what turns a matrix of features into one score a row.
//!
//! * [`logistic`]: L2-regularised logistic regression, by Newton's method to the optimum.
//! * [`gbdt`]: histogram gradient boosting of regression trees.
//! * [`objective`]: the losses that boosting minimises, behind one trait.
//! * [`calibration`]: from raw scores to probabilities that come true.
//! * [`blend`]: a convex combination of meta-models.
//! * [`contributions`]: what each feature adds to a score.
//! * [`segments`]: one calibrator or model a segment of users.
//! * [`Reranking`]: from good items to a good list.
//! * [`Stack`]: the fitted meta-models of a run together.
//! * [`export`]: fitted models in other tools' formats.
//! * [`import`]: boosters that were fitted elsewhere.
//!
//! Rows come as a [`FeatureMatrix`]; labels as `f32`. Every fit gives the same bytes at any number of rayon threads.

pub mod blend;
pub mod calibration;
pub mod contributions;
mod error;
pub mod export;
mod fitted;
pub mod gbdt;
pub mod import;
pub mod logistic;
mod matrix;
pub mod objective;
mod registry;
mod reranking;
pub mod segments;
mod stack;

pub use error::{FitError, MatrixError, ModelError, ParamError};
pub use fitted::Fitted;
pub use matrix::{FeatureMatrix, LabelledRows};
pub use registry::MetaModel;
pub use reranking::Reranking;
pub use stack::{Predicted, Stack, StackError, among_all};
