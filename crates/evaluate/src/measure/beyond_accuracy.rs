//! What the lists are like, whether or not they hit.

use dataset::Lookup;
use metrics::Groups;
use metrics::beyond_accuracy::{
    BeyondAccuracy, Catalogue, TopLists, measure as measure_lists, profile_popularity,
};

use super::Number;
use crate::config::Checked;
use crate::inputs::Inputs;
use crate::rows::Rows;
use lineup::Scored;

/// Coverage, Gini index, novelty, diversity and popularity of each model's lists at each cut.
pub fn measure(
    rows: &Rows,
    groups: &Groups,
    models: &[Scored],
    inputs: &Inputs,
    config: &Checked,
) -> anyhow::Result<Vec<Number>> {
    let genres: Vec<u64> = inputs.items.all().iter().map(|item| item.genres.0).collect();
    let catalogue = Catalogue::new(&genres, &inputs.known.of_items, inputs.known.users.len())?;
    let items = places(rows, inputs);
    let ks: Vec<usize> = config.ks.iter().map(|&k| k as usize).collect();
    let longest = ks.iter().copied().max().unwrap_or(0);
    let profiles = profiles(groups, inputs, &catalogue)?;
    let number = |model: &Scored, number: BeyondAccuracy| Number {
        model: model.name.clone(),
        segment: super::ALL.to_owned(),
        metric: number.metric.to_owned(),
        k: Some(number.k),
        value: number.value,
        interval: number.interval,
        n_users: number.n_users,
    };
    let mut numbers = Vec::new();
    // Six numbers of each user, model and cut.
    for models in models.chunks(super::at_once(groups.len() * 6 * ks.len())) {
        let lists =
            |model: &Scored| TopLists::from_scores(groups, &rows.item_ids, &items, &model.scores, longest);
        let lists: Vec<TopLists> = models.iter().map(lists).collect::<Result<_, _>>()?;
        let measured = measure_lists(&lists, &catalogue, &profiles, &ks, &config.bootstrap);
        for (model, of_model) in models.iter().zip(measured) {
            numbers.extend(of_model.into_iter().map(|one| number(model, one)));
        }
    }
    Ok(numbers)
}

/// The place of each row's item in the catalogue.
fn places(rows: &Rows, inputs: &Inputs) -> Vec<u32> {
    let lookup = Lookup::new(inputs.catalogue(), rows.item_ids.len());
    rows.item_ids.iter().map(|&item_id| lookup.index_of(item_id).unwrap_or(0)).collect()
}

/// How popular the items are that each user rated in training.
fn profiles(groups: &Groups, inputs: &Inputs, catalogue: &Catalogue<'_>) -> anyhow::Result<Vec<Option<f64>>> {
    let known = &inputs.known;
    let sizes = known.users.ids().iter().copied().zip(known.of_users.iter().copied());
    let training = Groups::from_sizes(sizes)?;
    Ok(profile_popularity(groups.user_ids(), &training, &known.items, catalogue))
}
