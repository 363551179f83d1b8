//! The words that every other crate shares: ratings, ids, items, histories, candidates, splits and named
//! random streams. No disk and no models: tables in memory only.

mod candidate;
mod csr;
mod history;
mod ids;
mod item_statistics;
mod items;
mod lookup;
mod ratings;
pub mod rng;
pub mod split;
mod tag;

pub use candidate::Candidate;
pub use csr::Csr;
pub use history::History;
pub use ids::{IdIndex, ItemId, UserId};
pub use item_statistics::ItemStatistics;
pub use items::{GenreSet, Item, Items, TooManyGenres};
pub use lookup::Lookup;
pub use ratings::{Rating, Ratings};
pub use tag::Tag;
