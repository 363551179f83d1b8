//! Why the first booster puts an item on top: a sentence in the explorer.

use std::collections::BTreeMap;

use anyhow::Context as _;
use artifacts::{Layout, StageName};
use dataset::{Candidate, History, Rating, Ratings};
use rankers::contributions::Explainer;
use rankers::{FeatureMatrix, MetaModel};
use reasons::{About, Strength, Teller, Themes, Told};
use recommenders::FittedModel;
use report::Explorer;
use stage::Run;

use crate::inputs::Inputs;
use crate::models::Models;
use crate::shap::Sample;

/// Base models larger than this in all are not read for the page: then nothing is told by its title.
const LARGEST_MODELS: u64 = 1 << 29;

/// Says of each item that the first booster has on top for a user why it does; `sample` has the features of the users' rows.
///
/// # Errors
/// Where a model is missing or corrupt, or was fitted on other features.
pub fn say_why(
    run: &mut Run,
    explorer: &mut Explorer,
    models: &Models,
    sample: &Sample,
    inputs: &Inputs,
) -> anyhow::Result<()> {
    let booster = models.fitted().iter().find(|(_, fitted)| fitted.booster().is_some());
    let Some((model, fitted)) = booster else { return Ok(()) };
    let Some(column) = explorer.models.iter().position(|name| name == model.name()) else { return Ok(()) };
    let tops = explorer.users.iter().flat_map(|user| {
        let top = user.landings.get(column).into_iter().flat_map(|landing| &landing.top);
        top.map(|ranked| (user.user_id, ranked.item_id))
    });
    let tops: Vec<(i64, i64)> = tops.collect();
    let (found, matrix) = sample.select(&tops)?;
    let rows: Vec<Candidate> =
        found.iter().map(|&at| Candidate { user_id: tops[at].0, item_id: tops[at].1, at: 0 }).collect();
    let chosen = chosen(*model, fitted, &matrix)?;

    let stems: Vec<String> = run.upstream_config(StageName::TrainBase, "models")?;
    let bytes: u64 =
        stems.iter().map(|stem| run.upstream_bytes(StageName::TrainBase, &Layout::base_model(stem))).sum();
    let base: Vec<FittedModel> =
        if bytes <= LARGEST_MODELS { fitted::base_models(run, &stems)? } else { Vec::new() };
    let params = fitted::base_params(run)?;
    let known = History::new(&known_ratings(inputs));
    let base = fitted::with_users(run, base, || known.clone())?;
    let feature = |name: &str| {
        let at = matrix.names().iter().position(|of| of == name);
        let values = at.map(|at| matrix.column(at)).unwrap_or_default();
        rows.iter().zip(values).map(|(row, &value)| (row.item_id, value)).collect::<BTreeMap<_, _>>()
    };
    let means = feature("item_mean_rating");
    let about = |item_id| {
        let place = inputs.catalogue().index_of(item_id);
        let n_ratings = place.map_or(0, |place| inputs.known.of_items[place as usize] as usize);
        let mean = means.get(&item_id).copied().filter(|mean| !mean.is_nan());
        About {
            items: &inputs.items,
            n_ratings: if mean.is_some() { n_ratings } else { 0 },
            mean_rating: mean.unwrap_or(0.0),
            mean_of_all: inputs.known.mean(),
            year: inputs.items.get(item_id).and_then(|item| item.year),
        }
    };
    let teller = Teller { models: &base, known: &known, params: &params };
    let sentences = teller.sentences(&rows, &chosen, about);
    let mut why: BTreeMap<(i64, i64), String> =
        rows.iter().map(|row| (row.user_id, row.item_id)).zip(sentences).collect();
    for user in &mut explorer.users {
        let top = user.landings.get_mut(column).into_iter().flat_map(|landing| &mut landing.top);
        top.for_each(|ranked| ranked.why = why.remove(&(user.user_id, ranked.item_id)));
    }
    Ok(())
}

/// The themes that are told of each row.
fn chosen(
    model: MetaModel,
    fitted: &rankers::Fitted,
    matrix: &FeatureMatrix,
) -> anyhow::Result<Vec<Vec<Strength>>> {
    let again = || format!("{}; run `make train-meta`", model.name());
    let explainer = Explainer::new(fitted).with_context(again)?;
    let contributions = explainer.contributions(matrix).with_context(again)?;
    let themes = Themes::new(matrix.names());
    Ok(contributions.rows().map(|row| Told::choose(&themes.strengths(row))).collect())
}

/// The training ratings of the users who are shown.
fn known_ratings(inputs: &Inputs) -> Ratings {
    let of_user = |(&user_id, ratings): (&i64, &Vec<crate::known::KnownRating>)| {
        let rating = move |rating: &crate::known::KnownRating| Rating {
            user_id,
            item_id: rating.item_id,
            value: rating.stars,
            timestamp: rating.timestamp,
        };
        ratings.iter().map(rating).collect::<Vec<_>>()
    };
    inputs.known.shown.iter().flat_map(of_user).collect()
}
