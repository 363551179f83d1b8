//! The list of meta-models and what each is called where.

use crate::objective::ObjectiveKind;

/// Every meta-model, in the order of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MetaModel {
    /// [`crate::logistic`].
    Logistic,
    /// [`crate::gbdt`] with the binary log-loss.
    Gb,
    /// [`crate::gbdt`] with the squared error, on the rating itself.
    GbRating,
    /// [`crate::gbdt`] with the lambdas of NDCG.
    LambdaMart,
    /// [`crate::gbdt`] with the cross-entropy of Bruch's XE-NDCG.
    XeNdcg,
    /// [`crate::gbdt`] with a pointwise and a listwise cross-entropy on soft labels.
    RankXent,
    /// [`crate::gbdt`] with the lambdas of NDCG beside the log-loss.
    Rank,
    /// [`crate::blend`] of the others.
    Blend,
}

impl MetaModel {
    /// All of them, in the order of the tables; the blend, which needs the others, comes last.
    pub const ALL: [Self; 8] = [
        Self::Logistic,
        Self::Gb,
        Self::GbRating,
        Self::LambdaMart,
        Self::XeNdcg,
        Self::RankXent,
        Self::Rank,
        Self::Blend,
    ];

    /// The name in tables of results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logistic => "LogisticStack",
            Self::Gb => "GBStack",
            Self::GbRating => "GBRatingStack",
            Self::LambdaMart => "LambdaMARTStack",
            Self::XeNdcg => "XENDCGStack",
            Self::RankXent => "RankXentStack",
            Self::Rank => "RankStack",
            Self::Blend => "BlendStack",
        }
    }

    /// Its key in the configuration, and the name of its file without the ending.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Logistic => "logistic",
            Self::Gb => "gb",
            Self::GbRating => "gb_rating",
            Self::LambdaMart => "lambdamart",
            Self::XeNdcg => "xe_ndcg",
            Self::RankXent => "rank_xent",
            Self::Rank => "rank",
            Self::Blend => "blend",
        }
    }

    /// The meta-model with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.key() == key)
    }

    /// The stable name of what the model's file holds.
    pub const fn schema(self) -> &'static str {
        match self {
            Self::Logistic => "meta.logistic",
            Self::Gb => "meta.gb",
            Self::GbRating => "meta.gb_rating",
            Self::LambdaMart => "meta.lambdamart",
            Self::XeNdcg => "meta.xe_ndcg",
            Self::RankXent => "meta.rank_xent",
            Self::Rank => "meta.rank",
            Self::Blend => "meta.blend",
        }
    }

    /// The version of [`MetaModel::schema`]; raised whenever the stored fields change.
    pub const fn schema_version(self) -> u32 {
        1
    }

    /// What boosting minimises, where the meta-model is a booster.
    pub const fn objective(self) -> Option<ObjectiveKind> {
        match self {
            Self::Gb => Some(ObjectiveKind::BinaryLogLoss),
            Self::GbRating => Some(ObjectiveKind::SquaredError),
            Self::LambdaMart => Some(ObjectiveKind::LambdaRank),
            Self::XeNdcg => Some(ObjectiveKind::XeNdcg),
            Self::RankXent => Some(ObjectiveKind::RankXent),
            Self::Rank => Some(ObjectiveKind::CombinedRank),
            Self::Logistic | Self::Blend => None,
        }
    }
}
