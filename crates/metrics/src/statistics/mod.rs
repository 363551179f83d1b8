//! How sure is a number: intervals over users, and paired comparisons of models.
//!
//! The users are the sample. A resample draws as many users as there are, with replacement, and each number is taken
//! again over the users drawn; how it scatters over the resamples tells how it would scatter over other users like these
//! (Efron, 1979). The users drawn are the same for every model and metric, so that differences are paired: what makes a
//! user hard for all models cancels.
//!
//! * [`UserSample`]: what each user contributes to each number;
//! * [`Bootstrap`]: the draws, and [`Replicates`], a number's values over them, with the interval and the p-value;
//! * [`Bootstrap::summary_intervals`] of the per-user metrics, [`Bootstrap::pooled`] of the metrics of all rows together;
//! * [`Comparison`]: one model against another, corrected for the number of comparisons by [`holm()`].
//!
//! The interval is `BCa`, bias-corrected and accelerated (Efron, 1987), because it follows the skewness that metrics near an
//! end of their range have, and never leaves that range as the basic interval (2 × mean - percentile) does. In a simulation
//! of 4,000 data sets of 200 users it held the truth as often as the percentile interval where differences are symmetric
//! (94.5 and 94.8 %), and where users are exponential it missed on both sides alike (2.8 % below, 2.9 % above, against
//! 2.2 and 3.8 %). One miss among 610 users, a hit rate of .998: the exact interval starts at .991, `BCa` at .990 to .992
//! (three seeds), the percentile interval at .995. `tests/coverage.rs` repeats the simulation on a smaller scale.

mod bootstrap;
mod comparison;
mod draws;
mod holm;
mod normal;
mod pooled;
mod replicates;
mod resamples;
mod user_sample;

pub use bootstrap::Bootstrap;
pub use comparison::{Comparison, Pair};
pub use holm::holm;
pub use pooled::{Pooled, PooledMetric, PooledValue};
pub use replicates::{Interval, Replicates};
pub use user_sample::UserSample;
