//! The plain averages of base models: what a stack has to beat.

use recommenders::BaseModel;

use crate::{ModelKind, Scale, Scored};

/// The base models of the reference, whose plain average it has.
const REFERENCE: [BaseModel; 4] = [BaseModel::Bias, BaseModel::ItemKnn, BaseModel::Mf, BaseModel::Genre];

/// The plain averages: `SimpleAverage4`, the mean of the reference's four models, and, where there are others, `StarAverage`, the mean of all
/// models whose scores are in stars.
pub fn averages(base: &[Scored]) -> Vec<Scored> {
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
