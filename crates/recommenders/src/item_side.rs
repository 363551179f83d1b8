//! Models of the items alone: what of a model belongs to the items, made without the users and their ratings at hand.
//!
//! Where ratings lie on many machines, what is counted of the items comes from all of them, and the users of a part are folded in where their
//! ratings are ([`FittedModel::fold_in`]). Of ratings in half stars such a model scores as one that was fitted on all of them: to the bit, as
//! sums of half stars are exact in any order.

use dataset::{IdIndex, ItemStatistics, Items};

use crate::baseline::Baseline;
use crate::bias::BiasModel;
use crate::genre::GenreContent;
use crate::popularity::Popularity;
use crate::{BaseModel, FittedModel};

impl BaseModel {
    /// The model without users, where what is counted of the items is enough for it: biases, genres, popularity. An item-kNN needs the
    /// co-ratings besides ([`crate::item_knn::ItemKnnModel::from_co_ratings`]), a factorisation the items' factors.
    pub fn without_users(self, statistics: &ItemStatistics, catalogue: &Items) -> Option<FittedModel> {
        match self {
            Self::Bias => Some(FittedModel::Bias(BiasModel::without_users(statistics))),
            Self::Genre => Some(FittedModel::Genre(GenreContent::without_users(catalogue))),
            Self::Popularity => Some(FittedModel::Popularity(Popularity::of(statistics))),
            _ => None,
        }
    }
}

impl FittedModel {
    /// Whether no user is known, so that all of them have still to be folded in. Of models that cannot be made so, false.
    pub fn has_no_users(&self) -> bool {
        match self {
            Self::Bias(model) => model.has_no_users(),
            Self::ItemKnn(model) => model.has_no_users(),
            Self::Mf(model) => model.has_no_users(),
            Self::Genre(model) => model.has_no_users(),
            _ => false,
        }
    }
}

impl FittedModel {
    /// The model of the items alone, as [`BaseModel::without_users`] makes it: what was folded in is forgotten. Other models than those stay as they are.
    #[must_use]
    pub fn forget_users(self) -> Self {
        match self {
            Self::Bias(model) => Self::Bias(model.forget_users()),
            Self::ItemKnn(model) => Self::ItemKnn(model.forget_users()),
            Self::Mf(model) => Self::Mf(model.forget_users()),
            Self::Genre(model) => Self::Genre(model.forget_users()),
            other => other,
        }
    }
}

impl Baseline {
    /// Each item's mean, less the mean of all.
    fn of_items(statistics: &ItemStatistics) -> Self {
        let mean = statistics.mean();
        let means = statistics.sums.iter().zip(&statistics.n_ratings);
        Self {
            mean,
            users: IdIndex::default(),
            items: statistics.items.clone(),
            user_offsets: Vec::new(),
            item_offsets: means.map(|(sum, &n)| sum / f64::from(n) - mean).collect(),
        }
    }
}

impl BiasModel {
    fn without_users(statistics: &ItemStatistics) -> Self {
        Self(Baseline::of_items(statistics))
    }

    fn has_no_users(&self) -> bool {
        self.0.n_users() == 0
    }

    fn forget_users(self) -> Self {
        Self(Baseline { users: IdIndex::default(), user_offsets: Vec::new(), ..self.0 })
    }
}

#[cfg(test)]
mod tests {
    use dataset::{Candidate, History, Rating, Ratings};

    use super::*;
    use crate::item_knn::{CoRatingsError, CodedRow, ItemKnnModel};
    use crate::{BaseConfig, Content, Scorer as _};
    use dataset::rng::stream;

    /// Ratings of 40 users and 30 items.
    fn ratings() -> Vec<Rating> {
        let all = (0..40i64).flat_map(|user_id| (0..30i64).map(move |item_id| (user_id, item_id)));
        all.filter(|&(user_id, item_id)| (user_id * 7 + item_id * 13 + user_id * item_id) % 5 < 2)
            .map(|(user_id, item_id)| Rating {
                user_id,
                item_id: item_id * 3 + 1,
                value: ((user_id * 31 + item_id * 17) % 10 + 1) as f32 / 2.0,
                timestamp: user_id + item_id,
            })
            .collect()
    }

    fn catalogue() -> Items {
        let genres = |id: i64| {
            if id % 4 == 0 { vec!["Drama".to_owned()] } else { vec!["Action".to_owned(), "War".to_owned()] }
        };
        Items::new((0..30).map(|id| (id * 3 + 1, String::new(), genres(id))).collect()).unwrap()
    }

    fn history(of: impl Fn(i64) -> bool) -> History {
        History::new(&ratings().into_iter().filter(|rating| of(rating.user_id)).collect::<Ratings>())
    }

