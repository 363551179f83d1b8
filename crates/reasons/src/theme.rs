//! What a person would call one reason.

use recommenders::BaseModel;

/// A kind of reason; features of one theme say the same thing in different ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Theme {
    /// The user rated items that are like it.
    SimilarItems,
    /// People who agree with the user rated it.
    LikeMinded,
    /// Latent taste.
    Taste,
    /// Its genres, and other things that it is.
    Traits,
    /// Its age and how well known it is, against what the user likes.
    Kind,
    /// Most people like it.
    Liked,
    /// Many people know it.
    Popular,
}

impl Theme {
    /// All of them, in the order in which equally strong ones are told.
    pub const ALL: [Self; 7] = [
        Self::SimilarItems,
        Self::LikeMinded,
        Self::Taste,
        Self::Traits,
        Self::Kind,
        Self::Liked,
        Self::Popular,
    ];

    /// The theme of a feature; none where it says nothing of this item beside others.
    pub fn of(feature: &str) -> Option<Self> {
        if let Some(model) = model_of(feature) {
            return Some(Self::of_model(model));
        }
        Some(match feature {
            "item_mean_rating" | "item_relevant_share" | "item_rating_spread" | "item_offset" => Self::Liked,
            "item_n_ratings" | "item_trend" | "item_trend_weight" => Self::Popular,
            "item_year" | "item_age" | "user_year_affinity" | "user_popularity_affinity" => Self::Kind,
            "item_n_genres" => Self::Traits,
            "similar_mood" | "similar_mood_weight" => Self::SimilarItems,
            _ if feature.starts_with("genre_") || feature.contains("genre_affinity") => Self::Traits,
            _ => return None,
        })
    }

    /// The theme of what a base model says.
    fn of_model(model: BaseModel) -> Self {
        match model {
            BaseModel::ItemKnn
            | BaseModel::CentredItemKnn
            | BaseModel::Ease
            | BaseModel::Text
            | BaseModel::Embedding
            | BaseModel::ImplicitAls
            | BaseModel::ImplicitEase
            | BaseModel::ImplicitItemKnn => Self::SimilarItems,
            BaseModel::UserKnn => Self::LikeMinded,
            BaseModel::Mf | BaseModel::Svdpp | BaseModel::Hybrid => Self::Taste,
            BaseModel::Genre | BaseModel::Ridge => Self::Traits,
            BaseModel::Bias | BaseModel::DampedBias => Self::Liked,
            BaseModel::Popularity => Self::Popular,
        }
    }
}

/// The base model whose score, or the support of it, a feature is.
fn model_of(feature: &str) -> Option<BaseModel> {
    BaseModel::ALL
        .into_iter()
        .find(|model| model.column() == feature || model.support_column() == Some(feature))
}

/// How much a theme adds to a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strength {
    /// Which theme.
    pub theme: Theme,
    /// The sum of its features' contributions, in the unit of the raw score.
    pub sum: f64,
    /// Of its base models the one that adds most to the sum; none where it has none.
    pub model: Option<BaseModel>,
}

/// The themes of a meta-model's features, looked up once.
#[derive(Debug, Clone)]
pub struct Themes {
    /// Of each feature its theme, and the base model whose score it is.
    of_features: Vec<Option<(Theme, Option<BaseModel>)>>,
}

impl Themes {
    /// Looks up the features of these names.
    pub fn new(names: &[String]) -> Self {
        let of_feature = |name: &String| {
            let model = model_of(name).filter(|model| model.column() == name.as_str());
            Theme::of(name).map(|theme| (theme, model))
        };
        Self { of_features: names.iter().map(of_feature).collect() }
    }

    /// The themes of a row, from what each feature contributes to its score: the strongest first, equally strong ones in the order of
    /// [`Theme::ALL`].
    pub fn strengths(&self, contributions: &[f64]) -> Vec<Strength> {
        let mut found = Vec::with_capacity(Theme::ALL.len());
        for theme in Theme::ALL {
            let of_theme = || {
                let all = self.of_features.iter().zip(contributions);
                all.filter_map(move |(of, &amount)| {
                    of.filter(|(of, _)| *of == theme).map(|(_, model)| (model, amount))
                })
            };
            if of_theme().next().is_none() {
                continue;
            }
            let sum: f64 = of_theme().map(|(_, amount)| amount).sum();
            // What points the way of the whole.
            let models = of_theme().filter_map(|(model, amount)| Some((model?, amount * sum.signum())));
            let strongest = models.reduce(|best, next| if next.1 > best.1 { next } else { best });
            found.push(Strength { theme, sum, model: strongest.map(|(model, _)| model) });
        }
        // The sort is stable.
        found.sort_by(|a, b| b.sum.abs().total_cmp(&a.sum.abs()));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_base_score_has_a_theme_and_a_users_own_facts_have_none() {
        for model in BaseModel::ALL {
            assert!(Theme::of(model.column()).is_some(), "{}", model.name());
        }
        for feature in
            ["user_n_ratings", "user_mean_rating", "hour", "weekday", "mood_30s", "session_n_ratings"]
        {
            assert_eq!(Theme::of(feature), None, "{feature}");
        }
        assert_eq!(Theme::of("support_userknn"), Some(Theme::LikeMinded));
    }

    #[test]
    fn themes_are_sums_and_the_strongest_comes_first() {
        let names = ["score_itemknn", "score_centred_itemknn", "score_bias", "item_mean_rating", "hour"];
        let names = names.map(str::to_owned);
        let found = Themes::new(&names).strengths(&[0.25, 0.5, 0.5, -1.5, 9.0]);
        let expected = [
            Strength { theme: Theme::Liked, sum: -1.0, model: Some(BaseModel::Bias) },
            Strength { theme: Theme::SimilarItems, sum: 0.75, model: Some(BaseModel::CentredItemKnn) },
        ];
        assert_eq!(found, expected);
    }
}
