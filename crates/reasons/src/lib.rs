//! Why an item is recommended, in sentences that a person understands.
//!
//! 1. The contributions of the features to the score are summed over what a person would call one reason: a [`Theme`].
//! 2. The strongest themes are told; what is said comes from the base model that contributed most to the theme, whose
//!    [`Because`](recommenders::Because) names titles, genres or people.
//! 3. What holds for all items of a user alike (how generous the user is, the hour) is no reason for one of them and stays out.
//!
//! The numbers behind a sentence are in `contributions.parquet`, and add up to the score; the sentence itself is a choice of them.

mod sentence;
mod teller;
mod theme;

pub use sentence::{About, Told, of_cold_user, sentence};
pub use teller::Teller;
pub use theme::{Strength, Theme, Themes};
