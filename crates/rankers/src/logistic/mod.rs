//! L2-regularised logistic regression.
//!
//! Minimises `0.5 |w|^2 + C * sum of log-losses` over the coefficients `w` and an intercept that is not penalised, as scikit-learn's
//! `LogisticRegression(C=C)` does. Newton's method with a line search goes to the optimum, also where columns are collinear, and the
//! model says whether it got there.
//!
//! [`choose_c`] chooses C by cross-validation over given folds.
//!
//! A missing value counts as the mean of its column over the training rows (0 where the column has no value at all); the means are
//! part of the model.

mod choice;
mod model;
mod newton;
mod params;
mod problem;
mod scaling;
mod tile;

pub use choice::{Candidate, CheckedChoiceParams, Choice, ChoiceParams, choose_c};
pub use model::{Convergence, LogisticModel};
pub use newton::fit;
pub use params::{CheckedLogisticParams, LogisticParams};
