//! The meta-models: what turns a matrix of features into one score a row.
//!
//! * [`logistic`]: L2-regularised logistic regression, by Newton's method to the optimum.
//! * [`gbdt`]: histogram gradient boosting of regression trees.
//! * [`objective`]: the losses that boosting minimises, behind one trait.
//! * [`export`]: a fitted booster in other tools' formats.
//!
//! Rows come as a [`FeatureMatrix`]; labels as `f32`. Every fit gives the same bytes at any number of rayon threads.

mod error;
pub mod export;
pub mod gbdt;
pub mod logistic;
mod matrix;
pub mod objective;
mod registry;

pub use error::{FitError, MatrixError, ModelError, ParamError};
pub use matrix::{FeatureMatrix, LabelledRows};
pub use registry::MetaModel;
