//! The fingerprint of a protocol's numbers: what they depend on besides the models.

use artifacts::Fingerprint;

use crate::known::Known;
use crate::protocol::Protocol;

/// Raised whenever the definition of a metric changes.
const DEFINITIONS: u32 = 2;

/// The fingerprint of a protocol on this split.
pub fn of(protocol: Protocol, known: &Known, relevant_from: f64, ties: &str) -> Fingerprint {
    Fingerprint {
        protocol: protocol.name().to_owned(),
        data: known.data.clone(),
        split: known.split.clone(),
        relevance: format!("rating >= {relevant_from}"),
        ties: ties.to_owned(),
        users: "without a relevant test item: left out".to_owned(),
        definitions: DEFINITIONS,
    }
}

#[cfg(test)]
mod tests {
    use artifacts::tables::SplitRatings;
    use dataset::split::Part;
    use dataset::{Items, Rating, Ratings};

    use super::*;

    fn of(value: f32, test_row: usize, protocol: Protocol, ties: &str) -> Fingerprint {
        let rating = |item_id| Rating { user_id: 1, item_id, value, timestamp: 5 };
        let ratings: Ratings = [10, 20].map(rating).into_iter().collect();
        let part = |row| if row == test_row { Part::Test } else { Part::BaseTrain };
        let parts: Vec<Part> = (0..2).map(part).collect();
        let split = SplitRatings { rows: vec![0, 1], ratings, parts, folds: vec![Some(0); 2] };
        let items =
            Items::new(vec![(10, String::new(), Vec::new()), (20, String::new(), Vec::new())]).unwrap();
        super::of(protocol, &Known::of(&split, &items, &[]), 4.0, ties)
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
