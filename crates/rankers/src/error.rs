//! What can be wrong with parameters, matrices, training rows and models.

use std::fmt::Display;

/// A parameter outside its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} = {value}: expected {allowed}")]
pub struct ParamError {
    /// The parameter's name, as it stands in a configuration file.
    pub key: &'static str,
    /// What was given.
    pub value: String,
    /// What is allowed.
    pub allowed: &'static str,
}

impl ParamError {
    /// `Ok` where `holds`, else the error that names key, value and the allowed range.
    pub(crate) fn unless(
        holds: bool,
        key: &'static str,
        value: impl Display,
        allowed: &'static str,
    ) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self { key, value: value.to_string(), allowed }) }
    }
}

/// Columns that make no feature matrix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatrixError {
    /// Two columns have one name.
    #[error("feature {name:?} appears twice; every feature needs its own name")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A column is longer or shorter than the first one.
    #[error("feature {name:?} has {found} rows, expected {expected} as in the first feature")]
    UnequalLengths {
        /// The column.
        name: String,
        /// Its rows.
        found: usize,
        /// The first column's rows.
        expected: usize,
    },
    /// A value is infinite.
    #[error(
        "feature {name:?} is infinite in row {row} (0-based); expected a finite number, or NaN for missing"
    )]
    Infinite {
        /// The column.
        name: String,
        /// The row, 0-based.
        row: usize,
    },
}

