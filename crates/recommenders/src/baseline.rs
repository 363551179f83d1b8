//! What a rating would be without any taste: the part that other models leave out of what they look at.

use dataset::{Candidate, Csr, History, IdIndex, UserId};
use serde::{Deserialize, Serialize};

use crate::by_item::{ItemScorer, UNKNOWN};
use crate::evidence::{Asked, Because, Evidence};
use crate::fold_in::NewUsers;
use crate::scorer::score_indexed;
use crate::validate::Demands;
use crate::{InvalidModel, Scorer};

/// `baseline = mean + b_u + b_i`; an unknown user or item adds 0. The offsets are fitted by [`crate::bias`] or [`crate::damped_bias`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// The mean rating, in stars.
    pub mean: f64,
    /// The users who have offsets.
    pub users: IdIndex,
    /// The items that have offsets.
    pub items: IdIndex,
    /// `b_u`, in stars.
    pub user_offsets: Vec<f64>,
    /// `b_i`, in stars.
    pub item_offsets: Vec<f64>,
}

/// A candidate's baseline, and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// In stars.
    pub baseline: f64,
    /// The user's index, where the user has ratings.
    pub user: Option<u32>,
    /// The item's index, where the item has ratings.
    pub item: Option<u32>,
}

impl ItemScorer for Baseline {
    fn items(&self) -> &IdIndex {
        &self.items
    }

    fn score_items(&self, user_id: UserId, items: &[u32], out: &mut [f64]) {
        let user = self.users.index_of(user_id);
        for (slot, &item) in out.iter_mut().zip(items) {
            *slot = self.of(user, (item != UNKNOWN).then_some(item));
        }
    }
}

impl Baseline {
    /// How far `value`, given by `user` to `item`, is above the baseline.
    pub fn residual(&self, user: u32, item: u32, value: f32) -> f32 {
        let baseline = self.mean + self.user_offsets[user as usize] + self.item_offsets[item as usize];
        (f64::from(value) - baseline) as f32
    }

    /// How far the ratings of `history`, the one fitted on, are above the baseline: user -> (items, residuals in stars).
    pub fn residuals(&self, history: &History) -> Csr {
        let by_user = history.by_user();
        let entries = (0..by_user.n_rows() as u32).flat_map(|user| {
            let (items, values) = by_user.row(user);
            let residual = move |(&item, &value)| (user, item, self.residual(user, item, value));
            items.iter().zip(values).map(residual)
        });
        Csr::from_entries(by_user.n_rows(), entries)
    }

    /// The same of `new` users who were folded in: new user -> (items, residuals in stars).
    pub fn residuals_of(&self, new: &NewUsers) -> Csr {
        let entries = (0..new.len() as u32).flat_map(|user| {
            let (items, values) = new.ratings.row(user);
            let residual = move |(&item, &value)| (user, item, self.residual(new.place(user), item, value));
            items.iter().zip(values).map(residual)
        });
        Csr::from_entries(new.len(), entries)
    }

    /// Looks up a candidate; an unknown user or item adds 0.
    pub fn place(&self, candidate: Candidate) -> Placed {
        let user = self.users.index_of(candidate.user_id);
        let item = self.items.index_of(candidate.item_id);
        Placed { baseline: self.of(user, item), user, item }
    }

    /// The baseline of a user and an item; an unknown one adds 0.
    pub fn of(&self, user: Option<u32>, item: Option<u32>) -> f64 {
        let offset = |offsets: &[f64], index: Option<u32>| index.map_or(0.0, |index| offsets[index as usize]);
        self.mean + offset(&self.user_offsets, user) + offset(&self.item_offsets, item)
    }

    /// Writes each candidate's baseline into `out`.
    pub fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        score_indexed(candidates, out, &self.users, [&self.items], |user, [item]| self.of(user, item));
    }

    /// What carried the scores of `model`, which are baselines: the mean, and the offsets of user and item.
    pub fn evidence(&self, model: &impl Scorer, asked: &Asked<'_>) -> Vec<Evidence> {
        asked.each(model, |candidate, score| {
            let Placed { user, item, .. } = self.place(candidate);
            let user = user.map_or(0.0, |user| self.user_offsets[user as usize]);
            let item = item.map_or(0.0, |item| self.item_offsets[item as usize]);
            Evidence::new(score, self.mean, Because::Offsets { user, item })
        })
    }

    /// How many users are known.
    pub fn n_users(&self) -> usize {
        self.users.len()
    }

    /// How many items are known.
    pub fn n_items(&self) -> usize {
        self.items.len()
    }

    /// Whether the parts fit together.
    pub fn validate(&self, demand: Demands) -> Result<(), InvalidModel> {
        demand.number("mean", self.mean)?;
        demand.ids("user", &self.users)?;
        demand.ids("item", &self.items)?;
        demand.numbers("user offsets", &self.user_offsets, Some(self.users.len()))?;
        demand.numbers("item offsets", &self.item_offsets, Some(self.items.len()))
    }
}
