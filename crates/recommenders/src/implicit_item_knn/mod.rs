//! `ImplicitItemKNN`: what stands near the items that the user rated, on who rated what.
//!
//! Items are compared by the cosine of their binary columns, over the ratings of at least `min_rating`, shrunk where few tell:
//! `sim(i, j) = n_ij / (sqrt(n_i n_j) + shrinkage)`, with `n_ij` users who rated both (Sarwar et al., "Item-based collaborative filtering", WWW
//! 2001; the shrink term as in Ferrari Dacrema et al., "Are we really making much progress?", `RecSys` 2019). Each item i keeps its `k` most
//! similar others N(i), and `score(u, j) = sum over the items i of u with j in N(i) of sim(i, j)` (Deshpande and Karypis, "Item-based
//! top-N recommendation algorithms", TOIS 2004, without their normalisation of each N(i)). Without shrinkage this is what
//! `CosineRecommender` of the Python library `implicit` computes, whose `K` counts the item itself: `K = k + 1`.
//!
//! The score orders items by how likely they are chosen and is no number of stars. An unknown user or item scores 0, and so does an item
//! near nothing that the user rated. Similarities are compared in single precision, so that rounding decides no tie; ties at the `k`-th go as in
//! [`crate::item_knn`].

mod params;

use dataset::{Candidate, Csr, History, IdIndex, UserId};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::baskets::{self, Weights, score_baskets};
use crate::by_item::{ItemScorer, score_basket};
use crate::evidence::{Asked, Evidence};
use crate::fold_in::{KnownUser, NewUsers};
use crate::neighbourhood::{Block, Common, Lanes as _, Nearest, Places, Sides, Workspaces};
use crate::positives::positives;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, Scorer};
pub use params::ImplicitItemKnnParams;

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImplicitItemKnn {
    users: IdIndex,
    items: IdIndex,
    /// User -> (items, 1.0).
    baskets: Csr,
    neighbours: Neighbours,
}

/// Item -> (its nearest items, similarities).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Neighbours(Csr);

impl ImplicitItemKnn {
    /// Compares all items that share a user. Costs the sum over the users of their squared number of items, and the squared number of items.
    /// Deterministic at any number of threads.
    pub fn fit(history: &History, params: &Checked<ImplicitItemKnnParams>) -> Self {
        let (users, items) = (history.users().clone(), history.items().clone());
        let rated = Sides::new(positives(history.by_user(), params.min_rating), items.len());
        let places = Places::most_rated_first(&rated.by_other, items.len());
        let workspaces =
            Workspaces::new(|| (Block::<Common>::new(items.len(), &places), Nearest::new(params.k)));
        let starts = (0..items.len() as u32).into_par_iter().step_by(Common::LANES);
        let lengths = Lengths::new(&rated, &places);
        let rows_of = |(block, nearest): &mut (Block<'_, Common>, Nearest), start: u32| {
            let of_block = start..(start + Common::LANES as u32).min(items.len() as u32);
            block.fill(of_block.clone().map(|place| places.target(place)), &rated.by_target);
            let mut rows = Vec::new();
            for (lane, place) in of_block.enumerate() {
                let n_common = block.cells().iter().map(|cell| cell.of(lane));
                nearest_to(place, n_common, &lengths, nearest, params.shrinkage);
                let kept = nearest.neighbours(|other| rated.tie_break(places.target(other)));
                rows.extend(kept.iter().map(|neighbour| {
                    let (item, other) = (places.target(place), places.target(neighbour.target));
                    (item, other, neighbour.closeness as f32)
                }));
            }
            rows
        };
        let rows: Vec<Vec<(u32, u32, f32)>> = starts
            .with_max_len(1)
            .map(|start| workspaces.with(|workspace| rows_of(workspace, start)))
            .collect();
        let entries = rows.iter().flatten().copied();
        let neighbours = Neighbours(Csr::from_entries(items.len(), entries));
        Self { users, items, baskets: rated.by_other, neighbours }
    }

