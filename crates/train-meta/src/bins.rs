//! The features in bins: cut once, shared by all boosters and validation folds.

use std::collections::{BTreeMap, BTreeSet};

use dataset::rng;
use rankers::gbdt::BinnedFeatures;

use crate::config::Checked;
use crate::fit::Training;
use crate::rows::ValidationFold;

/// The binned features of all rows and of each validation fold, by the number of bins that a booster wants.
pub struct Bins(BTreeMap<usize, Binned>);

/// The features cut into one number of bins.
pub struct Binned {
    pub all: BinnedFeatures,
    /// For each validation fold, the rows that are fitted on and those that are held out.
    pub folds: Vec<[BinnedFeatures; 2]>,
}

impl Bins {
    /// Bins for every booster of the configuration that is grown here. Edges are taken from all rows; labels have no part in them.
    pub fn new(config: &Checked, training: &Training<'_>) -> Self {
        let binned = |max_bins: usize| {
            let mut draws = rng::stream(training.seed, &format!("train-meta/bins-{max_bins}"));
            let all = BinnedFeatures::new(&training.rows.features, max_bins, &mut draws);
            let of_fold = |fold: &ValidationFold| [all.select(&fold.others), all.select(&fold.positions)];
            let folds = training.folds.iter().map(of_fold).collect();
            (max_bins, Binned { all, folds })
        };
        let is_grown = |model| training.imported.iter().all(|(imported, _)| *imported != model);
        let grown = config.boosters().filter(|&(model, _)| is_grown(model));
        let sizes: BTreeSet<usize> = grown.map(|(_, params)| params.max_bins).collect();
        Self(sizes.into_iter().map(binned).collect())
    }

    /// The features in at most so many bins.
    pub fn of(&self, max_bins: usize) -> Option<&Binned> {
        self.0.get(&max_bins)
    }
}
