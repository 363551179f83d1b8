//! Out-of-fold stacking: which ratings the models and statistics of a row may see.

mod plan;

pub use plan::{Method, Plan, PlanError, Round};
