//! What can go wrong while lists are made.

use rankers::{MatrixError, ModelError, StackError};
use stacking::FeatureError;

/// Models that were not made for each other: a meta-model that was fitted on other features than there are.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The features cannot be put together.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// Nor be laid out for the meta-model.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    /// The meta-model does not take them.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// What explains it does not.
    #[error(transparent)]
    Model(#[from] ModelError),
}
