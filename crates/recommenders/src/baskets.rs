//! Scores that are sums over the items of a user's basket: `score(u, j) = sum over the items i of u of w_ij`.

use dataset::{Candidate, Csr, IdIndex};
use rayon::prelude::*;

use crate::Scorer;
use crate::evidence::{Asked, Evidence};
use crate::scorer::Cursor;

/// What each item of a basket adds to the score of each other.
pub trait Weights: Sync {
    /// How many items there are.
    fn n_items(&self) -> usize;

    /// What `from` adds to the score of `to`.
    fn get(&self, from: u32, to: u32) -> f64;

    /// Adds what `from` adds to each item's score to `sums`, a slot an item; the same bits as [`Weights::get`].
    fn add_row(&self, from: u32, sums: &mut [f64]);

    /// What [`Weights::get`] and [`Weights::add_row`] cost, in about the time of one addition each.
    fn costs(&self) -> (usize, usize);
}

/// What carried the scores of `model`, which are those of [`score_baskets`] of the same: what each item of the basket adds.
pub fn evidence(
    model: &impl Scorer,
    asked: &Asked<'_>,
    (users, baskets): (&IdIndex, &Csr),
    (items, weights): (&IdIndex, &impl Weights),
) -> Vec<Evidence> {
    asked.each(model, |candidate, score| {
        let known = users.index_of(candidate.user_id).zip(items.index_of(candidate.item_id));
        let shares = known.into_iter().flat_map(|(user, to)| {
            baskets.row(user).0.iter().map(move |&from| (items.id_at(from), weights.get(from, to)))
        });
        asked.items(candidate, score, 0.0, shares)
    })
}

/// Scores candidates of `users` and `items` by their `baskets`, user -> items; an unknown user or item scores 0. Sums in the order of the
/// items. A long run of one user's candidates is served from the sums of all items at once, with the same bits.
pub fn score_baskets(
    candidates: &[Candidate],
    out: &mut [f64],
    (users, baskets): (&IdIndex, &Csr),
    (items, weights): (&IdIndex, &impl Weights),
) {
    assert_eq!(candidates.len(), out.len(), "one slot a candidate");
    let mut rest = out;
    let mut runs = Vec::new();
    for run in candidates.chunk_by(|a, b| a.user_id == b.user_id) {
        let (of_run, others) = rest.split_at_mut(run.len());
        runs.push((run, of_run));
        rest = others;
    }
    runs.into_par_iter().for_each_init(Vec::new, |sums, (run, out)| {
        let Some(user) = users.index_of(run[0].user_id) else {
            return out.fill(0.0);
        };
        let basket = baskets.row(user).0;
        let (get, add_row) = weights.costs();
        let mut place = Cursor::new(items);
        let rows = out.iter_mut().zip(run).map(|(slot, candidate)| (slot, place.index_of(candidate.item_id)));
        if basket.len() * add_row + weights.n_items() / 8 <= run.len() * basket.len() * get {
            sums.clear();
            sums.resize(weights.n_items(), 0.0);
            for &from in basket {
                weights.add_row(from, sums);
            }
            rows.for_each(|(slot, item)| *slot = item.map_or(0.0, |item| sums[item as usize]));
        } else {
            let sum = |to| basket.iter().fold(0.0, |sum, &from| sum + weights.get(from, to));
            rows.for_each(|(slot, item)| *slot = item.map_or(0.0, sum));
        }
    });
}
