//! What the lists of some users are made from.

use dataset::History;
use recommenders::FittedModel;
use stacking::{AsOf, RoundFeatures};

use crate::Held;

/// Some users, or all: what they rated, and what has been made of it.
pub struct UserSide<'a> {
    /// The base models, with these users among theirs.
    pub models: &'a [FittedModel],
    /// What the users have rated, but for what is held back: no candidates, unless the configuration wants them. One who is not there is cold.
    pub rated: &'a History,
    /// The features, from the ratings that they may see.
    pub features: RoundFeatures<'a>,
    /// What the users rated in the test part.
    pub held: &'a Held,
    /// As of when candidates are asked for.
    pub as_of: AsOf,
    /// The time of the last rating of all users, which a cold user's candidates are asked for at; in seconds since 1970.
    pub last_of_all: i64,
}
