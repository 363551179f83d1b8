//! What is known besides the ratings.

use dataset::{Items, Tag};

/// The side data that models of content look at; a model takes what it needs.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    /// The catalogue: titles, years, genres.
    pub items: &'a Items,
    /// What users called the items; empty where the data set has no tags.
    pub tags: &'a [Tag],
}