/// Training rows that no model can be fitted on.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FitError {
    /// There is nothing to learn from.
    #[error("no rows to fit on; check that the split leaves training rows")]
    NoRows,
    /// There are no columns.
    #[error("no features to fit on; the matrix has no column")]
    NoFeatures,
    /// More rows than the booster's histograms can count.
    #[error("{found} rows, at most {max} are supported")]
    TooManyRows {
        /// How many there are.
        found: usize,
        /// How many there may be.
        max: usize,
    },
    /// Labels and rows do not match.
    #[error("{found} labels for {expected} rows")]
    LabelCount {
        /// How many labels there are.
        found: usize,
        /// How many rows there are.
        expected: usize,
    },
    /// A label that the objective cannot use.
    #[error("label {value} in row {row} (0-based): expected {expected}")]
    Label {
        /// The row, 0-based.
        row: usize,
        /// The label.
        value: f32,
        /// What the objective takes.
        expected: &'static str,
    },
    /// A classifier saw labels of one class only.
    #[error("all {n_rows} labels are {value}: both classes, 0 and 1, are needed")]
    OneClass {
        /// How many rows there are.
        n_rows: usize,
        /// The label that all of them have.
        value: f32,
    },
    /// A ranking objective got no query groups.
    #[error("no query groups: a ranking objective needs the end of each group of rows")]
    NoGroups,
    /// A query group is empty or leaves the rows.
    #[error(
        "query group {group} (0-based) ends at row {end}: expected an end above {start}, where it begins, and at most {n_rows}, the number of rows"
    )]
    GroupEnd {
        /// The group, 0-based.
        group: usize,
        /// Its end, exclusive.
        end: usize,
        /// Its first row.
        start: usize,
        /// How many rows there are.
        n_rows: usize,
    },
    /// The last rows are in no query group.
    #[error("the query groups end at row {end}: expected {n_rows}, the number of rows")]
    RowsWithoutGroup {
        /// The end of the last group.
        end: usize,
        /// How many rows there are.
        n_rows: usize,
    },
    /// No query group has a row that should stand above the others.
    #[error("none of the {n_groups} query groups has a relevant row: there is no order to learn")]
    NothingToRank {
        /// How many groups there are.
        n_groups: usize,
    },
    /// A score that no calibrator can be fitted on.
    #[error("score {value} in row {row} (0-based): expected a number from -1e100 to 1e100")]
    Score {
        /// The row, 0-based.
        row: usize,
        /// The score.
        value: f64,
    },
    /// A blend of nothing.
    #[error("no models to blend")]
    NoMembers,
    /// Two members of a blend have one name.
    #[error("model {name:?} appears twice in the blend")]
    DuplicateMember {
        /// The name.
        name: String,
    },
    /// A member of a blend has more or fewer rows than there are labels.
    #[error("model {name:?} has {found} probabilities for {expected} labels")]
    MemberRows {
        /// The model.
        name: String,
        /// How many probabilities it has.
        found: usize,
        /// How many labels there are.
        expected: usize,
    },
    /// What a member of a blend predicts is no probability.
    #[error(
        "model {name:?} predicts {value} in row {row} (0-based): expected a probability from 0 to 1; calibrate it first"
    )]
    Probability {
        /// The model.
        name: String,
        /// The row, 0-based.
        row: usize,
        /// The prediction.
        value: f64,
    },
    /// A row's segment does not exist.
    #[error("segment {found} in row {row} (0-based): expected a number below {n_segments}")]
    Segment {
        /// The row, 0-based.
        row: usize,
        /// Its segment.
        found: usize,
        /// How many segments there are.
        n_segments: usize,
    },
    /// Folds and rows do not match.
    #[error("{found} folds for {expected} rows")]
    FoldCount {
        /// How many rows have a fold.
        found: usize,
        /// How many rows there are.
        expected: usize,
    },
    /// A row is in no fold.
    #[error("fold {fold} in row {row} (0-based): expected 0 to 127")]
    Fold {
        /// The row, 0-based.
        row: usize,
        /// Its fold.
        fold: i8,
    },
    /// There are too few folds for cross-validation.
    #[error("all rows are in one fold: at least 2 are needed, each with rows")]
    OneFold,
    /// The model that boosting should start from does not fit the rows, or is broken.
    #[error("the model to start from: {0}")]
    Start(#[source] ModelError),
    /// The rows were binned as others.
    #[error("binned rows: {0}")]
    Bins(#[source] ModelError),
    /// The held-out rows have other features than the training rows.
    #[error("held-out rows: {0}")]
    HeldOut(#[source] ModelError),
}

/// A model that does not fit the rows, or that is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The matrix has more or fewer features than the model.
    #[error("the matrix has {found} features, the model was fitted on {expected}")]
    FeatureCount {
        /// The matrix's number of features.
        found: usize,
        /// The model's.
        expected: usize,
    },
    /// The matrix has another feature at some place.
    #[error("feature {index} (0-based) is {found:?}, the model was fitted with {expected:?} there")]
    FeatureName {
        /// The place, 0-based.
        index: usize,
        /// The matrix's name.
        found: String,
        /// The model's name.
        expected: String,
    },
    /// The model contradicts itself, as one read from a damaged file may.
    #[error("the model is inconsistent: {what}; fit it again")]
    Inconsistent {
        /// What is wrong.
        what: String,
    },
}

impl ModelError {
    /// `Ok` where `holds`, else [`ModelError::Inconsistent`] with the text of `what`.
    pub(crate) fn unless(holds: bool, what: impl FnOnce() -> String) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self::Inconsistent { what: what() }) }
    }

    /// The same, and in which tree.
    pub(crate) fn in_tree(self, index: usize) -> Self {
        match self {
            Self::Inconsistent { what } => Self::Inconsistent { what: format!("tree {index}: {what}") },
            other => other,
        }
    }

    /// What is wrong with a model, without what to do about it.
    pub(crate) fn inconsistency(self) -> String {
        match self {
            Self::Inconsistent { what } => what,
            other => other.to_string(),
        }
    }

    /// Whether a matrix has the model's features, in the model's order.
    pub(crate) fn check_names(expected: &[String], found: &[String]) -> Result<(), Self> {
        if expected.len() != found.len() {
            return Err(Self::FeatureCount { found: found.len(), expected: expected.len() });
        }
        for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
            if expected != found {
                return Err(Self::FeatureName { index, found: found.clone(), expected: expected.clone() });
            }
        }
        Ok(())
    }
}
