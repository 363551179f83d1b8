//! EASE by a matrix of items: `B = I - P diag(1 / diag P)` itself.

use dataset::{Candidate, Csr, IdIndex};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::ImplicitEaseParams;
use crate::baskets::{self, Weights, score_baskets};
use crate::by_item::score_basket;
use crate::ease::most_rated;
use crate::evidence::{Asked, Evidence};
use crate::fold_in::NewUsers;
use crate::inverse::Symmetric;
use crate::validate::Demands;
use crate::{Checked, InvalidModel, Scorer};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Primal {
    /// The items that have weights; their places here are the columns of everything below.
    catalogue: IdIndex,
    /// User -> (items of the catalogue, 1.0).
    baskets: Csr,
    weights: Square,
}

/// `B_ij` for every i and j of the catalogue: a row is what one item adds to the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Square {
    width: usize,
    numbers: Vec<f32>,
}

impl Primal {
    /// Inverts the matrix of the items of `rated`, user -> (items, 1.0), that have the most ratings.
    pub fn fit(rated: &Csr, items: &IdIndex, params: &Checked<ImplicitEaseParams>) -> Self {
        let chosen = most_rated(&rated.transposed(items.len()), params.max_items);
        let n = chosen.len();
        let mut column_of = vec![None; items.len()];
        for (column, &item) in chosen.iter().enumerate() {
            column_of[item as usize] = Some(column as u32);
        }
        let column_of = &column_of;
        let entries = (0..rated.n_rows() as u32).flat_map(|user| {
            let columns = rated.row(user).0.iter().filter_map(|&item| column_of[item as usize]);
            columns.map(move |column| (user, column, 1.0))
        });
        let baskets = Csr::from_entries(rated.n_rows(), entries);
        let ridge = f64::from(params.regularization);
        let mut inverse = Symmetric::gram(&baskets.transposed(n), &baskets, ridge);
        inverse.invert(ridge);
        let diagonal: Vec<f64> = (0..n).map(|item| inverse.get(item, item)).collect();
        let mut numbers = vec![0.0; n * n];
        numbers.par_chunks_exact_mut(n.max(1)).enumerate().for_each(|(i, row)| {
            for (j, weight) in row.iter_mut().enumerate() {
                *weight = if i == j { 0.0 } else { (-inverse.get(i, j) / diagonal[j]) as f32 };
            }
        });
        let catalogue = IdIndex::new(chosen.iter().map(|&item| items.id_at(item)));
        Self { catalogue, baskets, weights: Square { width: n, numbers } }
    }

    /// The items that have weights.
    pub fn catalogue(&self) -> &IdIndex {
        &self.catalogue
    }

    /// This form with the baskets of the `new` users, new user -> (items of the catalogue, 1.0).
    pub fn fold_in(self, new: &NewUsers, rated: &Csr) -> Self {
        Self { baskets: new.rows(&self.baskets, rated), ..self }
    }

    /// Whether the parts fit together.
    pub fn validate(&self, demand: Demands, n_users: usize) -> Result<(), InvalidModel> {
        let n = self.catalogue.len();
        demand.ids("catalogue", &self.catalogue)?;
        demand.sparse("user", &self.baskets, n_users, n)?;
        demand.that(self.weights.width == n, "its weights do not fit its catalogue")?;
        demand.numbers("weights", &self.weights.numbers, n.checked_mul(n))
    }

    /// The items that have weights.
    pub fn items(&self) -> &IdIndex {
        &self.catalogue
    }

    /// Scores items by their indices for a known user.
    pub fn score_items(&self, user: u32, items: &[u32], out: &mut [f64]) {
        score_basket(self.baskets.row(user).0, &self.weights, items, out);
    }

    /// What carried the scores of `model`, which is of this form.
    pub fn evidence(&self, model: &impl Scorer, users: &IdIndex, asked: &Asked<'_>) -> Vec<Evidence> {
        baskets::evidence(model, asked, (users, &self.baskets), (&self.catalogue, &self.weights))
    }

    /// Scores each candidate, in O(items of the user), and faster where there are many of one user.
    pub fn score(&self, users: &IdIndex, candidates: &[Candidate], out: &mut [f64]) {
        score_baskets(candidates, out, (users, &self.baskets), (&self.catalogue, &self.weights));
    }
}

impl Square {
    fn row(&self, from: u32) -> &[f32] {
        &self.numbers[from as usize * self.width..][..self.width]
    }
}

impl Weights for Square {
    fn n_items(&self) -> usize {
        self.width
    }

    fn get(&self, from: u32, to: u32) -> f64 {
        f64::from(self.row(from)[to as usize])
    }

    fn add_row(&self, from: u32, sums: &mut [f64]) {
        sums.iter_mut().zip(self.row(from)).for_each(|(sum, &weight)| *sum += f64::from(weight));
    }

    fn costs(&self) -> (usize, usize) {
        (4, self.width / 2) // one jump in memory; one pass along it
    }
}
