//! What the run knows of ratings: those that features and lists may see, and those of the test part.

use artifacts::tables::SplitRatings;
use dataset::History;
use dataset::split::Part;
use lists::Held;
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
        let test = split
            .rows_of(Part::Test)
            .into_iter()
            .map(|row| (split.ratings.user_ids[row], split.ratings.item_ids[row], split.ratings.values[row]));
        Self { statistics, rated, held: test.collect() }
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
