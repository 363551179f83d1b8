//! The list of base recommenders and what each is called where.

/// Every base recommender, in the order of the feature columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BaseModel {
    /// Mean plus a user's and an item's offset: [`crate::bias`].
    Bias,
    /// Weighted mean over similar items: [`crate::item_knn`].
    ItemKnn,
    /// Matrix factorisation by stochastic gradient descent: [`crate::mf`].
    Mf,
    /// Cosine of genre vectors: [`crate::genre`].
    Genre,
}

impl BaseModel {
    /// All of them, in the order of the feature columns.
    pub const ALL: [Self; 4] = [Self::Bias, Self::ItemKnn, Self::Mf, Self::Genre];

    /// The name in tables of results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bias => "BiasModel",
            Self::ItemKnn => "ItemKNNModel",
            Self::Mf => "MFModel",
            Self::Genre => "GenreContent",
        }
    }

    /// The name of the column that holds the model's score.
    pub const fn column(self) -> &'static str {
        match self {
            Self::Bias => "score_bias",
            Self::ItemKnn => "score_itemknn",
            Self::Mf => "score_mf",
            Self::Genre => "score_genre",
        }
    }

    /// The name of the model's file, without folder and extension.
    pub const fn file_stem(self) -> &'static str {
        match self {
            Self::Bias => "bias",
            Self::ItemKnn => "itemknn",
            Self::Mf => "mf",
            Self::Genre => "genre",
        }
    }

    /// The stable name of what the model's file holds.
    pub const fn schema(self) -> &'static str {
        match self {
            Self::Bias => "base.bias",
            Self::ItemKnn => "base.itemknn",
            Self::Mf => "base.mf",
            Self::Genre => "base.genre",
        }
    }

    /// The version of [`BaseModel::schema`]; raised whenever the stored fields change.
    pub const fn schema_version(self) -> u32 {
        match self {
            Self::Bias | Self::ItemKnn | Self::Mf | Self::Genre => 1,
        }
    }

    /// The model of that [`BaseModel::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_models_share_a_name() {
        let names: [fn(BaseModel) -> &'static str; 4] =
            [BaseModel::name, BaseModel::column, BaseModel::file_stem, BaseModel::schema];
        for name_of in names {
            let mut names = BaseModel::ALL.map(name_of).to_vec();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), BaseModel::ALL.len());
        }
        assert!(BaseModel::ALL.into_iter().all(|model| BaseModel::from_name(model.name()) == Some(model)));
    }
}
