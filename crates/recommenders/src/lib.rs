//! The base recommenders: each is fitted on a [`dataset::History`] and scores [`dataset::Candidate`]s.
//!
//! One model a file or folder: [`bias`], [`item_knn`], [`mf`], [`genre`]. Every model is listed in [`BaseModel`], is fitted
//! by [`BaseModel::fit`], and then answers as a [`Scorer`]. A score is an estimate in stars, but for
//! [`genre::GenreContent`], whose score is a cosine in [0, 1].
//!
//! A new model is one file here, one arm in `registry.rs`, one in `fitted.rs`, and one line of `tests/contract.rs`.

pub mod bias;
mod fitted;
pub mod genre;
pub mod item_knn;
pub mod mf;
mod params;
mod registry;
mod scorer;
mod validate;

pub use fitted::{BaseParams, Fit, FittedModel};
pub use params::{Checked, InvalidParam, Params};
pub use registry::BaseModel;
pub use scorer::Scorer;
pub use validate::InvalidModel;
