//! Out-of-fold stacking: which ratings the base models and the statistics of a row may see.
//!
//! * [`Plan`]: the rounds. A [`Round`] says which ratings are known and which rows are asked; no asked row is known.
//! * [`BaseSetup`]: base models are fitted on what is known and score what is asked.
//! * [`propose`]: which items are asked, where they come from the whole catalogue.
//! * [`features()`]: the features of what is asked, from what is known; [`ItemSide`]: the same of a part of the users, from what is counted of the items.
//! * [`probe`]: the proof that no feature depends on a label that it may not see.
//!
//! The stages and the audit call the same functions, so that what is proved is what runs.

mod base_scores;
mod candidates;
mod feature_config;
mod features;
mod item_side;
mod plan;
pub mod probe;
mod top;

pub use base_scores::{BaseSetup, FitError, Scored, score, score_all};
pub use candidates::{AsOf, Proposals, Proposed, is_sampled, propose};
pub use feature_config::{FeatureConfig, FeatureConfigError, FeatureSetup, StatisticsFrom};
pub use features::{BaseColumns, FeatureError, RoundFeatures, features, statistics_history};
pub use item_side::ItemSide;
pub use plan::{Method, Plan, PlanError, Round, n_folds};
pub use top::Top;
