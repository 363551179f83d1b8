//! What a number depends on besides the model: two numbers may be compared where all of it is the same.

use serde::{Deserialize, Serialize};

use crate::{Sha256Stream, sha256_of_bytes};

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
    /// All of it in 16 hex digits.
    pub fn digest(&self) -> String {
        let text: Vec<String> = self.parts().into_iter().map(|(_, value)| value).collect();
        Self::of_bytes(text.join("\n").as_bytes())
    }

    /// 16 hex digits of the SHA-256 of `bytes`.
    pub fn of_bytes(bytes: &[u8]) -> String {
        sha256_of_bytes(bytes)[..16].to_owned()
    }

    /// The same of the bytes of a stream.
    pub fn of_stream(stream: Sha256Stream) -> String {
        stream.finish()[..16].to_owned()
    }

    /// The parts that differ: name, this value, the other's.
    pub fn differences(&self, other: &Self) -> Vec<(&'static str, String, String)> {
        let pairs = self.parts().into_iter().zip(other.parts());
        pairs
            .filter(|(one, other)| one != other)
            .map(|((name, one), (_, other))| (name, one, other))
            .collect()
    }

    fn parts(&self) -> [(&'static str, String); 7] {
        [
            ("protocol", self.protocol.clone()),
            ("data", self.data.clone()),
            ("split", self.split.clone()),
            ("relevance", self.relevance.clone()),
            ("ties", self.ties.clone()),
            ("users", self.users.clone()),
            ("definitions", self.definitions.to_string()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_named() {
        let one = Fingerprint {
            protocol: "rated".to_owned(),
            data: "d".to_owned(),
            split: "s".to_owned(),
            relevance: "rating >= 4".to_owned(),
            ties: "smaller_item".to_owned(),
            users: "all".to_owned(),
            definitions: 2,
        };
        let other = Fingerprint { relevance: "rating >= 3".to_owned(), definitions: 3, ..one.clone() };
        let names: Vec<_> = one.differences(&other).into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names, ["relevance", "definitions"]);
        assert!(one.digest() != other.digest() && one.digest().len() == 16);
        assert!(one.differences(&one).is_empty());
    }
}
