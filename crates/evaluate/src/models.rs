//! The rows' scores by every model: base recommenders, their averages, meta-models, yardsticks.

use artifacts::Error;
use artifacts::layout::TEST;
use artifacts::table::TableFile;
use artifacts::tables::{FeatureRows, Stored as _};
use lineup::{Lineup, ModelKind, Scored};
use rankers::{Fitted, MetaModel};
use stage::Run;

use crate::rows::{RankedBy, Rows};
use crate::shap::Sample;

/// The models that are measured.
pub struct Models(Lineup);

impl Models {
    /// # Errors
    /// Where a model is missing or corrupt.
    pub fn read(run: &mut Run) -> anyhow::Result<Self> {
        Ok(Self(Lineup::new(fitted::stack(run)?, fitted::negative_share(run)?)))
    }

    /// Scores the rows of a protocol, in the order of the tables: base models, their averages, meta-models, yardsticks.
    ///
    /// # Errors
    /// Where a meta-model was fitted on other features.
    pub fn score(&self, rows: &Rows) -> anyhow::Result<Vec<Scored>> {
        let mut models = self.score_features(rows, &rows.features)?;
        for model in &mut models {
            model.scores = rows.spread(&model.scores, model.kind == ModelKind::Base);
        }
        models.extend(yardsticks(rows));
        Ok(models)
    }

    /// The same of the test rows, whose features stand in `test`: they are read and forgotten piece by piece, but for the `samples`.
    ///
    /// # Errors
    /// Where a meta-model was fitted on other features, or the file holds what it may not.
    pub fn score_test(
        &self,
        run: &Run,
        rows: &Rows,
        test: &TableFile,
        mut samples: [&mut Sample; 2],
    ) -> anyhow::Result<Vec<Scored>> {
        let mut models: Vec<Scored> = Vec::new();
        for group in 0..test.n_groups().max(1) {
            let piece = read_piece(run, test, group)?;
            for sample in &mut samples {
                sample.take(&piece);
            }
            let scored = self.score_features(rows, &piece)?;
            if models.is_empty() {
                models = scored;
                for model in &mut models {
                    model.scores.reserve_exact(rows.relevant.len().saturating_sub(model.scores.len()));
                }
            } else {
                for (model, piece) in models.iter_mut().zip(scored) {
                    model.scores.extend(piece.scores);
                }
            }
        }
        models.extend(yardsticks(rows));
        Ok(models)
    }

    /// What train-meta fitted, but for the blend.
    pub fn fitted(&self) -> &[(MetaModel, Fitted)] {
        &self.0.stack().fitted
    }

    fn score_features(&self, rows: &Rows, features: &FeatureRows) -> anyhow::Result<Vec<Scored>> {
        self.0.score(&features.names, &features.columns, rows.protocol.ranks_catalogue())
    }
}

/// A row group of the test rows; the first of a file without any is empty.
///
/// # Errors
/// Where the file holds what it may not.
pub fn read_piece(run: &Run, test: &TableFile, group: usize) -> Result<FeatureRows, Error> {
    let groups = group..test.n_groups().min(group + 1);
    let piece = test.read_groups(groups, |_| true).and_then(FeatureRows::from_table);
    piece.map_err(|problem| run.corrupt(TEST, problem))
}

/// Both rank what the meta-models rank, so that the oracle's distance from 1 is what the candidates miss.
fn yardsticks(rows: &Rows) -> [Scored; 2] {
    let mut yardsticks = lineup::yardsticks(&rows.grades);
    for yardstick in &mut yardsticks {
        let of_rows = yardstick.scores.iter_mut().zip(&rows.ranked_by);
        of_rows.filter(|(_, by)| **by != RankedBy::All).for_each(|(score, _)| *score = f64::NAN);
    }
    yardsticks
}