    /// This model with the users of `history` added.
    pub(crate) fn fold_in(
        self,
        history: &History,
        params: &Checked<ImplicitItemKnnParams>,
    ) -> Result<Self, KnownUser> {
        let new = NewUsers::new(history, &self.users, &self.items)?;
        let baskets = new.rows(&self.baskets, &positives(&new.ratings, params.min_rating));
        Ok(Self { users: new.users(), baskets, ..self })
    }

    /// What carried the scores.
    pub(crate) fn evidence(&self, asked: &Asked<'_>) -> Vec<Evidence> {
        baskets::evidence(self, asked, (&self.users, &self.baskets), (&self.items, &self.neighbours))
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        let demand = Demands { model: BaseModel::ImplicitItemKnn.name() };
        demand.ids("user", &self.users)?;
        demand.ids("item", &self.items)?;
        demand.sparse("user", &self.baskets, self.users.len(), self.items.len())?;
        demand.sparse("neighbour", &self.neighbours.0, self.items.len(), self.items.len())
    }
}

/// Of the item at each place.
struct Lengths {
    n_raters: Vec<f64>,
    /// The length of the binary column.
    roots: Vec<f64>,
}

impl Lengths {
    fn new(rated: &Sides, places: &Places<'_>) -> Self {
        let n_raters = |place| rated.by_target.row(places.target(place)).0.len() as f64;
        let n_raters: Vec<f64> = (0..rated.by_target.n_rows() as u32).map(n_raters).collect();
        Self { roots: n_raters.iter().map(|n| n.sqrt()).collect(), n_raters }
    }
}

/// Collects the nearest others of the item at `place`, which has `n_common` raters with the item at each place.
fn nearest_to(
    place: u32,
    n_common: impl Iterator<Item = u32>,
    lengths: &Lengths,
    nearest: &mut Nearest,
    shrinkage: f64,
) {
    nearest.clear();
    let (own, own_root) = (lengths.n_raters[place as usize], lengths.roots[place as usize]);
    let others = lengths.n_raters.iter().zip(&lengths.roots);
    for ((other, n_common), (&n_raters, &root)) in (0u32..).zip(n_common).zip(others) {
        // Well beyond any rounding, and without the root and the division: too far for the exact number to matter.
        let is_far = f64::from(n_common) * (1.0 + 1e-6) < nearest.least() * (own_root * root + shrinkage);
        if n_common > 0 && other != place && !is_far {
            let similarity = f64::from(n_common) / ((own * n_raters).sqrt() + shrinkage);
            nearest.push(other, f64::from(similarity as f32), 1.0);
        }
    }
}

impl ItemScorer for ImplicitItemKnn {
    fn items(&self) -> &IdIndex {
        &self.items
    }

    fn score_items(&self, user_id: UserId, items: &[u32], out: &mut [f64]) {
        match self.users.index_of(user_id) {
            Some(user) => score_basket(self.baskets.row(user).0, &self.neighbours, items, out),
            None => out.fill(0.0),
        }
    }
}

impl Scorer for ImplicitItemKnn {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        score_baskets(candidates, out, (&self.users, &self.baskets), (&self.items, &self.neighbours));
    }
}

impl Weights for Neighbours {
    fn n_items(&self) -> usize {
        self.0.n_rows()
    }

    fn get(&self, from: u32, to: u32) -> f64 {
        self.0.get(from, to).map_or(0.0, f64::from)
    }

    fn add_row(&self, from: u32, sums: &mut [f64]) {
        let (items, similarities) = self.0.row(from);
        for (&item, &similarity) in items.iter().zip(similarities) {
            sums[item as usize] += f64::from(similarity);
        }
    }

    fn costs(&self) -> (usize, usize) {
        let mean_row = self.0.n_entries() / self.0.n_rows().max(1);
        (8, mean_row) // a search; a pass
    }
}

#[cfg(test)]
mod tests;
