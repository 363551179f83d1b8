//! How good is a ranking: slices in, numbers out. Knows no file, no model and no other crate of the workspace.
//!
//! * [`ranking`]: the order of one user's rows, with the one tie rule, and what a metric sees of it;
//! * [`dcg`]: gains and discounts, shared with the learning-to-rank objectives;
//! * [`per_user`]: the metrics of one user's ranking, one a file, and their registry [`Metric::ALL`];
//! * [`pooled`]: the metrics of all rows together, one a file;
//! * [`beyond_accuracy`]: coverage, exposure, novelty, diversity and popularity of the lists;
//! * [`scorers`]: the constant and the oracle, between which every model lies;
//! * [`evaluation`]: every per-user metric of several models in one pass;
//! * [`statistics`]: how sure those numbers are, and which differences between models are more than luck.
//!
//! Which users count: a user without a relevant row says nothing about a ranking and is left out, never counted as
//! perfect or as zero; how many are left out stands beside each mean. (`trec_eval` counts such a user as 0 wherever
//! the run holds them.)

pub mod beyond_accuracy;
pub mod dcg;
mod error;
pub mod evaluation;
pub mod per_user;
pub mod pooled;
pub mod ranking;
pub mod scorers;
pub mod statistics;

pub use error::MetricsError;
pub use evaluation::{
    Column, Groups, ItemSegmentValues, ModelScores, PerUser, PerUserValue, Plan, Summary, TestRows, evaluate,
    evaluate_item_segments,
};
pub use per_user::{Compute, Metric};
pub use ranking::{RankOrder, RankedList, Ranker, TieGroup, TieOrder, Ties};