    /// The item side of `kind`, of the users' parts.
    fn without_users(kind: BaseModel) -> FittedModel {
        let (all, catalogue) = (history(|_| true), catalogue());
        let statistics = ItemStatistics::of(&all, 4.0);
        if kind != BaseModel::ItemKnn {
            return kind.without_users(&statistics, &catalogue).unwrap();
        }
        let mut parts: Vec<CodedRow> = Vec::new();
        for part in 0..3 {
            CodedRow::of_users(&history(|user_id| user_id % 3 == part), |rows| {
                parts.extend(rows);
                Ok::<_, CoRatingsError>(())
            })
            .unwrap();
        }
        parts.sort_by_key(|row| row.item_id);
        let merged = parts.chunk_by(|a, b| a.item_id == b.item_id).map(|rows| {
            let bytes: Vec<&[u8]> = rows.iter().map(|row| row.bytes.as_slice()).collect();
            CodedRow::merged(rows[0].item_id, &bytes)
                .map_err(|_| CoRatingsError::Broken { item_id: rows[0].item_id })
        });
        let params = BaseConfig::default().check().unwrap().1;
        FittedModel::ItemKnn(ItemKnnModel::from_co_ratings(&statistics, &params.item_knn, merged).unwrap())
    }

    #[test]
    fn users_folded_in_score_as_if_fitted() {
        let params = BaseConfig::default().check().unwrap().1;
        let (all, catalogue) = (history(|_| true), catalogue());
        let asked: Vec<Candidate> = (0..42i64)
            .flat_map(|user_id| {
                (0..32i64).map(move |item| Candidate { user_id, item_id: item * 3 + 1, at: 0 })
            })
            .collect();
        for kind in [BaseModel::Bias, BaseModel::ItemKnn, BaseModel::Genre, BaseModel::Popularity] {
            let content = Content { items: &catalogue, tags: &[] };
            let fitted = kind.fit(&all, content, &params, stream(1, "test")).unwrap().model;
            let model = without_users(kind);
            assert!(model.has_no_users() || kind == BaseModel::Popularity);
            assert!(!fitted.has_no_users());
            let folded = model.fold_in(&all, &params).unwrap();
            assert_eq!(folded.validate(), Ok(()));
            let supports = |model: &FittedModel| {
                let (mut scores, mut support) = (vec![0.0; asked.len()], vec![0.0; asked.len()]);
                if kind.support_column().is_some() {
                    model.score_with_support(&asked, &mut scores, &mut support);
                } else {
                    model.score(&asked, &mut scores);
                }
                (scores, support)
            };
            let (of_folded, of_fitted) = (supports(&folded), supports(&fitted));
            assert_eq!(of_folded.1, of_fitted.1, "{kind:?}");
            let apart = |(a, b): (&f64, &f64)| (a - b).abs();
            let largest = of_folded.0.iter().zip(&of_fitted.0).map(apart).fold(0.0, f64::max);
            assert!(largest < 1e-12, "{kind:?} is {largest} apart");
            let forgotten = without_users(kind);
            assert!(folded.forget_users() == forgotten && fitted.forget_users() == forgotten, "{kind:?}");
        }
    }

    #[test]
    fn the_evidence_of_co_ratings_is_that_of_ratings() {
        let params = BaseConfig::default().check().unwrap().1;
        let (all, catalogue) = (history(|_| true), catalogue());
        let content = Content { items: &catalogue, tags: &[] };
        let fitted = BaseModel::ItemKnn.fit(&all, content, &params, stream(1, "test")).unwrap().model;
        let folded = without_users(BaseModel::ItemKnn).fold_in(&all, &params).unwrap();
        let asked =
            [Candidate { user_id: 3, item_id: 16, at: 0 }, Candidate { user_id: 7, item_id: 1, at: 0 }];
        let of = |model: &FittedModel| format!("{:?}", model.evidence(&asked, &all, &params, 5));
        assert_eq!(of(&folded), of(&fitted));
    }

    #[test]
    fn rows_that_do_not_fit_are_refused() {
        let statistics = ItemStatistics::of(&history(|_| true), 4.0);
        let params = BaseConfig::default().check().unwrap().1;
        let of = |rows: Vec<CodedRow>| {
            let rows = rows.into_iter().map(Ok::<_, CoRatingsError>);
            ItemKnnModel::from_co_ratings(&statistics, &params.item_knn, rows)
                .map(|_| ())
                .unwrap_err()
                .to_string()
        };
        let row = |item_id, bytes: &[u8]| CodedRow { item_id, bytes: bytes.to_vec() };
        assert_eq!(of(vec![row(1, &[7])]), "the co-ratings of item 1 are broken");
        assert_eq!(of(vec![row(2, &[0])]), "the co-ratings of item 2 are of an item 2 that has no ratings");
        assert_eq!(
            of(vec![row(1, &[0, 4, 4])]),
            "the co-ratings of item 1 are of an item 2 that has no ratings"
        );
        assert!(of(vec![row(4, &[0]), row(4, &[0])]).contains("one row an item, ascending"));
        assert!(of(vec![row(1, &[0, 2, 4])]).contains("a row of its co-ratings is broken")); // with itself
    }
}
