//! What the lists shown to the users are like, whether or not they hit: how much of the catalogue they reach, how evenly,
//! and how novel, diverse and popular they are.
//!
//! All of it looks at the users' first K items, in the order of [`crate::TieOrder::SmallerItem`] ([`TopLists`]), and at
//! what the training ratings say of the catalogue ([`Catalogue`]). A user with fewer than K items has a shorter list and
//! counts with it; one with an empty list has no value. All users with rows count, also those without a relevant row: no
//! label is looked at.
//!
//! Coverage and the Gini index are numbers of all lists together. Novelty, diversity and popularity are per-user values,
//! whose means have bootstrap intervals; [`measure()`] takes all of them at once.

mod catalogue;
mod coverage;
mod diversity;
mod gini;
mod measure;
mod novelty;
mod popularity;
#[cfg(test)]
mod testing;
mod top_lists;

pub use catalogue::Catalogue;
pub use coverage::catalogue_coverage;
pub use diversity::intra_list_diversity;
pub use gini::gini_index;
pub use measure::{BeyondAccuracy, measure};
pub use novelty::novelty;
pub use popularity::{list_popularity, popularity_lift, profile_popularity};
pub use top_lists::TopLists;
