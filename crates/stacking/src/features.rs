//! One round: the features of what is asked, from what is known.

use std::ops::Range;

use dataset::split::Part;
use dataset::{Candidate, History, Items, Ratings};
use features::{Batch, BatchError, Column, Context, DuplicateFeature, FeatureBuilder, FeatureTable};
use recommenders::BaseModel;

use crate::{FeatureSetup, Round};

/// The columns that base models give: scores, whether each is in stars, and the evidence behind some of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BaseColumns {
    scores: Vec<Column>,
    in_stars: Vec<bool>,
    supports: Vec<Column>,
}

impl BaseColumns {
    /// Appends a model's columns.
    pub fn push(&mut self, model: BaseModel, scores: Vec<f64>, support: Option<Vec<f64>>) {
        self.scores.push(Column { name: model.column().to_owned(), values: scores });
        self.in_stars.push(model.is_star_scale());
        if let (Some(name), Some(values)) = (model.support_column(), support) {
            self.supports.push(Column { name: name.to_owned(), values });
        }
    }

    /// The columns of a range of rows.
    #[must_use]
    pub fn slice(&self, rows: Range<usize>) -> Self {
        self.map(|values| values[rows.clone()].to_vec())
    }

    /// The columns of some rows.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        self.map(|values| rows.iter().map(|&row| values[row]).collect())
    }

    fn map(&self, change: impl Fn(&[f64]) -> Vec<f64>) -> Self {
        let change = |column: &Column| Column { name: column.name.clone(), values: change(&column.values) };
        Self {
            scores: self.scores.iter().map(change).collect(),
            in_stars: self.in_stars.clone(),
            supports: self.supports.iter().map(change).collect(),
        }
    }

    /// Scores, then supports, by name.
    pub fn into_columns(self) -> Vec<(String, Vec<f64>)> {
        self.scores.into_iter().chain(self.supports).map(|column| (column.name, column.values)).collect()
    }
}

/// Features that cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum FeatureError {
    /// A column of base scores has another length than the rows.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// Two columns have one name.
    #[error(transparent)]
    Duplicate(#[from] DuplicateFeature),
}

/// The ratings that statistics of the rows of `round` are taken from.
pub fn statistics_history(setup: &FeatureSetup, round: &Round, ratings: &Ratings, parts: &[Part]) -> History {
    let known = setup.known(round, parts);
    History::from_rows(ratings, |row| known[row])
}

/// The features of one round, a batch of candidates at a time.
pub struct RoundFeatures<'a>(FeatureBuilder<'a>);

impl<'a> RoundFeatures<'a> {
    /// Prepares the features of the rows of `round` from `history`, its [`statistics_history`].
    pub fn prepare(setup: &FeatureSetup, round: &Round, history: &'a History, items: &'a Items) -> Self {
        // From the round's shares, not from the number of training ratings: that number tells of a held-out rating's presence.
        let n_training = (history.n_ratings() as f64 * round.scale).round() as usize;
        let context = Context {
            history,
            items,
            n_training,
            earlier_only: setup.earlier_only,
            relevant_from: setup.relevant_from,
        };
        Self(FeatureBuilder::new(&setup.groups, context))
    }

    pub(crate) fn of(builder: FeatureBuilder<'a>) -> Self {
        Self(builder)
    }

    /// The features of `candidates`, whose base scores are `base`. A row's features do not depend on the other rows.
    ///
    /// # Errors
    /// [`FeatureError`].
    pub fn compute(
        &self,
        candidates: &[Candidate],
        base: &BaseColumns,
    ) -> Result<FeatureTable, FeatureError> {
        let batch = Batch::new(candidates)
            .with_base_scores(&base.scores, &base.in_stars)?
            .with_supports(&base.supports)?;
        Ok(self.0.compute(&batch)?)
    }
}

/// The features of `candidates`, with statistics from the ratings that `round` may see.
///
/// # Errors
/// [`FeatureError`].
pub fn features(
    setup: &FeatureSetup,
    round: &Round,
    ratings: &Ratings,
    parts: &[Part],
    items: &Items,
    candidates: &[Candidate],
    base: &BaseColumns,
) -> Result<FeatureTable, FeatureError> {
    let history = statistics_history(setup, round, ratings, parts);
    RoundFeatures::prepare(setup, round, &history, items).compute(candidates, base)
}
