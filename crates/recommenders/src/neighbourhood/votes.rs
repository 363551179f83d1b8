//! What the k nearest targets that somebody rated say together.

use super::{Lanes, Nearest, TieBreak, Voter};

/// How targets are compared.
pub trait Similarity: Sync {
    /// What is known of pairs of targets.
    type Sums: Lanes;

    /// A number a target that [`Similarity::closeness`] needs.
    fn norms(&self) -> &[f64];

    /// How near a target of that norm is, by its co-ratings with the target in question; not above 0 where it is no neighbour.
    fn closeness(&self, co_rating: <Self::Sums as Lanes>::CoRating, norm: f64) -> f64;

    /// How much a neighbour's value weighs.
    fn weight(closeness: f64) -> f64;
}

/// Sums over the nearest, in the order of the targets.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Votes {
    /// The sum of the weighted values.
    pub total: f64,
    /// The sum of the weights.
    pub weight: f64,
    /// How many neighbours there are.
    pub n: u32,
}

impl Votes {
    /// The sums of these votes, to the bit what [`votes`] sums of the same.
    pub fn of(voters: &[Voter]) -> Self {
        let mut votes = Self::default();
        for voter in voters {
            votes.total += voter.weight * f64::from(voter.value);
            votes.weight += voter.weight;
            votes.n += 1;
        }
        votes
    }
}

/// The votes of the nearest of what was pushed.
pub fn votes<S: Similarity>(nearest: &mut Nearest, tie_break: impl Fn(u32) -> TieBreak) -> Votes {
    let mut votes = Votes::default();
    for neighbour in nearest.neighbours(tie_break) {
        let weight = S::weight(neighbour.closeness);
        votes.total += weight * f64::from(neighbour.value);
        votes.weight += weight;
        votes.n += 1;
    }
    votes
}
