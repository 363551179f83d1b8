//! What a number depends on besides the model: two numbers may be compared where all of it is the same.

use artifacts::sha256_of_bytes;
use artifacts::tables::SplitRatings;
use dataset::Items;
use dataset::split::Part;
use serde::{Deserialize, Serialize};

use crate::protocol::Protocol;

/// Raised whenever the definition of a metric changes.
const DEFINITIONS: u32 = 2;

/// Everything that two runs must have in common, each part under its own name, so that a refusal can name the difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The protocol's name.
    pub protocol: String,
    /// Digest of the catalogue's ids and of all ratings: who, what, how much, when.
    pub data: String,
    /// Digest of which ratings are test ratings.
    pub split: String,
    /// When a test item is relevant.
    pub relevance: String,
    /// What becomes of equal scores.
    pub ties: String,
    /// Which users count.
    pub users: String,
    /// The version of the metrics' definitions.
    pub definitions: u32,
}

impl Fingerprint {
    /// Of a protocol on this split.
    pub fn new(
        protocol: Protocol,
        split: &SplitRatings,
        items: &Items,
        relevant_from: f64,
        ties: &str,
    ) -> Self {
        let ratings = &split.ratings;
        let mut data = Vec::with_capacity(28 * ratings.len() + 8 * items.all().len());
        for item in items.all() {
            data.extend(item.item_id.to_le_bytes());
        }
        let mut test = Vec::new();
        for (row, part) in split.parts.iter().enumerate() {
            let key = [ratings.user_ids[row], ratings.item_ids[row]].map(i64::to_le_bytes);
            data.extend(key.as_flattened());
            data.extend(ratings.values[row].to_le_bytes());
            data.extend(ratings.timestamps[row].to_le_bytes());
            if *part == Part::Test {
                test.extend(key.as_flattened());
            }
        }
        Self {
            protocol: protocol.name().to_owned(),
            data: short(&data),
            split: short(&test),
            relevance: format!("rating >= {relevant_from}"),
            ties: ties.to_owned(),
            users: "without a relevant test item: left out".to_owned(),
            definitions: DEFINITIONS,
        }
    }

    /// All of it in 16 hex digits.
    pub fn digest(&self) -> String {
        let Self { protocol, data, split, relevance, ties, users, definitions } = self;
        short(format!("{protocol}\n{data}\n{split}\n{relevance}\n{ties}\n{users}\n{definitions}").as_bytes())
    }
}

fn short(bytes: &[u8]) -> String {
    sha256_of_bytes(bytes)[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use dataset::{Rating, Ratings};

    use super::*;

    fn of(value: f32, test_row: usize, protocol: Protocol, ties: &str) -> Fingerprint {
        let rating = |item_id| Rating { user_id: 1, item_id, value, timestamp: 5 };
        let ratings: Ratings = [10, 20].map(rating).into_iter().collect();
        let part = |row| if row == test_row { Part::Test } else { Part::BaseTrain };
        let parts: Vec<Part> = (0..2).map(part).collect();
        let split = SplitRatings { rows: vec![0, 1], ratings, parts, folds: vec![Some(0); 2] };
        let items =
            Items::new(vec![(10, String::new(), Vec::new()), (20, String::new(), Vec::new())]).unwrap();
        Fingerprint::new(protocol, &split, &items, 4.0, ties)
    }

    #[test]
    fn each_part_changes_what_it_is_of_and_the_whole() {
        let one = of(3.0, 0, Protocol::Rated, "smaller_item");
        assert_eq!(one, of(3.0, 0, Protocol::Rated, "smaller_item"));
        let others = [
            of(3.5, 0, Protocol::Rated, "smaller_item"),
            of(3.0, 1, Protocol::Rated, "smaller_item"),
            of(3.0, 0, Protocol::FullCatalogue, "smaller_item"),
            of(3.0, 0, Protocol::Rated, "expected"),
        ];
        assert!(others.iter().all(|other| other.digest() != one.digest()));
        assert!(others[0].data != one.data && others[0].split == one.split);
        assert!(others[1].split != one.split && others[1].data == one.data);
        assert_eq!(one.digest().len(), 16);
    }
}
