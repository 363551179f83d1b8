//! What the k nearest targets that somebody rated say together.

use super::{Lanes, Nearest, Places, TieBreak};

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

/// The votes on the target at `place` of what `other` rated; `closeness` tells that of each place, `nearest` is memory.
pub fn votes<S: Similarity>(
    (place, other): (u32, u32),
    places: &Places<'_>,
    closeness: impl Fn(u32) -> f64,
    tie_break: impl Fn(u32) -> TieBreak,
    nearest: &mut Nearest,
) -> Votes {
    nearest.clear();
    let (rated, values) = places.row(other);
    // What is in question is no neighbour of itself.
    for (&rated, &value) in rated.iter().zip(values).filter(|&(&rated, _)| rated != place) {
        nearest.push(rated, closeness(rated), value);
    }
    let mut votes = Votes::default();
    for neighbour in nearest.neighbours(|place| tie_break(places.target(place))) {
        let weight = S::weight(neighbour.closeness);
        votes.total += weight * f64::from(neighbour.value);
        votes.weight += weight;
        votes.n += 1;
    }
    votes
}
