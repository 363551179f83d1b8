//! The list of meta-models and what each is called where.

/// Every meta-model, in the order of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MetaModel {
    /// [`crate::logistic`].
    Logistic,
    /// [`crate::gbdt`] with the binary log-loss.
    Gb,
}

impl MetaModel {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 2] = [Self::Logistic, Self::Gb];

    /// The name in tables of results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logistic => "LogisticStack",
            Self::Gb => "GBStack",
        }
    }

    /// The stable name of what the model's file holds.
    pub const fn schema(self) -> &'static str {
        match self {
            Self::Logistic => "meta.logistic",
            Self::Gb => "meta.gb",
        }
    }

    /// The version of [`MetaModel::schema`]; raised whenever the stored fields change.
    pub const fn schema_version(self) -> u32 {
        match self {
            Self::Logistic | Self::Gb => 1,
        }
    }
}
