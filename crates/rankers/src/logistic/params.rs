//! What a logistic regression can be told.

use std::ops::Deref;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ParamError;

/// Parameters as a caller writes them; [`LogisticParams::check`] makes them usable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogisticParams {
    /// Inverse strength of the L2 penalty, above 0.
    pub c: f64,
    /// Whether the penalty is on the coefficients of standardised features (mean 0, standard deviation 1) instead of the raw ones.
    /// The model's coefficients are for raw features either way.
    pub standardise: bool,
    /// Newton steps at most, at least 1.
    pub max_iterations: usize,
    /// The fit has converged when no partial derivative of the mean log-loss plus penalty, in standardised coordinates, is larger than this;
    /// from 1e-12 to 1.
    pub tolerance: f64,
}

impl Default for LogisticParams {
    fn default() -> Self {
        Self { c: 1.0, standardise: false, max_iterations: 100, tolerance: 1e-10 }
    }
}

/// Parameters within their ranges.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedLogisticParams(LogisticParams);

impl LogisticParams {
    /// The same parameters, known to be in range.
    ///
    /// # Errors
    /// [`ParamError`] for the first one that is not.
    pub fn check(self) -> Result<CheckedLogisticParams, ParamError> {
        ParamError::unless(
            self.c > 0.0 && self.c.is_finite(),
            "c",
            self.c,
            "a finite number above 0 (inverse strength of the penalty)",
        )?;
        ParamError::unless(self.max_iterations >= 1, "max_iterations", self.max_iterations, "at least 1")?;
        ParamError::unless(
            (1e-12..=1.0).contains(&self.tolerance),
            "tolerance",
            self.tolerance,
            "a number from 1e-12 to 1",
        )?;
        Ok(CheckedLogisticParams(self))
    }
}

impl Deref for CheckedLogisticParams {
    type Target = LogisticParams;

    fn deref(&self) -> &LogisticParams {
        &self.0
    }
}
