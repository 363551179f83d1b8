//! The list of feature groups, by name.

use crate::{BaseScores, Context, FeatureGroup, ItemStatistics, UserStatistics};

/// Every feature group, in the order of their columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeatureGroupKind {
    /// [`BaseScores`].
    BaseScores,
    /// [`UserStatistics`].
    UserStatistics,
    /// [`ItemStatistics`].
    ItemStatistics,
}

/// A group name that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no feature group {name}; the groups are {}", FeatureGroupKind::ALL.map(FeatureGroupKind::name).join(", "))]
pub struct UnknownFeatureGroup {
    /// What was asked for.
    pub name: String,
}

impl FeatureGroupKind {
    /// All groups, in the order of their columns.
    pub const ALL: [Self; 3] = [Self::BaseScores, Self::UserStatistics, Self::ItemStatistics];

    /// The name in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BaseScores => "base_scores",
            Self::UserStatistics => "user_statistics",
            Self::ItemStatistics => "item_statistics",
        }
    }

    /// The group of that name.
    ///
    /// # Errors
    /// [`UnknownFeatureGroup`], which lists the names there are.
    pub fn from_name(name: &str) -> Result<Self, UnknownFeatureGroup> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| UnknownFeatureGroup { name: name.to_owned() })
    }

    /// The group, with its statistics taken from `context`.
    pub fn prepare(self, context: &Context<'_>) -> Box<dyn FeatureGroup> {
        match self {
            Self::BaseScores => Box::new(BaseScores),
            Self::UserStatistics => Box::new(UserStatistics::new(context)),
            Self::ItemStatistics => Box::new(ItemStatistics::new(context)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_found_by_name() {
        for kind in FeatureGroupKind::ALL {
            assert_eq!(FeatureGroupKind::from_name(kind.name()), Ok(kind));
        }
        assert_eq!(
            FeatureGroupKind::from_name("mood").unwrap_err().to_string(),
            "there is no feature group mood; the groups are base_scores, user_statistics, item_statistics"
        );
    }
}
