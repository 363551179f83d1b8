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
    /// Mean plus damped offsets: [`crate::damped_bias`].
    DampedBias,
    /// Weighted mean of the residuals of similar items: [`crate::centred_knn`].
    CentredItemKnn,
    /// The same of similar users: [`crate::centred_knn`].
    UserKnn,
    /// Number of ratings: [`crate::popularity`].
    Popularity,
    /// A regression on content a user: [`crate::ridge_content`].
    Ridge,
    /// Matrix factorisation with implicit feedback: [`crate::svdpp`].
    Svdpp,
    /// Every item by least squares from all others: [`crate::ease`].
    Ease,
    /// Similar genres, words and tags: [`crate::text_content`].
    Text,
    /// A regression a user on embeddings of the content: [`crate::embedding_content`].
    Embedding,
    /// Matrix factorisation with the items' content: [`crate::hybrid_mf`].
    Hybrid,
    /// Matrix factorisation of who rated what: [`crate::implicit_als`].
    ImplicitAls,
    /// Every item by least squares from all others, on who rated what: [`crate::implicit_ease`].
    ImplicitEase,
    /// What stands near the user's items, on who rated what: [`crate::implicit_item_knn`].
    ImplicitItemKnn,
}

impl BaseModel {
    /// All of them, in the order of the feature columns.
    pub const ALL: [Self; 17] = [
        // The reference's four; then one line a model.
        Self::Bias,
        Self::ItemKnn,
        Self::Mf,
        Self::Genre,
        Self::DampedBias,
        Self::CentredItemKnn,
        Self::UserKnn,
        Self::Popularity,
        Self::Ridge,
        Self::Svdpp,
        Self::Ease,
        Self::Text,
        Self::Embedding,
        Self::Hybrid,
        Self::ImplicitAls,
        Self::ImplicitEase,
        Self::ImplicitItemKnn,
    ];

    /// One block a model: what it is called, and what its scores are.
    #[expect(clippy::too_many_lines, reason = "a table")]
    const fn facts(self) -> Facts {
        match self {
            Self::Bias => Facts {
                name: "BiasModel",
                column: "score_bias",
                file_stem: "bias",
                schema: ("base.bias", 1),
                scale: Scale::Stars,
                support_column: None,
            },
            Self::ItemKnn => Facts {
                name: "ItemKNNModel",
                column: "score_itemknn",
                file_stem: "itemknn",
                schema: ("base.itemknn", 2),
                scale: Scale::Stars,
                support_column: Some("support_itemknn"),
            },
            Self::Mf => Facts {
                name: "MFModel",
                column: "score_mf",
                file_stem: "mf",
                schema: ("base.mf", 1),
                scale: Scale::Stars,
                support_column: None,
            },
            Self::Genre => Facts {
                name: "GenreContent",
                column: "score_genre",
                file_stem: "genre",
                schema: ("base.genre", 1),
                scale: Scale::Order,
                support_column: None,
            },
            Self::DampedBias => Facts {
                name: "DampedBias",
                column: "score_damped_bias",
                file_stem: "damped_bias",
                schema: ("base.damped_bias", 1),
                scale: Scale::Stars,
                support_column: None,
            },
            Self::CentredItemKnn => Facts {
                name: "CentredItemKNN",
                column: "score_centred_itemknn",
                file_stem: "centred_itemknn",
                schema: ("base.centred_itemknn", 1),
                scale: Scale::Stars,
                support_column: Some("support_centred_itemknn"),
            },
            Self::UserKnn => Facts {
                name: "UserKNN",
                column: "score_userknn",
                file_stem: "userknn",
                schema: ("base.userknn", 1),
                scale: Scale::Stars,
                support_column: Some("support_userknn"),
            },
            Self::Popularity => Facts {
                name: "Popularity",
                column: "score_popularity",
                file_stem: "popularity",
                schema: ("base.popularity", 1),
                scale: Scale::Order,
                support_column: None,
            },
            Self::Ridge => Facts {
                name: "RidgeContent",
                column: "score_ridge",
                file_stem: "ridge",
                schema: ("base.ridge", 1),
                scale: Scale::Stars,
                support_column: None,
            },
            Self::Svdpp => Facts {
                name: "SVDpp",
                column: "score_svdpp",
                file_stem: "svdpp",
                schema: ("base.svdpp", 1),
                scale: Scale::Stars,
                support_column: None,
            },
            Self::Ease => Facts {
                name: "EASE",
                column: "score_ease",
                file_stem: "ease",
                schema: ("base.ease", 1),
                scale: Scale::Stars,
                support_column: None,
            },
            Self::Text => Facts {
                name: "TextContent",
                column: "score_content",
                file_stem: "content",
                schema: ("base.content", 1),
                scale: Scale::Stars,
                support_column: Some("support_content"),
            },
            Self::Embedding => Facts {
                name: "EmbeddingContent",
                column: "score_embedding",
                file_stem: "embedding",
                schema: ("base.embedding", 1),
                scale: Scale::Stars,
                support_column: None,
            },
            Self::Hybrid => Facts {
                name: "HybridMF",
                column: "score_hybrid",
                file_stem: "hybrid",
                schema: ("base.hybrid", 1),
                scale: Scale::Stars,
                support_column: None,
            },
            Self::ImplicitAls => Facts {
                name: "ImplicitALS",
                column: "score_ials",
                file_stem: "ials",
                schema: ("base.ials", 1),
                scale: Scale::Order,
                support_column: None,
            },
            Self::ImplicitEase => Facts {
                name: "ImplicitEASE",
                column: "score_implicit_ease",
                file_stem: "implicit_ease",
                schema: ("base.implicit_ease", 1),
                scale: Scale::Order,
                support_column: None,
            },
            Self::ImplicitItemKnn => Facts {
                name: "ImplicitItemKNN",
                column: "score_implicit_itemknn",
                file_stem: "implicit_itemknn",
                schema: ("base.implicit_itemknn", 1),
                scale: Scale::Order,
                support_column: None,
            },
        }
    }

