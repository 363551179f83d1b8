//! One round: the features of what is asked, from what is known.

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
    let known = setup.known(round, parts);
    let history = History::from_rows(ratings, |row| known[row]);
    // From the round's shares, not from the number of training ratings: that number tells of a held-out rating's presence.
    let n_training = (history.n_ratings() as f64 * round.scale).round() as usize;
    let context = Context {
        history: &history,
        items,
        n_training,
        earlier_only: setup.earlier_only,
        relevant_from: setup.relevant_from,
    };
    let batch = Batch::new(candidates)
        .with_base_scores(&base.scores, &base.in_stars)?
        .with_supports(&base.supports)?;
    Ok(FeatureBuilder::new(&setup.groups, &context).compute(&batch)?)
}
