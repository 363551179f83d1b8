//! Who is measured: the models of a run side by side, in the order of the tables (base recommenders, their plain averages, meta-models, yardsticks),
//! with their scores of rows with features.

mod averages;
mod scored;

pub use scored::{ModelKind, Scale, Scored};

use anyhow::Context as _;
use averages::averages;
use metrics::scorers::{CONSTANT, ORACLE, constant, oracle};
use rankers::{FeatureMatrix, MetaModel, Predicted, Stack, among_all};
use recommenders::BaseModel;

/// The meta-models of a run; what the other models score stands among the features or follows from them.
#[derive(Debug, Clone)]
pub struct Lineup {
    stack: Stack,
    negative_share: Option<f64>,
}

impl Lineup {
    /// `negative_share`: of the candidates from the catalogue, the share of irrelevant ones that the meta-models were fitted on; none where they
    /// were fitted on rated rows.
    pub fn new(stack: Stack, negative_share: Option<f64>) -> Self {
        Self { stack, negative_share }
    }

    /// The meta-models.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// The scores of rows whose features are `columns`, of these `names`: one a row, of every model but the yardsticks. `of_catalogue` says whether the rows
    /// are candidates from the catalogue, and not rated items.
    ///
    /// # Errors
    /// Where a meta-model was fitted on other features.
    pub fn score(
        &self,
        names: &[String],
        columns: &[Vec<f64>],
        of_catalogue: bool,
    ) -> anyhow::Result<Vec<Scored>> {
        let base = |kind: BaseModel| {
            Some(base(kind, &columns[names.iter().position(|name| name == kind.column())?]))
        };
        let mut models: Vec<Scored> = BaseModel::ALL.into_iter().filter_map(base).collect();
        models.extend(averages(&models));
        let columns = names.iter().cloned().zip(columns.iter().cloned()).collect();
        let predicted = self.stack.predict(&FeatureMatrix::from_columns(columns)?);
        models.extend(predicted.context("run `make train-meta`")?.into_iter().map(meta));
        for model in models.iter_mut().filter(|model| model.scale == Scale::Probability) {
            self.correct(of_catalogue, model);
        }
        Ok(models)
    }

    /// Makes a probability among the rows that the model was fitted on one among those that it ranks. Rated rows are no candidates: there,
    /// the scores of a model of candidates only order.
    fn correct(&self, of_catalogue: bool, model: &mut Scored) {
        match self.negative_share {
            Some(share) if of_catalogue => {
                model.scores.iter_mut().for_each(|p| *p = among_all(*p, share));
            }
            None if !of_catalogue => {}
            _ => model.scale = Scale::Order,
        }
    }
}

/// A base model's scores stand among the features, unless that group is switched off.
fn base(kind: BaseModel, scores: &[f64]) -> Scored {
    Scored {
        name: kind.name().to_owned(),
        kind: ModelKind::Base,
        scale: if kind.is_star_scale() { Scale::Stars } else { Scale::Order },
        scores: scores.to_vec(),
    }
}

/// As the tables show it: a regression in stars, others as probabilities where they have some.
fn meta(predicted: Predicted) -> Scored {
    let (scale, scores) = match predicted.probabilities {
        _ if predicted.model == MetaModel::GbRating => (Scale::Stars, predicted.raw),
        Some(probabilities) => (Scale::Probability, probabilities),
        None => (Scale::Order, predicted.raw),
    };
    Scored { name: predicted.model.name().to_owned(), kind: ModelKind::Meta, scale, scores }
}

/// Floor and ceiling of what any model can reach on rows of these `grades`: one score for all, and the grades themselves.
pub fn yardsticks(grades: &[f64]) -> [Scored; 2] {
    let yardstick = |name: &str, scores| Scored {
        name: name.to_owned(),
        kind: ModelKind::Yardstick,
        scale: Scale::Order,
        scores,
    };
    [yardstick(CONSTANT, constant(grades.len())), yardstick(ORACLE, oracle(grades))]
}
