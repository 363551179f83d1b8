//! The words that some users put on what they rated.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use crate::catalogue::{Catalogue, GENRES};
use crate::user::UserRating;

/// The share of users who tag, and of their rated items that they tag: 3 to 4 % of the ratings, as in ml-latest-small.
const TAGGERS: f64 = 0.1;
const TAGGED: f64 = 0.25;

const WORDS: [&str; 16] = [
    "slow",
    "funny",
    "atmospheric",
    "twist ending",
    "great soundtrack",
    "too long",
    "based on a book",
    "quirky",
    "visually stunning",
    "predictable",
    "dark, but funny",
    "\"must see\"",
    "nostalgic",
    "boring",
    "great acting",
    "remake",
];

/// A tag of a user's rated item: item index, text, timestamp.
pub(crate) type UserTag = (u32, String, i64);

/// The tags of the user with these `ratings`, in their order, drawn from the rest of the user's stream.
pub(crate) fn draw(
    catalogue: &Catalogue,
    ratings: &[UserRating],
    last_second: i64,
    rng: &mut ChaCha8Rng,
) -> Vec<UserTag> {
    let mut tags = Vec::new();
    if !rng.random_bool(TAGGERS) {
        return tags;
    }
    for rating in ratings {
        if !rng.random_bool(TAGGED) {
            continue;
        }
        let mut timestamp = rating.timestamp;
        for _ in 0..rng.random_range(1..=2) {
            timestamp = (timestamp + rng.random_range(2..60)).min(last_second);
            let genres = &catalogue.items[rating.item as usize].genres;
            let text = if genres.is_empty() || rng.random_bool(0.6) {
                WORDS[rng.random_range(0..WORDS.len())].to_owned()
            } else {
                GENRES[genres[rng.random_range(0..genres.len())]].0.to_lowercase()
            };
            tags.push((rating.item, text, timestamp));
        }
    }
    tags
}
