//! The list of feature groups, by name.

use crate::groups::base_scores::BaseScores;
use crate::groups::damped_statistics::DampedStatistics;
use crate::groups::disagreement::Disagreement;
use crate::groups::genre_affinity::GenreAffinity;
use crate::groups::genre_flags::GenreFlags;
use crate::groups::item_facts::ItemFacts;
use crate::groups::item_statistics::ItemStatistics;
use crate::groups::item_trend::ItemTrend;
use crate::groups::mood::Mood;
use crate::groups::relevant_share::RelevantShare;
use crate::groups::session::Session;
use crate::groups::similar_mood::SimilarMood;
use crate::groups::spread::Spread;
use crate::groups::support::Support;
use crate::groups::taste::Taste;
use crate::groups::time::Time;
use crate::groups::user_statistics::UserStatistics;
use crate::groups::user_tenure::UserTenure;
use crate::{Context, FeatureGroup, Known};

/// Every feature group, in the order of their columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeatureGroupKind {
    /// The base models' scores: [`crate::groups::base_scores`].
    BaseScores,
    /// The user's count and mean: [`crate::groups::user_statistics`].
    UserStatistics,
    /// The item's count and mean: [`crate::groups::item_statistics`].
    ItemStatistics,
    /// The damped baseline's offsets: [`crate::groups::damped_statistics`].
    DampedStatistics,
    /// How far ratings lie apart: [`crate::groups::spread`].
    Spread,
    /// How many ratings are relevant: [`crate::groups::relevant_share`].
    RelevantShare,
    /// The user's taste for the item's genres: [`crate::groups::genre_affinity`].
    GenreAffinity,
    /// The user's taste for the item's age and popularity: [`crate::groups::taste`].
    Taste,
    /// Year, age, number of genres: [`crate::groups::item_facts`].
    ItemFacts,
    /// One column a genre: [`crate::groups::genre_flags`].
    GenreFlags,
    /// The item around the candidate's time: [`crate::groups::item_trend`].
    ItemTrend,
    /// How long the user has been there: [`crate::groups::user_tenure`].
    UserTenure,
    /// Hour, weekday, date: [`crate::groups::time`].
    Time,
    /// The user's ratings near in time: [`crate::groups::mood`].
    Mood,
    /// The user's ratings of similar items near in time: [`crate::groups::similar_mood`].
    SimilarMood,
    /// How busy the user was: [`crate::groups::session`].
    Session,
    /// What stands behind the base scores: [`crate::groups::support`].
    Support,
    /// How far the base models are apart: [`crate::groups::disagreement`].
    Disagreement,
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
    pub const ALL: [Self; 18] = [
        Self::BaseScores,
        Self::UserStatistics,
        Self::ItemStatistics,
        Self::DampedStatistics,
        Self::Spread,
        Self::RelevantShare,
        Self::GenreAffinity,
        Self::Taste,
        Self::ItemFacts,
        Self::GenreFlags,
        Self::ItemTrend,
        Self::UserTenure,
        Self::Time,
        Self::Mood,
        Self::SimilarMood,
        Self::Session,
        Self::Support,
        Self::Disagreement,
    ];

    /// The name in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BaseScores => "base_scores",
            Self::UserStatistics => "user_statistics",
            Self::ItemStatistics => "item_statistics",
            Self::DampedStatistics => "damped_statistics",
            Self::Spread => "spread",
            Self::RelevantShare => "relevant_share",
            Self::GenreAffinity => "genre_affinity",
            Self::Taste => "taste",
            Self::ItemFacts => "item_facts",
            Self::GenreFlags => "genre_flags",
            Self::ItemTrend => "item_trend",
            Self::UserTenure => "user_tenure",
            Self::Time => "time",
            Self::Mood => "mood",
            Self::SimilarMood => "similar_mood",
            Self::Session => "session",
            Self::Support => "support",
            Self::Disagreement => "disagreement",
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

    /// The group, prepared from `context` and what is `known` of it.
    pub(crate) fn prepare(self, context: &Context<'_>, known: &Known<'_>) -> Box<dyn FeatureGroup> {
        match self {
            Self::BaseScores => Box::new(BaseScores),
            Self::UserStatistics => Box::new(UserStatistics),
            Self::ItemStatistics => Box::new(ItemStatistics),
            Self::DampedStatistics => Box::new(DampedStatistics),
            Self::Spread => Box::new(Spread),
            Self::RelevantShare => Box::new(RelevantShare),
            Self::GenreAffinity => Box::new(GenreAffinity::new(context, known)),
            Self::Taste => Box::new(Taste::new(context, known)),
            Self::ItemFacts => Box::new(ItemFacts::new(context)),
            Self::GenreFlags => Box::new(GenreFlags::new(context)),
            Self::ItemTrend => Box::new(ItemTrend),
            Self::UserTenure => Box::new(UserTenure),
            Self::Time => Box::new(Time),
            Self::Mood => Box::new(Mood::new(known)),
            Self::SimilarMood => Box::new(SimilarMood::new(context, known)),
            Self::Session => Box::new(Session),
            Self::Support => Box::new(Support),
            Self::Disagreement => Box::new(Disagreement),
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
        let message = FeatureGroupKind::from_name("weather").unwrap_err().to_string();
        assert!(
            message.starts_with(
                "there is no feature group weather; the groups are base_scores, user_statistics,"
            )
        );
    }
}
