//! The base recommenders: each is fitted on a [`dataset::History`] and scores [`dataset::Candidate`]s.
//!
//! One model a file or folder: [`bias`], [`item_knn`], [`mf`], [`genre`], [`svdpp`], [`ease`]. Every model is listed in [`BaseModel`], is fitted
//! by [`BaseModel::fit`], and then answers as a [`Scorer`]. A score is an estimate in stars where
//! [`BaseModel::is_star_scale`] says so, and good for ordering only where not.
//!
//! A new model is one file or folder here, its arms in `registry.rs` and `fitted.rs`, a line in `base_params.rs` where it has
//! hyper-parameters, and one line of `tests/contract.rs`.

mod base_params;
mod baseline;
pub mod bias;
mod biased_factors;
mod content;
pub mod ease;
mod factors;
mod fitted;
pub mod genre;
pub mod item_knn;
pub mod mf;
mod params;
mod registry;
mod scorer;
pub mod svdpp;
mod validate;

pub use base_params::{BaseParams, BaseConfig};
pub use content::Content;
pub use fitted::{Fit, FittedModel};
pub use params::{Checked, InvalidParam, Params};
pub use registry::{BaseModel, UnknownModel};
pub use scorer::Scorer;
pub use validate::InvalidModel;
