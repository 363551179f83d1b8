//! Some users in full: what they rated, what each model puts on top, where their relevant items landed.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use artifacts::tables::FeatureRows;
use dataset::{UserId, rng};
use metrics::{Groups, RankOrder, TieOrder};
use rand::seq::index;
use report::{Explorer, ExplorerUser, Landing, Ranked, Rated};

use crate::config::Checked;
use crate::inputs::Inputs;
use crate::known::KnownRating;
use crate::measure::Measured;
use crate::rows::Rows;
use lineup::{ModelKind, Scored};

/// Users in the sample.
const N_USERS: usize = 40;
/// Models shown, the best first.
const N_MODELS: usize = 8;
/// Known ratings shown, items on top shown, and relevant items shown of a user.
const N_KNOWN: usize = 20;
const N_TOP: usize = 10;
const N_RELEVANT: usize = 30;

/// Titles, each once, in the order in which they were first needed.
#[derive(Default)]
struct Titles {
    texts: Vec<String>,
    of_item: BTreeMap<i64, u32>,
}

impl Titles {
    fn of(&mut self, item_id: i64, inputs: &Inputs) -> u32 {
        *self.of_item.entry(item_id).or_insert_with(|| {
            let title = inputs.items.get(item_id).map(|item| item.title.clone()).unwrap_or_default();
            self.texts.push(if title.is_empty() { format!("item {item_id}") } else { title });
            self.texts.len() as u32 - 1
        })
    }
}

/// A sample of the users who count: those with a relevant row. In ascending order.
pub fn sample(test: &FeatureRows, seed: u64) -> Vec<UserId> {
    let of_user = test.user_ids.chunk_by(|one, other| one == other);
    let mut labels = test.labels.as_slice();
    let mut counted = Vec::new();
    for rows in of_user {
        let (own, rest) = labels.split_at(rows.len());
        labels = rest;
        if own.contains(&1) {
            counted.push(rows[0]);
        }
    }
    let n_sampled = N_USERS.min(counted.len());
    let drawn = index::sample(&mut rng::stream(seed, "evaluate/explorer"), counted.len(), n_sampled);
    let mut users: Vec<UserId> = drawn.into_iter().map(|at| counted[at]).collect();
    users.sort_unstable();
    users
}

/// The users of a [`sample`].
pub fn explorer(
    rows: &Rows,
    models: &[Scored],
    measured: &Measured,
    inputs: &Inputs,
    config: &Checked,
) -> anyhow::Result<Explorer> {
    let groups = Groups::from_sorted(&rows.user_ids)?;
    let counted = measured.per_user.user_ids();
    let mut shown: Vec<&Scored> = models.iter().filter(|model| model.kind != ModelKind::Yardstick).collect();
    let value =
        |model: &Scored| measured.value(&model.name, "ndcg", config.report_k).unwrap_or(f64::NEG_INFINITY);
    shown.sort_by(|a, b| value(b).total_cmp(&value(a)));
    shown.truncate(N_MODELS);

    let mut titles = Titles::default();
    let column = measured.per_user.column_index("ndcg", Some(config.report_k as usize));
    let values: Vec<Vec<Option<f64>>> = shown
        .iter()
        .map(|model| match (measured.per_user.model_index(&model.name), column) {
            (Some(model), Some(column)) => measured.per_user.values(model, column).collect(),
            _ => vec![None; counted.len()],
        })
        .collect();
    let mut users = Vec::new();
    for &user_id in inputs.known.shown.keys() {
        let Ok(at) = counted.binary_search(&user_id) else { continue };
        let Ok(group) = groups.user_ids().binary_search(&user_id) else { continue };
        let range = groups.rows(group);
        let mut relevant: Vec<usize> = range.clone().filter(|&row| rows.relevant[row]).collect();
        relevant.sort_by(|&a, &b| {
            rows.stars[b].total_cmp(&rows.stars[a]).then(rows.item_ids[a].cmp(&rows.item_ids[b]))
        });
        relevant.truncate(N_RELEVANT);
        let known = known(user_id, inputs, &mut titles);
        let landings = shown.iter().zip(&values).map(|(model, values)| {
            landing(rows, model, range.clone(), &relevant, values[at], inputs, &mut titles)
        });
        let landings: Vec<Landing> = landings.collect();
        let rated = |&row: &usize| Rated {
            item: titles.of(rows.item_ids[row], inputs),
            stars: f64::from(rows.stars[row]),
        };
        users.push(ExplorerUser {
            user_id,
            n_known: inputs.n_known_of_user(user_id) as u64,
            known,
            n_candidates: range.len() as u64,
            relevant: relevant.iter().map(rated).collect(),
            landings,
        });
    }
    Ok(Explorer {
        protocol: rows.protocol.name().to_owned(),
        n_users_total: counted.len() as u64,
        sampling: format!(
            "{} of the {} users with a relevant test item, drawn at random.",
            users.len(),
            counted.len()
        ),
        known_order: "the best and most recent first".to_owned(),
        metric: "ndcg".to_owned(),
        models: shown.iter().map(|model| model.name.clone()).collect(),
        titles: titles.texts,
        users,
    })
}

/// Some of the user's training ratings, the best first, of equal ones the latest.
fn known(user_id: i64, inputs: &Inputs, titles: &mut Titles) -> Vec<Rated> {
    let mut known = inputs.known.shown.get(&user_id).cloned().unwrap_or_default();
    known.sort_by(|a, b| {
        let key = |rating: &KnownRating| (Reverse(rating.timestamp), rating.item_id);
        b.stars.total_cmp(&a.stars).then(key(a).cmp(&key(b)))
    });
    known.truncate(N_KNOWN);
    let rated = |rating: KnownRating| Rated {
        item: titles.of(rating.item_id, inputs),
        stars: f64::from(rating.stars),
    };
    known.into_iter().map(rated).collect()
}

/// What one model makes of the user in `range`.
fn landing(
    rows: &Rows,
    model: &Scored,
    range: std::ops::Range<usize>,
    relevant: &[usize],
    value: Option<f64>,
    inputs: &Inputs,
    titles: &mut Titles,
) -> Landing {
    let mut order = RankOrder::new(TieOrder::SmallerItem);
    order.load(&rows.item_ids[range.clone()]);
    order.sort(&model.scores[range.clone()]);
    let ranked: Vec<usize> =
        order.rows()[..order.n_retrieved()].iter().map(|&row| range.start + row as usize).collect();
    let top = ranked.iter().take(N_TOP).map(|&row| Ranked {
        item_id: rows.item_ids[row],
        why: None,
        item: titles.of(rows.item_ids[row], inputs),
        score: model.scores[row],
        relevant: rows.relevant[row],
        stars: (!rows.stars[row].is_nan()).then(|| f64::from(rows.stars[row])),
    });
    let top = top.collect();
    let rank_of = |row: &usize| ranked.iter().position(|of| of == row).map(|rank| rank as u32 + 1);
    Landing { value, top, ranks: relevant.iter().map(rank_of).collect() }
}
