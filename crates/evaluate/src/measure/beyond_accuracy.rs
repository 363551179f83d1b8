//! What the lists are like, whether or not they hit.

use dataset::split::Part;
use metrics::Groups;
use metrics::beyond_accuracy::{
    BeyondAccuracy, Catalogue, TopLists, measure as measure_lists, profile_popularity,
};

use super::Number;
use crate::config::Checked;
use crate::inputs::Inputs;
use crate::models::Scored;
use crate::rows::Rows;

/// Coverage, Gini index, novelty, diversity and popularity of each model's lists at each cut.
pub fn measure(
    rows: &Rows,
    groups: &Groups,
    models: &[Scored],
    inputs: &Inputs,
    config: &Checked,
) -> anyhow::Result<Vec<Number>> {
    let genres: Vec<u64> = inputs.items.all().iter().map(|item| item.genres.0).collect();
    let catalogue = Catalogue::new(&genres, &inputs.n_known_of_item, inputs.known_users.len())?;
    let items: Vec<u32> =
        rows.item_ids.iter().map(|&item_id| inputs.item_at(item_id).map_or(0, |item| item as u32)).collect();
    let ks: Vec<usize> = config.ks.iter().map(|&k| k as usize).collect();
    let longest = ks.iter().copied().max().unwrap_or(0);
    let profiles = profiles(groups, inputs, &catalogue)?;
    let lists =
        |model: &Scored| TopLists::from_scores(groups, &rows.item_ids, &items, &model.scores, longest);
    let lists: Vec<TopLists> = models.iter().map(lists).collect::<Result<_, _>>()?;
    let measured = measure_lists(&lists, &catalogue, &profiles, &ks, &config.bootstrap);
    let number = |model: &Scored, number: BeyondAccuracy| Number {
        model: model.name.clone(),
        segment: super::ALL.to_owned(),
        metric: number.metric.to_owned(),
        k: Some(number.k),
        value: number.value,
        interval: number.interval,
        n_users: number.n_users,
    };
    let of_models = models.iter().zip(measured);
    Ok(of_models
        .flat_map(|(model, numbers)| numbers.into_iter().map(move |one| number(model, one)))
        .collect())
}

/// How popular the items are that each user rated in training.
fn profiles(groups: &Groups, inputs: &Inputs, catalogue: &Catalogue<'_>) -> anyhow::Result<Vec<Option<f64>>> {
    let known = (0..inputs.split.parts.len()).filter(|&row| inputs.split.parts[row] != Part::Test);
    let (user_ids, items): (Vec<i64>, Vec<u32>) = known
        .filter_map(|row| {
            let item = inputs.item_at(inputs.split.ratings.item_ids[row])?;
            Some((inputs.split.ratings.user_ids[row], item as u32))
        })
        .unzip();
    let training = Groups::from_sorted(&user_ids)?;
    Ok(profile_popularity(groups.user_ids(), &training, &items, catalogue))
}
