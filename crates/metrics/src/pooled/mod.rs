//! The metrics of all rows together, whoever the user is: one a file. They are `None` where they have nothing to measure.
//!
//! [`rmse()`] and [`mae()`] need scores on the scale of the rating, [`log_loss()`] and [`calibration()`] need
//! probabilities, [`auc_global()`] takes any score.

mod auc_global;
mod calibration;
mod log_loss;
mod mae;
mod rmse;

pub use auc_global::auc_global;
pub(crate) use auc_global::auc_influences;
pub use calibration::{Bin, CALIBRATION_BINS, Calibration, calibration};
pub(crate) use log_loss::log_loss_of;
pub use log_loss::{CLIP as LOG_LOSS_CLIP, log_loss};
pub(crate) use mae::absolute_error;
pub use mae::mae;
pub use rmse::rmse;
pub(crate) use rmse::squared_error;
