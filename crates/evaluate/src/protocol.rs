//! What a user's ranking holds, and how the test part was made: the protocol of a number.
//!
//! Two numbers can be compared only where both are the same. Each protocol takes one kind of split; a number of one protocol is never
//! shown beside a number of another without its name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stage::UsageError;

/// How a user's items are ranked and measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// A random split; the items of the user's test ratings.
    Rated,
    /// A random split; all items that the user has not rated in training.
    FullCatalogue,
    /// A split at one moment; the items of the user's test ratings.
    TemporalRated,
    /// A split at one moment; all items that the user has not rated before it.
    Temporal,
    /// Each user's last rating is the test part; all items that the user has not rated before it.
    LeaveLastOut,
}

impl Protocol {
    /// The name in every table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rated => "rated",
            Self::FullCatalogue => "full_catalogue",
            Self::TemporalRated => "temporal_rated",
            Self::Temporal => "temporal",
            Self::LeaveLastOut => "leave_last_out",
        }
    }

    /// Whether all unrated items are ranked, and not only those that the user rated later.
    pub const fn ranks_catalogue(self) -> bool {
        matches!(self, Self::FullCatalogue | Self::Temporal | Self::LeaveLastOut)
    }

    /// The protocol in a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Rated => {
                "Ratings are parted at random; a user's ranking holds the items of the user's test ratings."
            }
            Self::FullCatalogue => {
                "Ratings are parted at random; a user's ranking holds all items that the user has not rated in training."
            }
            Self::TemporalRated => {
                "Ratings are parted at one moment, nothing later is in training; a user's ranking holds the items of the user's test ratings."
            }
            Self::Temporal => {
                "Ratings are parted at one moment, nothing later is in training; a user's ranking holds all items that the user has not rated before."
            }
            Self::LeaveLastOut => {
                "Each user's last rating is the test part; a user's ranking holds all items that the user has not rated before."
            }
        }
    }

    /// How `split` must have made the test part.
    const fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Rated | Self::FullCatalogue => &["hash", "exact"],
            Self::TemporalRated | Self::Temporal => &["temporal"],
            Self::LeaveLastOut => &["leave_last_out"],
        }
    }

    /// Whether the test part that `split` made by `method` is the protocol's.
    ///
    /// # Errors
    /// [`UsageError`] where it is not, with what to do.
    pub fn check(self, method: &str) -> Result<(), UsageError> {
        if self.methods().contains(&method) {
            return Ok(());
        }
        Err(UsageError(format!(
            "protocols holds {}, which needs method = \"{}\" in split.toml, but the split was made with method = \"{method}\"",
            self.name(),
            self.methods().join("\" or \""),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_refuses_another_split() {
        assert!(Protocol::Rated.check("exact").is_ok() && Protocol::TemporalRated.check("temporal").is_ok());
        assert_eq!(
            Protocol::Rated.check("temporal").unwrap_err().to_string(),
            "protocols holds rated, which needs method = \"hash\" or \"exact\" in split.toml, but the split was made with method = \"temporal\""
        );
    }

    #[test]
    fn names_are_those_of_the_configuration() {
        for protocol in [
            Protocol::Rated,
            Protocol::FullCatalogue,
            Protocol::TemporalRated,
            Protocol::Temporal,
            Protocol::LeaveLastOut,
        ] {
            assert_eq!(serde_json::to_value(protocol).unwrap(), protocol.name());
        }
    }
}
