//! What carried a score of the item-kNN.

use super::{Cosine, ItemKnnModel};
use crate::evidence::{Asked, Evidence};
use crate::neighbourhood::{Products, Votes};

impl ItemKnnModel {
    /// Each neighbour's share of the weighted mean, as a deviation from the user's own mean.
    pub(crate) fn evidence(&self, asked: &Asked<'_>) -> Vec<Evidence> {
        let place = |user_id, item_id| self.items.index_of(item_id).zip(self.users.index_of(user_id));
        let places = asked.candidates.iter().map(|candidate| place(candidate.user_id, candidate.item_id));
        let questions: Vec<(u32, u32)> = places.clone().flatten().collect();
        let cosine = Cosine::<Products>::new(&self.squared_norms);
        let mut voters = self.compared.voters(self.k, &questions, &cosine).into_iter();
        let take_apart = |(&candidate, place): (_, Option<(u32, u32)>)| {
            let Some(((item, user), voters)) = place.and_then(|place| Some((place, voters.next()?))) else {
                return Evidence::nothing(self.mean, self.mean);
            };
            let votes = Votes::of(&voters);
            if votes.weight <= 0.0 {
                let score = self.plain_mean(user, item).unwrap_or(self.mean);
                return Evidence::nothing(score, score);
            }
            let values = self.compared.by_user().row(user).1;
            let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64;
            let shares = voters.iter().map(|voter| {
                let share = voter.weight * (f64::from(voter.value) - mean) / votes.weight;
                (self.items.id_at(voter.target), share)
            });
            asked.items(candidate, votes.total / votes.weight, mean, shares)
        };
        asked.candidates.iter().zip(places).map(take_apart).collect()
    }
}
