//! The contributions to a linear score.

use std::ops::Range;

use crate::logistic::LogisticModel;

/// A linear score about the training rows' means.
#[derive(Debug)]
pub(super) struct Linear {
    /// Coefficient and mean of each feature.
    terms: Vec<(f64, f64)>,
    base: f64,
}

impl Linear {
    /// Of a valid model.
    pub fn new(model: &LogisticModel) -> Self {
        let pairs = model.coefficients().iter().copied().zip(model.imputed().iter().copied());
        let terms: Vec<(f64, f64)> = pairs.collect();
        let at_means: f64 = terms.iter().map(|(coefficient, mean)| coefficient * mean).sum();
        Self { terms, base: model.intercept() + at_means }
    }

    /// The score of the means.
    pub fn base(&self) -> f64 {
        self.base
    }

    /// Adds the contributions to those of some rows, which are the values at `rows` of each of `columns`; `values` has the row's numbers
    /// row after row.
    pub fn add(&self, columns: &[&[f64]], rows: Range<usize>, values: &mut [f64]) {
        let n_features = columns.len();
        for (feature, (column, (coefficient, mean))) in columns.iter().zip(&self.terms).enumerate() {
            for (x, values) in column[rows.clone()].iter().zip(values.chunks_exact_mut(n_features)) {
                if !x.is_nan() {
                    values[feature] += coefficient * (x - mean);
                }
            }
        }
    }
}
