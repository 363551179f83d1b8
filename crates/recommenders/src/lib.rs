//! The base recommenders: each is fitted on a [`dataset::History`] and scores [`dataset::Candidate`]s.
//!
//! One model a file or folder. The reference's four: [`bias`], [`item_knn`], [`mf`], [`genre`]. On what a damped baseline leaves
//! over: [`damped_bias`] itself, [`centred_knn`] (item-kNN and user-kNN), [`ridge_content`], [`text_content`], [`embedding_content`], [`ease`]. Then [`svdpp`],
//! [`hybrid_mf`], and of who rated what [`implicit_als`], [`implicit_ease`], [`implicit_item_knn`] and [`popularity`].
//!
//! Every model is listed in [`BaseModel`], is fitted by [`BaseModel::fit`], and then answers as a [`Scorer`]. A score is an estimate in stars where
//! [`BaseModel::is_star_scale`] says so, and good for ordering only where not.
//!
//! New users are added to a fitted model by [`FittedModel::fold_in`], and [`FittedModel::evidence`] says what carried a score.
//!
//! A new model is one file or folder here, its arms in `registry.rs`, `fitted.rs`, `fold_in/mod.rs` and `evidence/mod.rs`, a line in
//! `base_params.rs` where it has hyper-parameters, and one line each of `tests/contract.rs`, `tests/contract/fold_in.rs` and
//! `tests/contract/evidence.rs`.

mod base_params;
mod baseline;
mod baskets;
pub mod bias;
mod biased_factors;
mod by_item;
mod candidates;
pub mod centred_knn;
mod content;
pub mod damped_bias;
pub mod ease;
pub mod embedding_content;
mod evidence;
mod factors;
mod feature_factors;
mod fitted;
mod fold_in;
pub mod genre;
pub mod hybrid_mf;
pub mod implicit_als;
pub mod implicit_ease;
pub mod implicit_item_knn;
mod inverse;
pub mod item_knn;
mod item_side;
pub mod mf;
mod neighbourhood;
mod normal_equations;
mod params;
pub mod popularity;
mod positives;
mod registry;
pub mod ridge_content;
mod scorer;
pub mod svdpp;
mod terms;
pub mod text_content;
mod validate;

pub use base_params::{BaseConfig, BaseParams};
pub use by_item::CatalogueScorer;
pub use candidates::{CandidateConfig, CandidatesFrom, CheckedCandidates};
pub use content::Content;
pub use evidence::{Because, Evidence, ItemShare, LikeMinded, Trait, TraitShare};
pub use feature_factors::FeatureFactorsParams;
pub use fitted::{Fit, FittedModel};
pub use fold_in::KnownUser;
pub use params::{Checked, InvalidParam, Params};
pub use registry::{BaseModel, UnknownModel};
pub use scorer::Scorer;
pub use validate::InvalidModel;
