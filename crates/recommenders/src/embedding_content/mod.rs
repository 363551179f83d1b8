//! `EmbeddingContent`: a regression of each user's ratings on dense vectors of the items' content.
//!
//! An item's vector e comes from its genres, decade, title words and tags by latent semantic analysis (see `terms` and `embedding`); nothing is
//! downloaded. A user's weights w minimise `sum over the rated items of (residual - w . e)² + regularization * |w|²`, the residuals being
//! those of a damped baseline (ridge regression; Pazzani and Billsus, "Content-based recommendation systems", 2007, section 3.4, with
//! least squares). `score = baseline + w . e`.
//!
//! An item that nobody rated is scored like any other, from its content. An item without content, or an unknown user, gets the
//! baseline, and an unknown user or item adds nothing to that.

mod embedding;
mod params;

use dataset::{Candidate, Csr, History, IdIndex};
use nalgebra::DMatrix;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::baseline::Baseline;
use crate::damped_bias::DampedBiasParams;
use crate::evidence::{Asked, Evidence, Observed, Regression};
use crate::factors::{self, Factors};
use crate::fold_in::KnownUser;
use crate::normal_equations::NormalEquations;
use crate::scorer::score_indexed;
use crate::terms::{Terms, places};
use crate::validate::Demands;
use crate::{BaseModel, Checked, Content, InvalidModel, Scorer};
pub use params::EmbeddingParams;

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmbeddingContent {
    baseline: Baseline,
    /// The catalogue, rated or not.
    items: IdIndex,
    /// A row an item of the catalogue, of length 1 or 0.
    vectors: Factors,
    /// A row a user of the baseline.
    weights: Factors,
}

impl EmbeddingContent {
    /// Embeds the catalogue and regresses each user's residuals on it. `rng` gives the start of the subspace.
    pub fn fit(
        history: &History,
        content: Content<'_>,
        baseline: &Checked<DampedBiasParams>,
        params: &Checked<EmbeddingParams>,
        mut rng: ChaCha8Rng,
    ) -> Self {
        let baseline = Baseline::fit(history, baseline);
        let Terms { items, rows, n_distinct: n_terms } = Terms::new(content);
        let vectors = embedding::embed(&rows, n_terms, params.dimensions, params.iterations, &mut rng);
        let place_of = places(history.items(), &items);
        let residual = |user, item, value| baseline.residual(user, item, value);
        let weights = regress(history.by_user(), residual, &place_of, &vectors, params.regularization);
        Self { baseline, items, vectors, weights }
    }

    /// This model with the users of `history` added.
    pub(crate) fn fold_in(
        self,
        history: &History,
        baseline: &Checked<DampedBiasParams>,
        params: &Checked<EmbeddingParams>,
    ) -> Result<Self, KnownUser> {
        let (baseline, new) = self.baseline.fold_in(history, baseline)?;
        let place_of = places(&baseline.items, &self.items);
        let residual = |user, item, value| baseline.residual(new.place(user), item, value);
        let of_new = regress(&new.ratings, residual, &place_of, &self.vectors, params.regularization);
        let width = self.weights.width();
        let weights = self.weights.map_rows(|numbers| new.numbers(numbers, of_new.numbers(), width));
        Ok(Self { baseline, weights, ..self })
    }

    /// What carried the scores: what each of the user's items adds to the regression.
    pub(crate) fn evidence(&self, asked: &Asked<'_>, params: &Checked<EmbeddingParams>) -> Vec<Evidence> {
        let width = self.vectors.width();
        let penalties = DMatrix::from_diagonal_element(width, width, f64::from(params.regularization));
        let regression = |user_id| {
            let user = self.baseline.users.index_of(user_id)?;
            let observed = asked.rated(user_id).filter_map(|(item_id, value)| {
                let rated = self.baseline.items.index_of(item_id)?;
                let vector = self.vectors.row(self.items.index_of(item_id)?);
                let moment = f64::from(self.baseline.residual(user, rated, value));
                Some(Observed { item_id, vector, weight: 1.0, moment })
            });
            Regression::new(penalties.clone(), observed.collect())
        };
        asked.each_user(self, |candidates, scores| {
            let regression = regression(candidates[0].user_id);
            let take_apart = |(&candidate, &score): (&Candidate, &f64)| {
                let item = self.items.index_of(candidate.item_id);
                let known = regression.as_ref().zip(item).into_iter();
                let shares = known.flat_map(|(regression, item)| regression.parts(self.vectors.row(item)));
                asked.items(candidate, score, self.baseline.place(candidate).baseline, shares)
            };
            candidates.iter().zip(scores).map(take_apart).collect()
        })
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        let demand = Demands { model: BaseModel::Embedding.name() };
        self.baseline.validate(demand)?;
        demand.ids("catalogue", &self.items)?;
        let same_width = self.vectors.width() == self.weights.width();
        demand.that(same_width, "its items and users have different numbers of dimensions")?;
        demand.numbers("vectors", self.vectors.numbers(), self.vectors.expected_len(self.items.len()))?;
        demand.numbers("weights", self.weights.numbers(), self.weights.expected_len(self.baseline.n_users()))
    }
}

/// The weights of each row of `ratings`, user -> (items, ratings). `place_of` says where each item stands among the vectors.
fn regress(
    ratings: &Csr,
    residual: impl Fn(u32, u32, f32) -> f32 + Sync,
    place_of: &[Option<u32>],
    vectors: &Factors,
    regularization: f32,
) -> Factors {
    // The padding is always 0, and so are its weights.
    let mut weights = Factors::zeros(ratings.n_rows(), vectors.width());
    let rows = weights.rows_mut().enumerate();
    rows.for_each_init(
        || NormalEquations::new(vectors.width()),
        |equations, (user, weights)| {
            equations.clear();
            let (rated, values) = ratings.row(user as u32);
            for (&item, &value) in rated.iter().zip(values) {
                if let Some(place) = place_of[item as usize] {
                    equations.observe(vectors.row(place), 1.0, residual(user as u32, item, value));
                }
            }
            equations.solve(regularization, weights);
        },
    );
    weights
}

impl Scorer for EmbeddingContent {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        let items = [&self.baseline.items, &self.items];
        score_indexed(candidates, out, &self.baseline.users, items, |user, [rated, item]| {
            let deviation = user
                .zip(item)
                .map_or(0.0, |(user, item)| factors::dot(self.weights.row(user), self.vectors.row(item)));
            self.baseline.of(user, rated) + f64::from(deviation)
        });
    }
}

#[cfg(test)]
mod tests;
