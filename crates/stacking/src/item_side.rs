//! Features where the ratings of all users are not at hand: the items' side from counts, the users' from their own ratings.

use std::sync::Arc;

use dataset::{History, ItemStatistics, Items};
use features::{Context, FeatureBuilder, FeatureGroupKind, UncountedItem, Whole};

use crate::{FeatureConfigError, FeatureSetup, RoundFeatures, StatisticsFrom};

/// What of a round's features belongs to the items, prepared once for any number of users.
pub struct ItemSide<'a> {
    setup: &'a FeatureSetup,
    items: &'a Items,
    whole: Arc<Whole>,
}

impl<'a> ItemSide<'a> {
    /// Takes what is counted of the ratings that a round knows, `scale` being the round's ([`crate::Round::scale`]), with relevance as `setup` has it.
    ///
    /// # Errors
    /// [`FeatureConfigError`] for what needs all ratings at hand: the items' trend, `earlier_only`, and `statistics_from = "training"`.
    pub fn new(
        setup: &'a FeatureSetup,
        scale: f64,
        statistics: &ItemStatistics,
        items: &'a Items,
    ) -> Result<Self, FeatureConfigError> {
        setup.check_item_side()?;
        // As `RoundFeatures::prepare` has it, to the bit.
        let n_known = statistics.n_all();
        let n_training = (n_known as f64 * scale).round() as u64;
        let count_scale =
            if n_known == 0 || n_known == n_training { 1.0 } else { n_training as f64 / n_known as f64 };
        Ok(Self { setup, items, whole: Arc::new(Whole::of_statistics(statistics, items, count_scale)) })
    }

    /// The features of the users whose known ratings are `history`, all of them: those that a [`RoundFeatures`] of all users' ratings computes.
    ///
    /// # Errors
    /// [`UncountedItem`] where one of them rated an item that was not counted.
    pub fn of_users<'b>(&'b self, history: &'b History) -> Result<RoundFeatures<'b>, UncountedItem> {
        if let Some(uncounted) = UncountedItem::first_of(history, &self.whole) {
            return Err(uncounted);
        }
        let context = Context {
            history,
            items: self.items,
            n_training: history.n_ratings(),
            earlier_only: false,
            relevant_from: self.setup.relevant_from,
        };
        Ok(RoundFeatures::of(FeatureBuilder::of_users(&self.setup.groups, context, Arc::clone(&self.whole))))
    }
}

impl FeatureSetup {
    /// Whether what the features need of the items are counts.
    ///
    /// # Errors
    /// [`FeatureConfigError`] with the first key that needs more.
    pub fn check_item_side(&self) -> Result<(), FeatureConfigError> {
        let problem = if self.statistics_from == StatisticsFrom::Training {
            "statistics_from = \"training\" cannot be had from the counts of a round: take \"known\""
        } else if self.earlier_only {
            "earlier_only cannot be had where the ratings of all users are not at hand"
        } else if self.groups.contains(&FeatureGroupKind::ItemTrend) {
            "the feature group item_trend needs the times of all ratings of an item: take it out of groups"
        } else {
            return Ok(());
        };
        Err(FeatureConfigError::new(problem))
    }
}

#[cfg(test)]
mod tests {
    use dataset::{Candidate, Rating, Ratings};

    use super::*;
    use crate::{BaseColumns, FeatureConfig, Round};

    fn ratings() -> Vec<Rating> {
        let all = (0..30i64).flat_map(|user_id| (0..20i64).map(move |item_id| (user_id, item_id)));
        all.filter(|&(user_id, item_id)| (user_id * 7 + item_id * 13 + user_id * item_id) % 5 < 2)
            .map(|(user_id, item_id)| Rating {
                user_id,
                item_id,
                value: ((user_id * 31 + item_id * 17) % 10 + 1) as f32 / 2.0,
                timestamp: 1_000_000_000 + (user_id * 977 + item_id * 7919) * 3600,
            })
            .collect()
    }

    fn catalogue() -> Items {
        let row = |id: i64| {
            (
                id,
                format!("Title ({})", 1950 + id),
                vec![["Drama", "War", "Crime"][id as usize % 3].to_owned()],
            )
        };
        Items::new((0..25).map(row).collect()).unwrap()
    }

    #[test]
    fn features_of_a_part_of_the_users_are_those_of_all() {
        let catalogue = catalogue();
        let groups: Vec<String> = FeatureGroupKind::ALL
            .iter()
            .filter(|&&kind| kind != FeatureGroupKind::ItemTrend)
            .map(|kind| kind.name().to_owned())
            .collect();
        let setup = FeatureConfig { groups, ..FeatureConfig::default() }.check().unwrap();
        let all: Ratings = ratings().into_iter().collect();
        let history = History::new(&all);
        let round =
            Round { name: "fold-0".to_owned(), fold: Some(0), known: vec![], asked: vec![], scale: 1.25 };
        let whole = RoundFeatures::prepare(&setup, &round, &history, &catalogue);
        let statistics = ItemStatistics::of(&history, 4.0);
        let side = ItemSide::new(&setup, 1.25, &statistics, &catalogue).unwrap();
        for part in 0..4 {
            let of_part = |user_id: i64| user_id % 4 == part;
            let own: Ratings = ratings().into_iter().filter(|rating| of_part(rating.user_id)).collect();
            let own = History::new(&own);
            let asked: Vec<Candidate> = (0..33i64)
                .filter(|&user_id| of_part(user_id))
                .flat_map(|user_id| {
                    (0..27i64).map(move |item_id| Candidate { user_id, item_id, at: 1_100_000_000 })
                })
                .collect();
            let of_all = whole.compute(&asked, &BaseColumns::default()).unwrap();
            let of_users = side.of_users(&own).unwrap().compute(&asked, &BaseColumns::default()).unwrap();
            assert_eq!(of_users, of_all);
            assert!(of_all.columns.len() > 30);
        }
    }

    #[test]
    fn what_needs_all_ratings_is_refused() {
        let refused =
            |config: FeatureConfig| config.check().unwrap().check_item_side().unwrap_err().to_string();
        assert!(refused(FeatureConfig::default()).starts_with("the feature group item_trend"));
        assert!(
            refused(FeatureConfig { earlier_only: true, ..FeatureConfig::default() })
                .starts_with("earlier_only")
        );
        let leaking = FeatureConfig { statistics_from: StatisticsFrom::Training, ..FeatureConfig::default() };
        assert!(refused(leaking).starts_with("statistics_from"));
    }

    #[test]
    fn a_rating_of_an_uncounted_item_is_an_error() {
        let catalogue = catalogue();
        let setup = FeatureConfig { groups: vec!["user_statistics".to_owned()], ..FeatureConfig::default() };
        let setup = setup.check().unwrap();
        let side = ItemSide::new(&setup, 1.0, &ItemStatistics::default(), &catalogue).unwrap();
        let own: Ratings = ratings().into_iter().take(1).collect();
        let error = side.of_users(&History::new(&own)).map(|_| ()).unwrap_err().to_string();
        assert!(error.starts_with("user 0 rated item"), "{error}");
    }
}
