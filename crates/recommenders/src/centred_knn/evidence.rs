//! What carried a score of the centred neighbours.

use super::{CentredItemKnn, CentredKnn, Compared, Cosine, UserKnn};
use crate::baseline::Placed;
use crate::evidence::{Asked, Because, Evidence, LikeMinded};
use crate::neighbourhood::{Voter, Votes};

impl CentredItemKnn {
    /// What each neighbour adds to the baseline.
    pub(crate) fn evidence(&self, asked: &Asked<'_>) -> Vec<Evidence> {
        let model = &self.0;
        let (places, mut voters) = model.voters(Compared::Items, asked);
        let take_apart = |(&candidate, place): (_, &Placed)| {
            let Some((item, voters)) =
                place.user.and(place.item).and_then(|item| Some((item, voters.next()?)))
            else {
                return Evidence::nothing(place.baseline, place.baseline);
            };
            let answer = model.residual(item, Votes::of(&voters));
            let scale = model.inverse_norms[item as usize] / (answer.support + model.weighting.damping);
            let share = |voter: &Voter| {
                let item_id = model.baseline.items.id_at(voter.target);
                (item_id, voter.weight * f64::from(voter.value) * scale)
            };
            // Where nothing stands behind it, the answer is 0, and the scale no number.
            let shares = voters.iter().filter(|_| answer.support > 0.0).map(share);
            asked.items(candidate, place.baseline + answer.score, place.baseline, shares)
        };
        asked.candidates.iter().zip(&places).map(take_apart).collect()
    }
}

impl UserKnn {
    /// What the neighbours together add to the baseline.
    pub(crate) fn evidence(&self, asked: &Asked<'_>) -> Vec<Evidence> {
        let model = &self.0;
        let (places, mut voters) = model.voters(Compared::Users, asked);
        let take_apart = |place: &Placed| {
            let Some((user, voters)) =
                place.item.and(place.user).and_then(|user| Some((user, voters.next()?)))
            else {
                return Evidence::nothing(place.baseline, place.baseline);
            };
            let votes = Votes::of(&voters);
            let answer = model.residual(user, votes);
            let score = place.baseline + answer.score;
            if answer.support <= 0.0 {
                return Evidence::nothing(score, place.baseline);
            }
            let users =
                LikeMinded { n: votes.n, mean_deviation: votes.total / votes.weight, moved: answer.score };
            Evidence::new(score, place.baseline, Because::Users(users))
        };
        places.iter().map(take_apart).collect()
    }
}

impl CentredKnn {
    /// Each candidate's place, and the neighbours behind the score of each whose user and item are known.
    fn voters(
        &self,
        compared: Compared,
        asked: &Asked<'_>,
    ) -> (Vec<Placed>, impl Iterator<Item = Vec<Voter>>) {
        let places: Vec<Placed> =
            asked.candidates.iter().map(|&candidate| self.baseline.place(candidate)).collect();
        let known = places.iter().filter_map(|place| place.item.zip(place.user));
        let k = self.weighting.k;
        let voters = match compared {
            Compared::Items => {
                let questions: Vec<(u32, u32)> = known.collect();
                self.residuals.voters(k, &questions, &Cosine::<8>(self))
            }
            Compared::Users => {
                let questions: Vec<(u32, u32)> = known.map(|(item, user)| (user, item)).collect();
                self.residuals.voters(k, &questions, &Cosine::<1>(self))
            }
        };
        (places, voters.into_iter())
    }
}
