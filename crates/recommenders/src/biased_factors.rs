//! What factorisations of explicit ratings come down to once they are fitted.

use dataset::{Candidate, IdIndex, UserId};
use fearless_simd::{Level, Simd, dispatch};
use serde::{Deserialize, Serialize};

use crate::by_item::ItemScorer;
use crate::evidence::{Asked, Because, Evidence};
use crate::factors::{self, Factors};
use crate::scorer::score_indexed;
use crate::validate::Demands;
use crate::{InvalidModel, Scorer};

/// `score = mean + b_u + b_i + p_u . q_i`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BiasedFactors {
    pub mean: f64,
    pub users: IdIndex,
    pub items: IdIndex,
    pub user_biases: Vec<f32>,
    pub item_biases: Vec<f32>,
    pub user_factors: Factors,
    pub item_factors: Factors,
}

impl BiasedFactors {
    /// These without users.
    pub fn forget_users(self) -> Self {
        Self {
            users: IdIndex::default(),
            user_biases: Vec::new(),
            user_factors: self.user_factors.map_rows(|_| Vec::new()),
            ..self
        }
    }

    /// The score of a known user and item.
    pub fn of_known(&self, user: u32, item: u32) -> f64 {
        let dot = factors::dot(self.user_factors.row(user), self.item_factors.row(item));
        self.mean
            + f64::from(self.user_biases[user as usize])
            + f64::from(self.item_biases[item as usize])
            + f64::from(dot)
    }

    /// Scores candidates: where one side is unknown, the mean and the other side's bias; where both are, the mean.
    pub fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        score_indexed(candidates, out, &self.users, [&self.items], |user, [item]| match (user, item) {
            (Some(user), Some(item)) => self.of_known(user, item),
            (Some(user), None) => self.mean + f64::from(self.user_biases[user as usize]),
            (None, Some(item)) => self.mean + f64::from(self.item_biases[item as usize]),
            (None, None) => self.mean,
        });
    }

    /// Scores items by their indices for a known user; an unknown item's score is `unknown`. The bits of [`BiasedFactors::of_known`].
    pub fn score_known_user(&self, user: u32, items: &[u32], out: &mut [f64], unknown: f64) {
        dispatch!(Level::new(), simd => self.score_known(simd, user, items, out, unknown));
    }

    #[expect(
        clippy::inline_always,
        reason = "what is not inlined is not compiled for the CPU's vector instructions"
    )]
    #[inline(always)]
    fn score_known<S: Simd>(&self, simd: S, user: u32, items: &[u32], out: &mut [f64], unknown: f64) {
        let of_user = self.user_factors.row(user);
        let mean_and_bias = self.mean + f64::from(self.user_biases[user as usize]);
        for (slot, &item) in out.iter_mut().zip(items) {
            *slot = match self.item_biases.get(item as usize) {
                Some(&bias) => {
                    let dot = factors::dot_simd(simd, of_user, self.item_factors.row(item));
                    mean_and_bias + f64::from(bias) + f64::from(dot)
                }
                None => unknown,
            };
        }
    }

    /// What carried the scores of `model`: beside the mean and the biases, the factors, where both sides are known.
    pub fn evidence(&self, model: &impl Scorer, asked: &Asked<'_>) -> Vec<Evidence> {
        asked.each(model, |candidate, score| {
            let user = self.users.index_of(candidate.user_id);
            let Some((user, item)) = user.zip(self.items.index_of(candidate.item_id)) else {
                return Evidence::nothing(score, score);
            };
            let moved = f64::from(factors::dot(self.user_factors.row(user), self.item_factors.row(item)));
            let base = self.mean
                + f64::from(self.user_biases[user as usize])
                + f64::from(self.item_biases[item as usize]);
            Evidence::new(score, base, Because::Factors { moved })
        })
    }

    /// Whether the parts fit together.
    pub fn validate(&self, demand: Demands) -> Result<(), InvalidModel> {
        let (n_users, n_items) = (self.users.len(), self.items.len());
        demand.number("mean", self.mean)?;
        demand.ids("user", &self.users)?;
        demand.ids("item", &self.items)?;
        demand.numbers("user biases", &self.user_biases, Some(n_users))?;
        demand.numbers("item biases", &self.item_biases, Some(n_items))?;
        let same_width = self.user_factors.width() == self.item_factors.width();
        demand.that(same_width, "its users and items have different numbers of factors")?;
        for (what, factors, n_rows) in
            [("user factors", &self.user_factors, n_users), ("item factors", &self.item_factors, n_items)]
        {
            demand.numbers(what, factors.numbers(), factors.expected_len(n_rows))?;
        }
        Ok(())
    }
}

impl ItemScorer for BiasedFactors {
    fn items(&self) -> &IdIndex {
        &self.items
    }

    fn score_items(&self, user_id: UserId, items: &[u32], out: &mut [f64]) {
        match self.users.index_of(user_id) {
            Some(user) => {
                let unknown = self.mean + f64::from(self.user_biases[user as usize]);
                self.score_known_user(user, items, out, unknown);
            }
            None => {
                for (slot, &item) in out.iter_mut().zip(items) {
                    let bias = self.item_biases.get(item as usize);
                    *slot = bias.map_or(self.mean, |&bias| self.mean + f64::from(bias));
                }
            }
        }
    }
}
