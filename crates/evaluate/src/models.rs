//! The test rows' scores by every model: base recommenders, their average, meta-models.

use anyhow::Context as _;
use artifacts::layout::{Artifact, GB, LOGISTIC};
use artifacts::tables::FeatureRows;
use artifacts::{Error, Schema};
use rankers::gbdt::GbdtModel;
use rankers::logistic::LogisticModel;
use rankers::{FeatureMatrix, MetaModel};
use recommenders::BaseModel;
use report::ModelKind;
use serde::de::DeserializeOwned;
use stage::Run;

/// One model's scores of all test rows.
pub struct Scored {
    /// The name in every table.
    pub name: String,
    /// Its place in the stack.
    pub kind: ModelKind,
    /// What the scores are.
    pub scale: Scale,
    /// One score a test row, higher is better.
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

/// Scores the test rows, in the order of the tables: base models, their average, meta-models.
///
/// # Errors
/// Where a meta-model cannot be read or was fitted on other features.
pub fn score_all(run: &mut Run, test: &FeatureRows) -> anyhow::Result<Vec<Scored>> {
    let mut models: Vec<Scored> = BaseModel::ALL.into_iter().filter_map(|kind| base(kind, test)).collect();
    models.extend(averages(&models));

    let columns = test.names.iter().cloned().zip(test.columns.iter().cloned()).collect();
    let features = FeatureMatrix::from_columns(columns)?;
    let logistic: LogisticModel = read(run, LOGISTIC, MetaModel::Logistic, LogisticModel::validate)?;
    let gb: GbdtModel = read(run, GB, MetaModel::Gb, GbdtModel::validate)?;
    let meta = |kind: MetaModel, scores: Result<Vec<f64>, rankers::ModelError>| {
        let scores = scores.with_context(|| format!("{}; run `make train-meta`", kind.name()))?;
        anyhow::Ok(Scored {
            name: kind.name().to_owned(),
            kind: ModelKind::Meta,
            scale: Scale::Probability,
            scores,
        })
    };
    models.push(meta(MetaModel::Logistic, logistic.predict(&features))?);
    models.push(meta(MetaModel::Gb, gb.predict(&features))?);
    Ok(models)
}

fn read<M: DeserializeOwned, E: ToString>(
    run: &mut Run,
    artifact: Artifact,
    kind: MetaModel,
    validate: impl Fn(&M) -> Result<(), E>,
) -> Result<M, Error> {
    let schema = Schema { name: kind.schema(), version: kind.schema_version() };
    run.read_model(artifact.stage, artifact.file, schema, validate)
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