    /// The name in tables of results.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// The name of the column that holds the model's score.
    pub const fn column(self) -> &'static str {
        self.facts().column
    }

    /// The name of the model's file, without folder and extension; also the model's key in configuration.
    pub const fn file_stem(self) -> &'static str {
        self.facts().file_stem
    }

    /// The stable name of what the model's file holds.
    pub const fn schema(self) -> &'static str {
        self.facts().schema.0
    }

    /// The version of [`BaseModel::schema`]; raised whenever the stored fields change.
    pub const fn schema_version(self) -> u32 {
        self.facts().schema.1
    }

    /// Whether the score is an estimate of the rating, in stars; if not, it is good for ordering only.
    pub const fn is_star_scale(self) -> bool {
        matches!(self.facts().scale, Scale::Stars)
    }

    /// The name of the column that says how much evidence stands behind the score, for models that know:
    /// [`crate::Scorer::score_with_support`].
    pub const fn support_column(self) -> Option<&'static str> {
        self.facts().support_column
    }

    /// The model of that [`BaseModel::file_stem`]: how configuration names models.
    ///
    /// # Errors
    /// [`UnknownModel`], which lists the keys there are.
    pub fn from_key(key: &str) -> Result<Self, UnknownModel> {
        Self::ALL
            .into_iter()
            .find(|model| model.file_stem() == key)
            .ok_or_else(|| UnknownModel { key: key.to_owned() })
    }

    /// The model of that [`BaseModel::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name() == name)
    }
}

/// What is known of a model before it is fitted.
struct Facts {
    name: &'static str,
    column: &'static str,
    file_stem: &'static str,
    /// With its version.
    schema: (&'static str, u32),
    scale: Scale,
    support_column: Option<&'static str>,
}

/// What a score is.
enum Scale {
    /// An estimate of the rating, in stars.
    Stars,
    /// Good for ordering only.
    Order,
}

/// No base recommender has this key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` is no base model, expected one of {}", BaseModel::ALL.map(BaseModel::file_stem).join(", "))]
pub struct UnknownModel {
    /// What was given.
    pub key: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_told_the_known_ones() {
        for model in BaseModel::ALL {
            assert_eq!(BaseModel::from_key(model.file_stem()), Ok(model));
        }
        let message = BaseModel::from_key("knn").unwrap_err().to_string();
        assert!(
            message.starts_with("`knn` is no base model, expected one of bias, itemknn, mf, genre"),
            "{message}"
        );
    }

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
