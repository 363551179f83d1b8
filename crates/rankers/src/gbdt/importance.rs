//! How much each feature did for a booster.

use super::model::GbdtModel;

/// One feature's part.
#[derive(Debug, Clone, PartialEq)]
pub struct Importance {
    /// The feature.
    pub feature: String,
    /// Its share of the gain of all splits, in [0, 1]; all shares add up to 1, or are 0 where nothing was split.
    ///
    /// With `friedman_mse` this is scikit-learn's `feature_importances_`: a split's gain is the decrease of the squared error times its rows.
    pub gain: f64,
    /// How many splits are on it.
    pub n_splits: usize,
}

impl GbdtModel {
    /// The importance of every feature, in the order of the features.
    pub fn importances(&self) -> Vec<Importance> {
        let mut importances: Vec<Importance> = self
            .feature_names()
            .iter()
            .map(|feature| Importance { feature: feature.clone(), gain: 0.0, n_splits: 0 })
            .collect();
        let mut total = 0.0;
        for split in self.trees().iter().flat_map(|tree| &tree.splits) {
            if let Some(importance) = importances.get_mut(split.feature as usize) {
                importance.gain += split.gain;
                importance.n_splits += 1;
                total += split.gain;
            }
        }
        if total > 0.0 {
            for importance in &mut importances {
                importance.gain /= total;
            }
        }
        importances
    }
}
