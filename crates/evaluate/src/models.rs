//! The rows' scores by every model: base recommenders, their averages, meta-models.

use anyhow::Context as _;
use artifacts::Error;
use artifacts::layout::TEST;
use artifacts::table::TableFile;
use artifacts::tables::{FeatureRows, Stored as _};
use metrics::scorers::{CONSTANT, ORACLE, constant, oracle};
use rankers::{FeatureMatrix, Fitted, MetaModel, Predicted, Stack, among_all};
use recommenders::BaseModel;
use report::ModelKind;
use stage::Run;

use crate::protocol::Protocol;
use crate::rows::{RankedBy, Rows};
use crate::shap::Sample;

/// One model's scores of all rows of a protocol.
pub struct Scored {
    /// The name in every table.
    pub name: String,
    /// Its place in the stack.
    pub kind: ModelKind,
    /// What the scores are.
    pub scale: Scale,
    /// One score a row, higher is better; NaN where the model does not rank the row.
    pub scores: Vec<f64>,
}

/// What a score is, and so which errors of it can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// An estimate of the rating, in stars.
    Stars,
    /// An estimate of the chance that the item is relevant.
    Probability,
    /// Good for ordering only.
    Order,
}

/// The meta-models that `train-meta` fitted.
pub struct Models {
    stack: Stack,
    /// Of the candidates from the catalogue, the share of irrelevant ones that they were fitted on; none where they were fitted on
    /// rated rows.
    negative_share: Option<f64>,
}

impl Models {
    /// # Errors
    /// Where a model is missing or corrupt.
    pub fn read(run: &mut Run) -> anyhow::Result<Self> {
        Ok(Self { stack: fitted::stack(run)?, negative_share: fitted::negative_share(run)? })
    }

    /// Scores the rows of a protocol, in the order of the tables: base models, their averages, meta-models, yardsticks.
    ///
    /// # Errors
    /// Where a meta-model was fitted on other features.
    pub fn score(&self, rows: &Rows) -> anyhow::Result<Vec<Scored>> {
        let mut models = self.score_features(rows.protocol, &rows.features)?;
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
            let scored = self.score_features(rows.protocol, &piece)?;
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
        &self.stack.fitted
    }

    /// The scores of rows with features, one a row.
    fn score_features(&self, protocol: Protocol, rows: &FeatureRows) -> anyhow::Result<Vec<Scored>> {
        let mut models: Vec<Scored> =
            BaseModel::ALL.into_iter().filter_map(|kind| base(kind, rows)).collect();
        models.extend(averages(&models));
        let columns = rows.names.iter().cloned().zip(rows.columns.iter().cloned()).collect();
        models.extend(self.meta_models(&FeatureMatrix::from_columns(columns)?)?);
        for model in models.iter_mut().filter(|model| model.scale == Scale::Probability) {
            self.correct(protocol, model);
        }
        Ok(models)
    }

    fn meta_models(&self, features: &FeatureMatrix) -> anyhow::Result<Vec<Scored>> {
        let predicted = self.stack.predict(features).context("run `make train-meta`")?;
        Ok(predicted.into_iter().map(scored).collect())
    }

    /// Makes a probability among the rows that the model was fitted on one among those that it ranks. Rated rows are no candidates: there,
    /// the scores of a model of candidates only order.
    fn correct(&self, protocol: Protocol, model: &mut Scored) {
        match self.negative_share {
            Some(share) if protocol.ranks_catalogue() => {
                model.scores.iter_mut().for_each(|p| *p = among_all(*p, share));
            }
            None if !protocol.ranks_catalogue() => {}
            _ => model.scale = Scale::Order,
        }
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

/// As the tables show it: a regression in stars, others as probabilities where they have some.
fn scored(predicted: Predicted) -> Scored {
    let (scale, scores) = match predicted.probabilities {
        _ if predicted.model == MetaModel::GbRating => (Scale::Stars, predicted.raw),
        Some(probabilities) => (Scale::Probability, probabilities),
        None => (Scale::Order, predicted.raw),
    };
    Scored { name: predicted.model.name().to_owned(), kind: ModelKind::Meta, scale, scores }
}

/// A base model's scores stand among the features, unless that group is switched off.
fn base(kind: BaseModel, test: &FeatureRows) -> Option<Scored> {
    let at = test.names.iter().position(|name| name == kind.column())?;
    Some(Scored {
        name: kind.name().to_owned(),
        kind: ModelKind::Base,
        scale: if kind.is_star_scale() { Scale::Stars } else { Scale::Order },
        scores: test.columns[at].clone(),
    })
}

/// The base models of the reference, whose plain average it has.
const REFERENCE: [BaseModel; 4] = [BaseModel::Bias, BaseModel::ItemKnn, BaseModel::Mf, BaseModel::Genre];

/// The plain averages: `SimpleAverage4`, the mean of the reference's four models, and, where there are others, `StarAverage`, the mean of all
/// models whose scores are in stars.
fn averages(base: &[Scored]) -> Vec<Scored> {
    let is_of_reference = |model: &&Scored| REFERENCE.iter().any(|kind| kind.name() == model.name);
    let reference: Vec<&Scored> = base.iter().filter(is_of_reference).collect();
    let in_stars: Vec<&Scored> = base.iter().filter(|model| model.scale == Scale::Stars).collect();
    let simple =
        (reference.len() == REFERENCE.len()).then(|| average("SimpleAverage4", Scale::Order, &reference));
    let stars = (base.len() > reference.len() && in_stars.len() > 1)
        .then(|| average(&format!("StarAverage{}", in_stars.len()), Scale::Stars, &in_stars));
    simple.into_iter().chain(stars).collect()
}

fn average(name: &str, scale: Scale, models: &[&Scored]) -> Scored {
    let n_rows = models.first().map_or(0, |model| model.scores.len());
    let mut scores = vec![0.0; n_rows];
    for model in models {
        for (sum, score) in scores.iter_mut().zip(&model.scores) {
            *sum += score;
        }
    }
    for sum in &mut scores {
        *sum /= models.len() as f64;
    }
    Scored { name: name.to_owned(), kind: ModelKind::Average, scale, scores }
}

/// Floor and ceiling of what any model can reach on these rows: one score for all, and the grades themselves. Both rank what the meta-models
/// rank, so that the oracle's distance from 1 is what the candidates miss.
fn yardsticks(rows: &Rows) -> [Scored; 2] {
    let yardstick = |name: &str, scores: Vec<f64>| {
        let of_rows = scores.into_iter().zip(&rows.ranked_by);
        let scores = of_rows.map(|(score, by)| if *by == RankedBy::All { score } else { f64::NAN }).collect();
        Scored { name: name.to_owned(), kind: ModelKind::Yardstick, scale: Scale::Order, scores }
    };
    [yardstick(CONSTANT, constant(rows.relevant.len())), yardstick(ORACLE, oracle(&rows.grades))]
}
