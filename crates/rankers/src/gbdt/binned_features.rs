//! Features cut into bins once, for any number of fits: of several objectives, or of the rows outside a fold.

use std::sync::Arc;

use rand_chacha::ChaCha8Rng;

use super::binned_matrix::BinnedMatrix;
use super::binning::{FeatureBins, bin_features};
use crate::{FeatureMatrix, FitError, LabelledRows, ModelError};

/// The bins of some rows, and where each bin ends; labels have no part in it.
#[derive(Debug, Clone)]
pub struct BinnedFeatures {
    names: Arc<[String]>,
    pub(super) feature_bins: Arc<[FeatureBins]>,
    pub(super) matrix: Arc<BinnedMatrix>,
}

/// Rows and their bins.
#[derive(Debug, Clone, Copy)]
pub struct BinnedRows<'a> {
    /// The bins of the rows' features.
    pub bins: &'a BinnedFeatures,
    /// The rows.
    pub rows: LabelledRows<'a>,
}

impl BinnedFeatures {
    /// At most `max_bins` bins of about equal mass a feature, missing values apart. Above 50,000 rows the edges come from a sample
    /// drawn from `rng`.
    pub fn new(features: &FeatureMatrix, max_bins: usize, rng: &mut ChaCha8Rng) -> Self {
        let feature_bins = bin_features(features, max_bins, rng);
        let matrix = BinnedMatrix::new(features, &feature_bins);
        Self { names: features.names().into(), feature_bins: feature_bins.into(), matrix: Arc::new(matrix) }
    }

    /// Other rows of the same features, in the same bins.
    ///
    /// # Errors
    /// Where `features` are others.
    pub fn like(&self, features: &FeatureMatrix) -> Result<Self, ModelError> {
        ModelError::check_names(&self.names, features.names())?;
        let matrix = BinnedMatrix::new(features, &self.feature_bins);
        Ok(Self { matrix: Arc::new(matrix), ..self.clone() })
    }

    /// The rows at `rows`, in that order, in the same bins.
    ///
    /// # Panics
    /// Where one is not below [`BinnedFeatures::n_rows`].
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self { matrix: Arc::new(self.matrix.select(rows)), ..self.clone() }
    }

    /// The features, in column order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.matrix.n_rows()
    }
}

impl BinnedRows<'_> {
    /// Whether there are rows and features, as many labels as rows, and bins of these very features and as many rows.
    pub(super) fn check(&self) -> Result<(), FitError> {
        self.rows.check()?;
        ModelError::check_names(self.bins.names(), self.rows.features.names()).map_err(FitError::Bins)?;
        let (found, expected) = (self.bins.n_rows(), self.rows.labels.len());
        ModelError::unless(found == expected, || format!("bins of {found} rows for {expected} rows"))
            .map_err(FitError::Bins)
    }
}
