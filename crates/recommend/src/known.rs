//! What the run knows of ratings: those that features and lists may see, and those of the test part.

use artifacts::tables::SplitRatings;
use dataset::split::Part;
use dataset::{History, ItemId, UserId};
use stacking::{FeatureSetup, Plan, statistics_history};

/// The ratings, each where it is needed; of a large set they are not held twice.
pub struct Known {
    statistics: History,
    /// Where it differs from the above.
    rated: Option<History>,
    /// The ratings of the test part.
    pub held: Held,
}

impl Known {
    /// Takes the ratings apart.
    pub fn new(split: &SplitRatings, plan: &Plan, setup: &FeatureSetup) -> Self {
        let statistics = statistics_history(setup, &plan.last, &split.ratings, &split.parts);
        let n_training = split.parts.iter().filter(|&&part| part != Part::Test).count();
        let rated = (statistics.n_ratings() != n_training).then(|| split.history(|part| part != Part::Test));
        Self { statistics, rated, held: Held::new(split) }
    }

    /// What features are taken from: what the test rows' features may see.
    pub fn statistics(&self) -> &History {
        &self.statistics
    }

    /// What users have rated, but for the test part: the lists are made as if the test ratings did not exist.
    pub fn rated(&self) -> &History {
        self.rated.as_ref().unwrap_or(&self.statistics)
    }
}

/// The ratings of the test part, in ascending order of (user, item).
#[derive(Debug, Default)]
pub struct Held {
    user_ids: Vec<UserId>,
    item_ids: Vec<ItemId>,
    values: Vec<f32>,
}

impl Held {
    fn new(split: &SplitRatings) -> Self {
        let mut held = Self::default();
        for row in split.rows_of(Part::Test) {
            held.user_ids.push(split.ratings.user_ids[row]);
            held.item_ids.push(split.ratings.item_ids[row]);
            held.values.push(split.ratings.values[row]);
        }
        held
    }

    /// The items of a user, ascending, and their ratings in stars.
    pub fn of(&self, user_id: UserId) -> (&[ItemId], &[f32]) {
        let from = self.user_ids.partition_point(|&of| of < user_id);
        let n = self.user_ids[from..].partition_point(|&of| of == user_id);
        (&self.item_ids[from..from + n], &self.values[from..from + n])
    }
}
