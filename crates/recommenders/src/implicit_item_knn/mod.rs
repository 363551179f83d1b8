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

use dataset::{Candidate, Csr, History, IdIndex};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::baskets::{Weights, score_baskets};
use crate::neighbourhood::{Block, Common, Lanes as _, Nearest, Places, Sides};
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
        let rated = Sides::new(positives(history, params.min_rating), items.len());
        let places = Places::most_rated_first(&rated.by_other, items.len());
        let workspace = || (Block::<Common>::new(items.len(), &places), Nearest::new(params.k));
        let starts = (0..items.len() as u32).into_par_iter().step_by(Common::LANES);
        let rows: Vec<Vec<(u32, u32, f32)>> = starts
            .map_init(workspace, |(block, nearest), start| {
                let of_block = start..(start + Common::LANES as u32).min(items.len() as u32);
                block.fill(of_block.clone().map(|place| places.target(place)), &rated.by_target);
                let mut rows = Vec::new();
                for (lane, place) in of_block.enumerate() {
                    let n_common = block.cells().iter().map(|cell| cell.of(lane));
                    let nearest = nearest_to(place, n_common, (&rated, &places), nearest, params.shrinkage);
                    rows.extend(nearest.map(|(other, similarity)| (places.target(place), other, similarity)));
                }
                rows
            })
            .collect();
        let entries = rows.iter().flatten().copied();
        let neighbours = Neighbours(Csr::from_entries(items.len(), entries));
        Self { users, items, baskets: rated.by_other, neighbours }
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

/// The nearest others of the item at `place`, which has `n_common` raters with the item at each place.
fn nearest_to<'a>(
    place: u32,
    n_common: impl Iterator<Item = u32>,
    (rated, places): (&'a Sides, &'a Places<'_>),
    nearest: &'a mut Nearest,
    shrinkage: f64,
) -> impl Iterator<Item = (u32, f32)> + 'a {
    nearest.clear();
    let n_raters = |place: u32| rated.by_target.row(places.target(place)).0.len() as f64;
    let own = n_raters(place);
    for (other, n_common) in (0u32..).zip(n_common) {
        if n_common > 0 && other != place {
            let similarity = f64::from(n_common) / ((own * n_raters(other)).sqrt() + shrinkage);
            nearest.push(other, f64::from(similarity as f32), 1.0);
        }
    }
    let kept = nearest.neighbours(|other| rated.tie_break(places.target(other))).iter();
    kept.map(|neighbour| (places.target(neighbour.target), neighbour.closeness as f32))
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
